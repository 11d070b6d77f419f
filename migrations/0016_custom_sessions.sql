-- Up Migration

-- Distinct sessions of a product's own metrics: how many events of each session a metric counts in a period. Kept
-- because a distinct count cannot be added up from days. prev_events as in analytics_customers: one statement knows
-- by how much the number of sessions moves.
create table analytics_custom_sessions (
  tenant_id text not null,
  metric varchar(50) not null,
  group_value text collate "C" not null default '',
  period_type varchar(10) not null check (period_type in ('day', 'week', 'month')),
  period_value varchar(10) not null,
  session_id varchar(64) not null,
  events bigint not null,
  prev_events bigint not null default 0,
  primary key (tenant_id, metric, group_value, period_type, period_value, session_id)
) with (fillfactor = 70);

-- How many of them there are; `group_value` empty is all groups together, which they do not add up to.
create table analytics_custom_session_counts (
  tenant_id text not null,
  period_type varchar(10) not null check (period_type in ('day', 'week', 'month')),
  period_value varchar(10) not null,
  period_start date not null,
  metric varchar(50) not null,
  group_value text collate "C" not null default '',
  sessions bigint not null default 0,
  primary key (tenant_id, period_type, period_value, metric, group_value)
) with (fillfactor = 50);

select spanledger_grant_custom_rights();

-- Down Migration
drop table analytics_custom_session_counts, analytics_custom_sessions;
