-- Up Migration

-- Receivers of the release before go on: they keep every payload, as before.
update spanledger_schema set oldest_receiver = 51;

-- What a tenant's rejected events take, by UTC day of arrival. A sender whose every event is bad would fill the disk: beyond
-- a bound a rejected event is answered and counted here, and neither its payload nor its reason is kept.
create table analytics_rejection_days (
  tenant_id text not null,
  day date not null,
  kept_events bigint not null default 0,
  kept_bytes bigint not null default 0,
  -- An event that is sent again counts again: nothing is kept by which it could be known.
  unkept_events bigint not null default 0,
  primary key (tenant_id, day)
);
comment on table analytics_rejection_days is 'How many rejected events were kept, and how many counted alone; see docs/operating.md.';

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_rejections;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_rejections();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update on public.analytics_rejection_days to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_rejection_days to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_rejections() rename to spanledger_grant_rights;
drop table analytics_rejection_days;
