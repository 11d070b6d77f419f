-- Up Migration

-- Receivers of the release before go on: they do not ask for notes.
update spanledger_schema set oldest_receiver = 51;

-- What people say about a moment, such as "new prompt": charts over time show it.
create table analytics_notes (
  tenant_id text not null,
  id uuid not null default gen_random_uuid(),
  noted_at timestamptz not null,
  text text not null check (length(text) between 1 and 200),
  created_at timestamptz not null default now(),
  created_by name not null default session_user,
  primary key (tenant_id, noted_at, id)
);
comment on table analytics_notes is 'What people say about a moment; charts over time show it. spanledger note adds one.';

create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_attribute_counts'),
    ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'), ('analytics_custom_metrics'),
    ('analytics_custom_session_counts'), ('analytics_duration_counters'), ('analytics_event_counts'), ('analytics_notes'),
    ('analytics_rejected_events'), ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;
alter table analytics_notes enable row level security;
create policy everybody on analytics_notes using (true) with check (true);

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_notes;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_notes();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, delete on public.analytics_notes to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_notes to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_notes() rename to spanledger_grant_rights;
create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_attribute_counts'),
    ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'), ('analytics_custom_metrics'),
    ('analytics_custom_session_counts'), ('analytics_duration_counters'), ('analytics_event_counts'),
    ('analytics_rejected_events'), ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;
drop table analytics_notes;
