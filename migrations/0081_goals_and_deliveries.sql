-- Up Migration

-- Receivers of the release before go on: they know neither goals nor alerts, and send nothing.
update spanledger_schema set oldest_receiver = 51;

-- What a metric shall reach from a business day on, until the next goal of the same metric.
create table analytics_goals (
  tenant_id text not null,
  metric text not null,
  valid_from date not null,
  comparison text not null check (comparison in ('>=', '<=')),
  -- In the metric's unit.
  target numeric not null,
  -- Of which calendar period the target of a sum is; null for rates and means.
  per text check (per in ('day', 'week', 'month')),
  primary key (tenant_id, metric, valid_from)
);
comment on table analytics_goals is 'What a metric shall reach from a day on; spanledger goal sets it.';

-- A business alert and its state. Alerts of a spanledger.config stand in custom_definitions, so that their definition is null here.
create table analytics_alerts (
  tenant_id text not null,
  rule text not null,
  definition jsonb,
  -- Null: ok.
  firing_since timestamptz,
  -- The period that it fired for; kept while it fires.
  firing_period text,
  -- The last business day that was judged.
  judged_through date,
  primary key (tenant_id, rule)
);
comment on table analytics_alerts is 'Business alerts: definition, and whether each is firing. Upkeep judges them.';

-- The outbox: messages are written by the transaction that decides on them, and sent until the target has taken them.
create table analytics_deliveries (
  tenant_id text not null,
  -- UUIDv5 of rule, period and target: what was decided twice is sent once. Receivers of the message know it by this key.
  delivery_id uuid not null,
  kind text not null check (kind in ('alert', 'report', 'sample')),
  rule text not null,
  period text not null,
  target text not null,
  message jsonb not null,
  state text not null default 'waiting' check (state in ('waiting', 'sent', 'given_up')),
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  sent_at timestamptz,
  given_up_at timestamptz,
  last_error text,
  primary key (tenant_id, delivery_id)
);
create index analytics_deliveries_due on analytics_deliveries (next_attempt_at) where state = 'waiting';
create index analytics_deliveries_by_time on analytics_deliveries (tenant_id, created_at);
comment on table analytics_deliveries is 'Messages of alerts and reports, and whether they were sent; spanledger deliveries lists them.';

create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_alerts'), ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'),
    ('analytics_custom_counters'), ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'),
    ('analytics_deliveries'), ('analytics_duration_counters'), ('analytics_event_counts'), ('analytics_goals'),
    ('analytics_model_prices'), ('analytics_notes'), ('analytics_rejected_events'), ('analytics_settings'),
    ('analytics_sources'), ('analytics_tickets')
$$;
alter table analytics_goals enable row level security;
create policy everybody on analytics_goals using (true) with check (true);
alter table analytics_alerts enable row level security;
create policy everybody on analytics_alerts using (true) with check (true);
alter table analytics_deliveries enable row level security;
create policy everybody on analytics_deliveries using (true) with check (true);

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_goals;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_goals();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_goals, public.analytics_alerts, public.analytics_deliveries to spanledger_receiver';
  end if;
  -- Messages hold links that open reports, so readers do not see them.
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_goals, public.analytics_alerts to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_goals() rename to spanledger_grant_rights;
create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'),
    ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'), ('analytics_duration_counters'),
    ('analytics_event_counts'), ('analytics_model_prices'), ('analytics_notes'), ('analytics_rejected_events'),
    ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;
drop table analytics_deliveries;
drop table analytics_alerts;
drop table analytics_goals;
select spanledger_grant_rights();
