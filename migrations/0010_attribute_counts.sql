-- Up Migration

-- How often each value of a declared attribute came with an event, by business day: reasons and kinds.
-- Which attributes, and how values are kept few, is in collector-receiver/src/metrics/attribute-counters.ts.
create table analytics_attribute_counts (
  tenant_id text not null,
  day date not null,
  event_name varchar(50) not null,
  attribute varchar(50) not null,
  value text collate "C" not null,
  events bigint not null default 0,
  primary key (tenant_id, day, event_name, attribute, value)
) with (fillfactor = 50);

create view analytics_attribute_counts_by_period as
select tenant_id, period_type, period_value, period_start, event_name, attribute, value, sum(events)::bigint as events
from analytics_attribute_counts
cross join lateral (values
  ('week', to_char(day, 'IYYY-"W"IW'), date_trunc('week', day)::date),
  ('month', to_char(day, 'YYYY-MM'), date_trunc('month', day)::date)
) as period (period_type, period_value, period_start)
group by tenant_id, period_type, period_value, period_start, event_name, attribute, value;

select spanledger_grant_rights();

-- Down Migration
drop view analytics_attribute_counts_by_period;
drop table analytics_attribute_counts;
