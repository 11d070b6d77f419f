-- Up Migration

-- One row per business event. The tenant leads every key and no key is serial, so that the schema
-- can be distributed. PostgreSQL 15 and 16 have no identity columns on partitioned tables, hence
-- the sequence for the plan's `id`; it is cached because a COPY of thousands of rows asks for each.
create sequence analytics_events_id_seq as bigint cache 1000;

create table analytics_events (
  id bigint not null default nextval('analytics_events_id_seq'),
  tenant_id text not null,
  event_id uuid not null,
  event_name varchar(50) not null,
  session_id varchar(64),
  agent_id int,
  ticket_id int,
  event_data jsonb not null,
  occurred_at timestamptz not null,
  created_at timestamptz not null default now(),
  trace_id varchar(32),
  span_id varchar(16),
  service_name text,
  primary key (tenant_id, occurred_at, event_id)
) partition by range (occurred_at);

alter sequence analytics_events_id_seq owned by analytics_events.id;

-- From a session to its events: the sessions route, erase, and the session pass of verify.
create index analytics_events_session on analytics_events (tenant_id, session_id, occurred_at)
  where session_id is not null;

comment on table analytics_events is 'One row per business event, counted exactly once.';
comment on column analytics_events.occurred_at is 'From the event: the same on every retry.';
comment on column analytics_events.created_at is 'When the row was written.';

-- Makes the partition of a month (UTC) if it is missing. It is created apart and then attached, so
-- that only the attach needs a lock on the parent, and that one waits at most 2 s. SECURITY DEFINER:
-- the receiver's role needs no right to run DDL.
create function spanledger_ensure_partition(month date) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  lower_bound timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
  upper_bound timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  partition_name text := 'analytics_events_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass('public.' || partition_name) is not null then
    return false;
  end if;
  perform set_config('lock_timeout', '2s', true);
  execute format('create table public.%I (like public.analytics_events including defaults including constraints)', partition_name);
  execute format(
    'alter table public.analytics_events attach partition public.%I for values from (%L) to (%L)',
    partition_name, lower_bound, upper_bound);
  return true;
exception when duplicate_table or duplicate_object or unique_violation then
  -- Another receiver made it at the same time; its transaction has committed table and attach together.
  return false;
end
$$;
revoke all on function spanledger_ensure_partition(date) from public;

-- An event that is ours but cannot be counted. A resent one is the same row.
create table analytics_rejected_events (
  tenant_id text not null,
  content_hash bytea not null,
  code varchar(50) not null,
  reason text not null,
  event_name varchar(50),
  signal varchar(10) not null,
  payload_type varchar(64) not null,
  payload bytea not null,
  service_name text,
  rejected_at timestamptz not null default now(),
  replayed_at timestamptz,
  primary key (tenant_id, content_hash)
);
comment on table analytics_rejected_events is 'Bad events with the reason; `spanledger replay` tries them again.';

-- Evidence of loss: what a source gave out against what arrived.
create table analytics_sources (
  tenant_id text not null,
  source_id varchar(64) not null,
  service_name text,
  highest_seq bigint not null default 0,
  events_seen bigint not null default 0,
  drops_reported bigint not null default 0,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (tenant_id, source_id)
) with (fillfactor = 50);
comment on column analytics_sources.highest_seq is 'Highest sequence number known, from events or reports; highest_seq - drops_reported - events_seen = missing.';

-- Down Migration
drop table analytics_sources, analytics_rejected_events, analytics_events;
drop function spanledger_ensure_partition(date);
