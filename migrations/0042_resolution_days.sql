-- Up Migration

-- What became of the AI resolutions of a business day, kept once it can no longer change by time alone: every session
-- that may count has ended, and the days that its customer had to stay away for are over. So a report does not look
-- through the sessions of whole months. Derived from analytics_sessions and void as soon as a late event touches what
-- it rests on (ingest/find-late-sessions.ts); it is made again in the next round (ingest/keep-resolution-days.ts).
create table analytics_resolution_days (
  tenant_id text not null,
  day date not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  -- Up to here a session of the same customer is a return; 'infinity' while the day is being judged.
  through_at timestamptz not null,
  -- Null while the day is being judged.
  judged int,
  durable int,
  unattributed int,
  primary key (tenant_id, day)
);
comment on table analytics_resolution_days is 'Durable AI resolutions of days that can be judged: derived, see GET /api/analytics/operations.';

alter function spanledger_grant_rights() rename to spanledger_grant_earlier_rights;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_earlier_rights();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_resolution_days to spanledger_receiver';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_earlier_rights() rename to spanledger_grant_rights;
drop table analytics_resolution_days;
