-- Up Migration

-- Receivers of the release before go on: they count by rules 1, and the switch to rules 2 counts the hours of all events.
update spanledger_schema set oldest_receiver = 51;

-- Conversations by business day and local hour: each number by the hour of its own instant. Counted with the facts of
-- conversations, in their transaction; `verify` and `rebuild` cover it.
create table analytics_hour_counters (
  tenant_id text not null,
  day date not null,
  -- As the clock on the wall shows it. If clocks go back, the hour that occurs twice is one row.
  hour smallint not null check (hour between 0 and 23),
  conversations bigint not null default 0,
  escalations bigint not null default 0,
  takeovers bigint not null default 0,
  waits_known bigint not null default 0,
  wait_ms bigint not null default 0,
  primary key (tenant_id, day, hour)
) with (fillfactor = 50);
comment on table analytics_hour_counters is 'Conversations by business day and local hour.';
comment on column analytics_hour_counters.conversations is 'By the hour of their first start.';
comment on column analytics_hour_counters.escalations is 'By the hour in which the customer first asked for a human.';
comment on column analytics_hour_counters.takeovers is 'By the hour in which a human first took over.';
comment on column analytics_hour_counters.waits_known is 'First takeovers that say how long the customer waited.';
comment on column analytics_hour_counters.wait_ms is 'The sum of these waits.';

create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_alerts'), ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'),
    ('analytics_custom_counters'), ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'),
    ('analytics_deliveries'), ('analytics_duration_counters'), ('analytics_event_counts'), ('analytics_goals'),
    ('analytics_hour_counters'), ('analytics_model_prices'), ('analytics_notes'), ('analytics_rejected_events'),
    ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;
alter table analytics_hour_counters enable row level security;
create policy everybody on analytics_hour_counters using (true) with check (true);

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_hours;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_hours();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_hour_counters to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_hour_counters to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_hours() rename to spanledger_grant_rights;
create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_alerts'), ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'),
    ('analytics_custom_counters'), ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'),
    ('analytics_deliveries'), ('analytics_duration_counters'), ('analytics_event_counts'), ('analytics_goals'),
    ('analytics_model_prices'), ('analytics_notes'), ('analytics_rejected_events'), ('analytics_settings'),
    ('analytics_sources'), ('analytics_tickets')
$$;
drop table analytics_hour_counters;
select spanledger_grant_rights();
