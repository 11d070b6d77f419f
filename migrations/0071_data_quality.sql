-- Up Migration

-- Receivers of the release before go on: they count by rules 1, and no ledger belongs to these.
update spanledger_schema set oldest_receiver = 51;

-- What the numbers rest on, by business day: how many events had an invalid value, an unknown word, a placeholder for a
-- customer, a derived id or a contradiction, and how many were rejected and not replayed. Counted with the events, in their
-- transaction; `verify` and `rebuild` cover it.
create table analytics_data_quality (
  tenant_id text not null,
  day date not null,
  -- docs/data-quality.md lists them.
  code text not null,
  -- As the catalogue or the product declares it, else `other`; empty if the whole event is meant.
  attribute text not null,
  -- The word that no list knows, or the code of the rejection; else empty.
  detail text not null,
  -- Empty if a rejected event has none.
  event_name varchar(50) not null,
  events bigint not null default 0,
  -- One of them: time in ms and id of an event, or the content hash of a rejected one. Evidence: nothing verifies it.
  example text,
  primary key (tenant_id, day, code, attribute, detail, event_name)
) with (fillfactor = 50);
comment on table analytics_data_quality is 'The ledger of data quality; see docs/data-quality.md.';

-- When a rejected event occurred, if it has a time that can be. Rows of earlier versions count by their arrival.
alter table analytics_rejected_events add column occurred_at timestamptz;

create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_attribute_counts'),
    ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'), ('analytics_custom_metrics'),
    ('analytics_custom_session_counts'), ('analytics_data_quality'), ('analytics_duration_counters'), ('analytics_event_counts'),
    ('analytics_notes'), ('analytics_rejected_events'), ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;
alter table analytics_data_quality enable row level security;
create policy everybody on analytics_data_quality using (true) with check (true);

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_quality;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_quality();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_data_quality to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_data_quality to spanledger_reader';
    execute 'grant select (occurred_at) on public.analytics_rejected_events to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_quality() rename to spanledger_grant_rights;
create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_attribute_counts'),
    ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'), ('analytics_custom_metrics'),
    ('analytics_custom_session_counts'), ('analytics_duration_counters'), ('analytics_event_counts'), ('analytics_notes'),
    ('analytics_rejected_events'), ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;
alter table analytics_rejected_events drop column occurred_at;
drop table analytics_data_quality;
select spanledger_grant_rights();
