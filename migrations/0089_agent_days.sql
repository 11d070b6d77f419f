-- Up Migration

-- Agents' time by closed business day, so that a report does not go through a month of their events. Receivers of the release
-- before go on: of tenants of rules 2, the only ones that have these days, they write nothing.
update spanledger_schema set oldest_receiver = 51;

-- The business days that are kept, or are going to be. A late event of an agent deletes the row (storage/facts/void-agent-days.ts).
create table analytics_presence_days (
  tenant_id text not null,
  day date not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- False while the day is being judged.
  kept boolean not null default false,
  primary key (tenant_id, day)
);
comment on table analytics_presence_days is 'Days of which analytics_agent_days holds the time of each agent.';

-- They hold only if the day is kept.
create table analytics_agent_days (
  tenant_id text not null,
  day date not null,
  agent_id int not null,
  online_ms bigint not null,
  away_ms bigint not null,
  busy_ms bigint not null,
  -- With a session or busy; it overlaps the others.
  occupied_ms bigint not null,
  primary key (tenant_id, day, agent_id)
);
comment on table analytics_agent_days is 'Time of agents by closed business day: derived, see GET /api/analytics/operations.';

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_agent_days;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_agent_days();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_presence_days to spanledger_receiver';
    execute 'grant select, insert, delete on public.analytics_agent_days to spanledger_receiver';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_agent_days() rename to spanledger_grant_rights;
drop table analytics_agent_days;
drop table analytics_presence_days;
