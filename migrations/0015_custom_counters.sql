-- Up Migration

-- A product's own events and metrics, from its spanledger.config.ts, as the receivers check and count them; the hash
-- says at a glance whether a receiver knows them. `json`, because the order of the keys is the order of the pages.
alter table analytics_settings
  add column custom_definitions json,
  add column custom_definitions_hash varchar(64);

-- Since when each metric is counted as it is defined now, and since when what came before is counted too.
create table analytics_custom_metrics (
  tenant_id text not null,
  metric varchar(50) not null,
  -- Of what its counting depends on; empty where it is not defined any more.
  counting_hash varchar(64) not null,
  defined_at timestamptz not null default now(),
  -- Null: `spanledger rebuild` has not counted what came before.
  backfilled_at timestamptz,
  primary key (tenant_id, metric)
);
comment on table analytics_custom_metrics is 'When metrics of a spanledger.config.ts were added or changed, and whether they are backfilled.';

-- Counts and sums by business day; `group_value` is empty where a metric is not grouped.
create table analytics_custom_counters (
  tenant_id text not null,
  day date not null,
  metric varchar(50) not null,
  group_value text collate "C" not null default '',
  events bigint not null default 0,
  total numeric not null default 0,
  primary key (tenant_id, day, metric, group_value)
) with (fillfactor = 50);

create view analytics_custom_counters_by_period as
select tenant_id, period_type, period_value, period_start, metric, group_value,
  sum(events)::bigint as events, sum(total) as total
from analytics_custom_counters
cross join lateral (values
  ('week', to_char(day, 'IYYY-"W"IW'), date_trunc('week', day)::date),
  ('month', to_char(day, 'YYYY-MM'), date_trunc('month', day)::date)
) as period (period_type, period_value, period_start)
group by tenant_id, period_type, period_value, period_start, metric, group_value;

-- Rights of what a product's own metrics need, as spanledger_grant_rights() gives those of the rest: call it after
-- creating the roles by hand.
create function spanledger_grant_custom_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  object text;
begin
  foreach object in array array['analytics_custom_metrics', 'analytics_custom_counters', 'analytics_custom_sessions',
    'analytics_custom_session_counts']
  loop
    continue when to_regclass('public.' || object) is null;
    if to_regrole('spanledger_receiver') is not null then
      execute format('grant select, insert, update on public.%I to spanledger_receiver', object);
    end if;
    -- Sessions by their ids are the reader's through analytics_sessions already; counters are all that boards need.
    if to_regrole('spanledger_reader') is not null and object <> 'analytics_custom_sessions' then
      execute format('grant select on public.%I to spanledger_reader', object);
    end if;
  end loop;
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select on public.analytics_custom_counters_by_period to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_custom_counters_by_period to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_custom_rights() from public;
select spanledger_grant_custom_rights();

-- Down Migration
drop function spanledger_grant_custom_rights();
drop view analytics_custom_counters_by_period;
drop table analytics_custom_counters, analytics_custom_metrics;
alter table analytics_settings drop column custom_definitions, drop column custom_definitions_hash;
