-- Up Migration

-- What was done to stored data by hand or by retention, kept for whoever has to answer for it. Never
-- holds an identifier that was erased.
create table analytics_audit (
  id uuid primary key default gen_random_uuid(),
  tenant_id text not null,
  action varchar(50) not null,
  details jsonb not null,
  performed_by text not null default session_user,
  performed_at timestamptz not null default now()
);
create index analytics_audit_tenant on analytics_audit (tenant_id, performed_at);
comment on table analytics_audit is 'Erasures, retention and changes of settings.';

-- Drops the partitions that no tenant keeps: those wholly before the earliest retained_from. A tenant
-- that keeps everything keeps every partition. SECURITY DEFINER, as spanledger_ensure_partition is; the
-- bound is read here, so that a caller cannot drop more than the settings say.
create function spanledger_drop_old_partitions() returns text[]
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  bound timestamptz;
  dropped text[] := '{}';
  candidate record;
begin
  select case when bool_and(retained_from is not null) then min(retained_from) end into bound
    from public.analytics_settings;
  if bound is null then
    return dropped;
  end if;
  perform set_config('lock_timeout', '2s', true);
  for candidate in
    select c.relname, to_date(substr(c.relname, length('analytics_events_') + 1), 'YYYY_MM') as month
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.analytics_events'::regclass and c.relname ~ '^analytics_events_\d{4}_\d{2}$'
    order by c.relname
  loop
    if (candidate.month + interval '1 month') at time zone 'UTC' <= bound then
      execute format('drop table public.%I', candidate.relname);
      dropped := dropped || candidate.relname::text;
    end if;
  end loop;
  return dropped;
end
$$;
revoke all on function spanledger_drop_old_partitions() from public;

-- Down Migration
drop function spanledger_drop_old_partitions();
drop table analytics_audit;
