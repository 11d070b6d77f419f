-- Up Migration

-- Which receivers can work with this schema, so that one release can change it under the receivers of the release before:
-- expand in one release, contract in the next.
create table spanledger_schema (
  -- There is one row.
  id boolean primary key default true check (id),
  -- Number of the newest migration that a receiver has to know. Every migration writes it: its own number if receivers
  -- that do not know the migration cannot go on, else the number that stood there.
  oldest_receiver int not null check (oldest_receiver > 0)
);
comment on table spanledger_schema is 'Which receivers can work with this schema; see docs/upgrading.md.';
insert into spanledger_schema (oldest_receiver) values (51);

-- The rules by which a tenant's counters came about. A receiver that counts by other rules does not touch the tenant. The
-- default is for receivers that do not name the column: they count by rules 1.
alter table analytics_settings add column counting_rules int not null default 1 check (counting_rules > 0);

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_schema;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  role text;
begin
  perform public.spanledger_grant_rights_before_schema();
  foreach role in array array['spanledger_receiver', 'spanledger_reader']
  loop
    continue when to_regrole(role) is null;
    execute format('grant select on public.spanledger_schema to %I', role);
  end loop;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_schema() rename to spanledger_grant_rights;
alter table analytics_settings drop column counting_rules;
drop table spanledger_schema;
