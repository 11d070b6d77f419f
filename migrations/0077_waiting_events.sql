-- Up Migration

-- Receivers of the release before go on: they reject what is more than a day ahead, and count what is less.
update spanledger_schema set oldest_receiver = 51;

-- Events whose time has not come: more than an hour ahead of this server's clock, or on a business day that has not begun.
-- Upkeep counts each under its own key when its time has come, and takes it out of here.
create table analytics_waiting_events (
  tenant_id text not null,
  -- SHA-256 of signal, payload type and payload: an event that is sent again is one row.
  content_hash bytea not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null default now(),
  service_name text,
  signal varchar(10) not null,
  payload_type text not null,
  -- A complete OTLP request with this one event.
  payload bytea not null,
  primary key (tenant_id, content_hash)
);
create index analytics_waiting_events_due on analytics_waiting_events (tenant_id, occurred_at);
comment on table analytics_waiting_events is 'Events whose time has not come; they are counted when it has.';

-- Services whose last event arrived more than a minute before its time. One that arrives in time ends that.
create table analytics_sender_clocks (
  tenant_id text not null,
  -- Empty if the events name none.
  service_name text not null,
  ahead_ms bigint not null,
  arrived_at timestamptz not null default now(),
  primary key (tenant_id, service_name)
);
comment on table analytics_sender_clocks is 'Senders whose clock runs ahead: evidence, which nothing verifies.';

-- Beyond a bound of a day they are kept as rejected events are.
alter table analytics_rejection_days add column waiting_bytes bigint not null default 0;

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_waiting_events;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_waiting_events();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, delete on public.analytics_waiting_events to spanledger_receiver';
    execute 'grant select, insert, update, delete on public.analytics_sender_clocks to spanledger_receiver';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_waiting_events() rename to spanledger_grant_rights;
alter table analytics_rejection_days drop column waiting_bytes;
drop table analytics_sender_clocks;
drop table analytics_waiting_events;
