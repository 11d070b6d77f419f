-- Up Migration

-- Batches are kept apart from what changes a whole tenant (sweep, settings, rebuild, erase) by a lock for each tenant, and
-- from what changes the whole database (retention) by one lock for all. So nobody waits for the rebuild of another tenant.
-- Order: the lock of the database, the tenant's row of analytics_settings, the tenant's lock.

update spanledger_schema set oldest_receiver = 51;

-- Receivers that do not know this migration take the lock of the database only. Nobody can have begun to use a database without
-- tenants, so there they need not be let in. A later migration sets it for all databases when it ends their time; it has to take
-- the lock of the database first, so that no batch of theirs is under way.
alter table spanledger_schema add column locks_by_tenant boolean not null default false;
comment on column spanledger_schema.locks_by_tenant is 'True: every receiver that may write takes the locks of its tenants.';
update spanledger_schema set locks_by_tenant = not exists (select from analytics_settings);

-- The number of a tenant's lock. Two tenants may share one; then they are only locked together.
create function spanledger_tenant_lock(tenant text) returns bigint
language sql immutable parallel safe as $$ select pg_catalog.hashtextextended(tenant, 4518206130513062862) $$;

-- For a batch: the locks of its tenants, without waiting for any of them. Fails with SPT01 if somebody has one of these
-- tenants alone, or waits for it, and says in the detail which; the batch then begins again without them.
create function spanledger_lock_tenants(tenants text[]) returns void
language plpgsql as $$
declare
  busy text[];
begin
  perform pg_advisory_xact_lock_shared(4518206130513062862);
  select array_agg(tenant) into busy from unnest(tenants) as tenant
  where not pg_try_advisory_xact_lock_shared(public.spanledger_tenant_lock(tenant));
  if busy is not null then
    raise exception 'these tenants are being changed as a whole' using errcode = 'SPT01', detail = to_json(busy)::text;
  end if;
end
$$;

-- The same for a batch of busy tenants, which waits for each of them, but no longer than a second.
create function spanledger_wait_for_tenants(tenants text[]) returns void
language plpgsql set lock_timeout = '1s' as $$
begin
  perform pg_advisory_xact_lock_shared(4518206130513062862);
  perform pg_advisory_xact_lock_shared(public.spanledger_tenant_lock(tenant)) from unnest(tenants) as tenant;
exception when lock_not_available then
  raise exception 'these tenants are still being changed as a whole' using errcode = 'SPT01', detail = to_json(tenants)::text;
end
$$;

-- Waits for the batches of a tenant, and holds back new ones until the transaction ends.
create function spanledger_lock_tenant_alone(wanted text) returns void
language plpgsql as $$
begin
  if not (select locks_by_tenant from public.spanledger_schema) then
    perform pg_advisory_xact_lock(4518206130513062862);
  else
    perform pg_advisory_xact_lock_shared(4518206130513062862);
  end if;
  perform from public.analytics_settings where tenant_id = wanted for update;
  perform pg_advisory_xact_lock(public.spanledger_tenant_lock(wanted));
end
$$;

-- Down Migration
drop function spanledger_lock_tenant_alone(text), spanledger_wait_for_tenants(text[]), spanledger_lock_tenants(text[]);
drop function spanledger_tenant_lock(text);
alter table spanledger_schema drop column locks_by_tenant;
