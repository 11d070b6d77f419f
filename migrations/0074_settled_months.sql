-- Up Migration

-- Receivers of the release before go on: they do not remember what a settled month said.
update spanledger_schema set oldest_receiver = 51;

-- What a month said when it was found settled, written once. A month that says something else later has been restated: the
-- difference is derived on reading.
create table analytics_settled_months (
  tenant_id text not null,
  month varchar(7) not null,
  settled_at timestamptz not null default now(),
  -- By which rules it was counted then.
  counting_rules int not null,
  -- The counters then, by column.
  counters jsonb not null,
  primary key (tenant_id, month)
);
comment on table analytics_settled_months is 'What each month said when it was settled; the case study names what has changed since.';

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_settled_months;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_settled_months();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert on public.analytics_settled_months to spanledger_receiver';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_settled_months() rename to spanledger_grant_rights;
drop table analytics_settled_months;
