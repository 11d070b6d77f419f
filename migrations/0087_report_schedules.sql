-- Up Migration

-- Receivers of the release before go on: they know no schedules, and send nothing.
update spanledger_schema set oldest_receiver = 51;

-- Reports on a schedule, as a spanledger.config names them: which was sent last. The outbox forgets; this does not.
create table analytics_report_schedules (
  tenant_id text not null,
  schedule text not null,
  -- What was due before a schedule was first seen is not made up for.
  first_seen_at timestamptz not null,
  kind text not null check (kind in ('day', 'week', 'month', 'quarter', 'year')),
  -- The last day of the period that was sent last; null: none was.
  sent_through date,
  primary key (tenant_id, schedule)
);
comment on table analytics_report_schedules is 'Reports on a schedule: which period was sent last.';

create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_alerts'), ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'),
    ('analytics_custom_counters'), ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'),
    ('analytics_deliveries'), ('analytics_duration_counters'), ('analytics_event_counts'), ('analytics_goals'),
    ('analytics_hour_counters'), ('analytics_model_prices'), ('analytics_notes'), ('analytics_rejected_events'),
    ('analytics_report_schedules'), ('analytics_segment_counters'), ('analytics_service_versions'), ('analytics_settings'),
    ('analytics_sources'), ('analytics_tickets')
$$;
alter table analytics_report_schedules enable row level security;
create policy everybody on analytics_report_schedules using (true) with check (true);

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_schedules;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_schedules();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_report_schedules to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_report_schedules to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_schedules() rename to spanledger_grant_rights;
create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_alerts'), ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'),
    ('analytics_custom_counters'), ('analytics_custom_metrics'), ('analytics_custom_session_counts'),
    ('analytics_data_quality'), ('analytics_deliveries'), ('analytics_duration_counters'), ('analytics_event_counts'),
    ('analytics_goals'), ('analytics_hour_counters'), ('analytics_model_prices'), ('analytics_notes'),
    ('analytics_rejected_events'), ('analytics_segment_counters'), ('analytics_service_versions'), ('analytics_settings'),
    ('analytics_sources'), ('analytics_tickets')
$$;
drop table analytics_report_schedules;
select spanledger_grant_rights();
