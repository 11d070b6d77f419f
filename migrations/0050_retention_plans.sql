-- Up Migration

-- Retention announces what it is going to drop, and drops it a day later at the earliest, all by PostgreSQL's clock. So
-- neither a receiver whose clock is wrong nor a typo in RETENTION_MONTHS destroys anything before somebody can see it.
--
-- One row per tenant and value of RETENTION_MONTHS, so that receivers with different values do not overwrite each other.
create table analytics_retention_plans (
  tenant_id text not null,
  -- 0: a receiver without RETENTION_MONTHS objects to an announcement of another one.
  retention_months int not null check (retention_months >= 0),
  -- Null: everything is kept.
  retained_from timestamptz,
  announced_at timestamptz not null default now(),
  -- Receivers renew it. An announcement that nobody renews lapses, and begins anew if somebody wants it again.
  wanted_at timestamptz not null default now(),
  cancelled_at timestamptz,
  -- How far this plan was carried out. Only here, because the receiver's role may write analytics_settings.
  applied_from timestamptz,
  primary key (tenant_id, retention_months)
);
comment on table analytics_retention_plans is 'What retention is going to drop, announced a day before; see docs/operating.md.';

-- Later than so long ago; the minute is for transactions that began before the one that wrote the time.
create function spanledger_is_recent(at timestamptz, span interval) returns boolean
language sql stable as $$ select at between now() - span and now() + interval '1 minute' $$;

-- Announcements that are not carried out. A receiver that wants to keep more holds the others up.
create view analytics_retention_announcements as
select tenant_id, retention_months, retained_from, announced_at, announced_at + interval '24 hours' as due_at, cancelled_at,
  case
    when cancelled_at is not null then 'cancelled'
    when not spanledger_is_recent(wanted_at, interval '1 hour') then 'lapsed'
    when exists (
      select from analytics_retention_plans other
      where other.tenant_id = plan.tenant_id and coalesce(other.retained_from, '-infinity') < plan.retained_from
        and spanledger_is_recent(other.wanted_at, interval '1 hour')) then 'held'
    when announced_at > now() - interval '24 hours' then 'announced'
    else 'due'
  end as state
from analytics_retention_plans plan
where retained_from > coalesce(
  (select max(applied_from) from analytics_retention_plans done where done.tenant_id = plan.tenant_id), '-infinity');
comment on view analytics_retention_announcements is 'Announcements of retention that are not carried out yet, with their state.';

-- The start of the previous business month: nothing later is ever dropped. Where PostgreSQL does not know the timezone,
-- the earliest time that it could be.
create function spanledger_latest_retained_from(timezone text) returns timestamptz
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
begin
  return (date_trunc('month', now() at time zone timezone) - interval '1 month') at time zone timezone;
exception when invalid_parameter_value then
  return (date_trunc('month', (now() - interval '12 hours') at time zone 'UTC') - interval '1 month') at time zone 'UTC'
    - interval '14 hours';
end
$$;

-- Says what a receiver with this RETENTION_MONTHS wants to keep of these tenants, and renews what it said before. An
-- announcement begins anew, with a whole day, if its bound moves, or if nobody renewed it for an hour. Returns and audits
-- those that begin now. SECURITY DEFINER, as all functions here: the receiver's role cannot backdate an announcement.
create function spanledger_announce_retention(months int, tenants text[], starts timestamptz[])
returns table (tenant text, starts_at timestamptz, due timestamptz)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with wish as (
    select w.tenant_id, w.retained_from
    from unnest(tenants, starts) as w (tenant_id, retained_from)
    join public.analytics_settings s on s.tenant_id = w.tenant_id
    left join public.analytics_retention_plans plan on plan.tenant_id = w.tenant_id and plan.retention_months = months
    where (case when months = 0 then w.retained_from is null
        else w.retained_from <= public.spanledger_latest_retained_from(s.timezone) end)
      and (plan.tenant_id is null or plan.retained_from is distinct from w.retained_from
        or not public.spanledger_is_recent(plan.wanted_at, interval '10 minutes'))
  ), written as (
    insert into public.analytics_retention_plans as plan (tenant_id, retention_months, retained_from)
    select tenant_id, months, retained_from from wish order by tenant_id collate "C"
    on conflict (tenant_id, retention_months) do update set
      announced_at = case when plan.retained_from is distinct from excluded.retained_from
          or not public.spanledger_is_recent(plan.wanted_at, interval '1 hour') then now() else plan.announced_at end,
      retained_from = excluded.retained_from,
      wanted_at = now()
    returning tenant_id, retained_from, announced_at, cancelled_at
  ), begun as (
    select tenant_id, retained_from, announced_at + interval '24 hours' as due_at from written
    where announced_at = now() and cancelled_at is null and retained_from > coalesce((select max(applied_from)
      from public.analytics_retention_plans done where done.tenant_id = written.tenant_id), '-infinity')
  ), audited as (
    insert into public.analytics_audit (tenant_id, action, details)
    select tenant_id, 'retention', jsonb_build_object('step', 'announced', 'retention_months', months,
      'retained_from', retained_from, 'due_at', due_at)
    from begun
  )
  select tenant_id, retained_from, due_at from begun
$$;

-- Ends the announcements of a tenant, or of all tenants. The same RETENTION_MONTHS does not announce again until
-- spanledger_resume_retention().
create function spanledger_cancel_retention(tenant text default null) returns setof text
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with cancelled as (
    update public.analytics_retention_plans plan set cancelled_at = now()
    from public.analytics_retention_announcements announced
    where announced.tenant_id = plan.tenant_id and announced.retention_months = plan.retention_months
      and plan.cancelled_at is null and (tenant is null or plan.tenant_id = tenant)
    returning plan.tenant_id, plan.retention_months, plan.retained_from
  ), audited as (
    insert into public.analytics_audit (tenant_id, action, details)
    select tenant_id, 'retention', jsonb_build_object('step', 'cancelled', 'retention_months', retention_months,
      'retained_from', retained_from)
    from cancelled
  )
  select distinct tenant_id from cancelled order by 1
$$;

-- Takes a cancellation back: the announcement begins anew, with a whole day.
create function spanledger_resume_retention(tenant text default null) returns setof text
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with resumed as (
    update public.analytics_retention_plans plan set cancelled_at = null, announced_at = now()
    where cancelled_at is not null and (tenant is null or plan.tenant_id = tenant)
    returning plan.tenant_id, plan.retention_months, plan.retained_from
  ), audited as (
    insert into public.analytics_audit (tenant_id, action, details)
    select tenant_id, 'retention', jsonb_build_object('step', 'resumed', 'retention_months', retention_months,
      'retained_from', retained_from, 'due_at', now() + interval '24 hours')
    from resumed
  )
  select distinct tenant_id from resumed order by 1
$$;

-- Carries out the announcements of this RETENTION_MONTHS that are due: earlier periods are sealed from now on. The caller
-- holds the ingest lock alone, and drops the partitions in the same transaction.
create function spanledger_apply_retention(months int) returns table (tenant text, starts_at timestamptz)
language sql security definer set search_path = pg_catalog, public, pg_temp as $$
  with applied as (
    update public.analytics_retention_plans plan set applied_from = plan.retained_from
    from public.analytics_retention_announcements announced, public.analytics_settings s
    where announced.tenant_id = plan.tenant_id and announced.retention_months = plan.retention_months
      and s.tenant_id = plan.tenant_id and plan.retention_months = months and announced.state = 'due'
      and plan.cancelled_at is null and plan.announced_at <= now() - interval '24 hours'
      and plan.retained_from <= public.spanledger_latest_retained_from(s.timezone)
    returning plan.tenant_id, plan.applied_from, plan.announced_at
  ), sealed as (
    update public.analytics_settings s set retained_from = greatest(s.retained_from, applied.applied_from)
    from applied where s.tenant_id = applied.tenant_id
    returning s.tenant_id, s.retained_from
  ), audited as (
    insert into public.analytics_audit (tenant_id, action, details)
    select tenant_id, 'retention', jsonb_build_object('step', 'applied', 'retention_months', months,
      'retained_from', applied_from, 'announced_at', announced_at)
    from applied
  )
  select tenant_id, retained_from from sealed order by 1
$$;

-- True if a tenant has rows in the partition that it has not let go by an announcement that was carried out. A tenant
-- without rows there holds up nothing, so that new tenants do not put the drop off again and again.
create function spanledger_is_partition_kept(partition regclass, ends_at timestamptz) returns boolean
language plpgsql stable set search_path = pg_catalog, public, pg_temp as $$
declare
  keeping text[];
  kept boolean;
begin
  select array_agg(s.tenant_id) into keeping from public.analytics_settings s
    where not exists (select from public.analytics_retention_plans plan
      where plan.tenant_id = s.tenant_id and plan.applied_from >= ends_at);
  execute format('select exists (select from %s where tenant_id = any ($1))', partition) into kept using keeping;
  return kept;
end
$$;

-- Drops the partitions that no tenant keeps, by what was announced and carried out; what analytics_settings says does not
-- drop anything. Looks again when it has the lock, as somebody may have written in between.
create or replace function spanledger_drop_old_partitions() returns text[]
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  bound timestamptz;
  ends_at timestamptz;
  dropped text[] := '{}';
  candidate record;
begin
  select max(applied_from) into bound from public.analytics_retention_plans;
  perform set_config('lock_timeout', '2s', true);
  for candidate in
    select c.oid::regclass as partition, c.relname,
      to_date(substr(c.relname, length('analytics_events_') + 1), 'YYYY_MM') as month
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.analytics_events'::regclass and c.relname ~ '^analytics_events_\d{4}_\d{2}$'
    order by c.relname
  loop
    ends_at := (candidate.month + interval '1 month') at time zone 'UTC';
    exit when bound is null or ends_at > bound;
    continue when public.spanledger_is_partition_kept(candidate.partition, ends_at);
    lock table only public.analytics_events in access exclusive mode;
    continue when public.spanledger_is_partition_kept(candidate.partition, ends_at);
    execute format('drop table public.%I', candidate.relname);
    dropped := dropped || candidate.relname::text;
  end loop;
  return dropped;
end
$$;

revoke all on function spanledger_latest_retained_from(text), spanledger_is_partition_kept(regclass, timestamptz),
  spanledger_announce_retention(int, text[], timestamptz[]),
  spanledger_cancel_retention(text), spanledger_resume_retention(text), spanledger_apply_retention(int) from public;

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_retention;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  role text;
begin
  perform public.spanledger_grant_rights_before_retention();
  foreach role in array array['spanledger_receiver', 'spanledger_reader']
  loop
    continue when to_regrole(role) is null;
    execute format('grant select on public.analytics_retention_plans, public.analytics_retention_announcements to %I', role);
  end loop;
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant execute on function public.spanledger_announce_retention(int, text[], timestamptz[]),
      public.spanledger_cancel_retention(text), public.spanledger_resume_retention(text),
      public.spanledger_apply_retention(int) to spanledger_receiver';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_retention() rename to spanledger_grant_rights;
drop function spanledger_apply_retention(int), spanledger_resume_retention(text), spanledger_cancel_retention(text),
  spanledger_announce_retention(int, text[], timestamptz[]);
create or replace function spanledger_drop_old_partitions() returns text[]
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
drop view analytics_retention_announcements;
drop function spanledger_is_partition_kept(regclass, timestamptz), spanledger_latest_retained_from(text), spanledger_is_recent(timestamptz, interval);
drop table analytics_retention_plans;
