-- Up Migration

-- Receivers of the release before go on: they claim nothing, as before.
update spanledger_schema set oldest_receiver = 51;

-- An event is known by its id, whatever time it comes with. Rows have the time first in their key, because they are partitioned
-- by it, so ids that may come with another time are claimed here: marked ids that are not of version 7, and ids of version 7 that
-- hold another time than the event's. An id that holds the event's time needs no claim, and one that we derive contains the time.
create table analytics_event_ids (
  tenant_id text not null,
  event_id uuid not null,
  -- That of the row.
  occurred_at timestamptz not null,
  primary key (tenant_id, event_id)
);
comment on table analytics_event_ids is 'Ids that are unique whatever time an event comes with; one row of analytics_events each.';

-- Set with the tenant alone, before the first such id is claimed. From then on ids that hold their time are looked for in the
-- claims as well.
alter table analytics_settings add column v7_claims boolean not null default false;
comment on column analytics_settings.v7_claims is 'True once an id of version 7 came with another time than it holds.';

-- True if a row's id has to be claimed. Ids of version 5 are left out: those that we derive look the same in a row.
create function spanledger_needs_claim(event_id uuid, occurred_at timestamptz) returns boolean
language sql immutable parallel safe as $$
  select case get_byte(uuid_send(event_id), 6) >> 4
    when 7 then get_byte(uuid_send(event_id), 8) >> 6 <> 2
      or ('x' || translate(left(event_id::text, 13), '-', ''))::bit(48)::bigint <> extract(epoch from occurred_at - timestamptz 'epoch') * 1000
    else get_byte(uuid_send(event_id), 6) >> 4 <> 5
  end
$$;

-- Months whose partition was dropped, until their claims are gone as well.
create table analytics_dropped_months (
  month date primary key,
  dropped_at timestamptz not null default now()
);
comment on table analytics_dropped_months is 'Months that retention dropped; their claims go next.';

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
    insert into public.analytics_dropped_months (month) values (candidate.month) on conflict do nothing;
    dropped := dropped || candidate.relname::text;
  end loop;
  return dropped;
end
$$;

-- Removes claims of dropped months, as far as they lie in 1,000 pages of the table. A claim whose month has a partition stays.
-- Returns the page to go on from; null: all claims of these months are gone. SECURITY DEFINER: the receiver's role can remove a
-- claim only if its row is gone.
create function spanledger_forget_event_ids(months date[], first_page bigint) returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  next_page bigint := first_page + 1000;
begin
  delete from public.analytics_event_ids
  where ctid >= format('(%s,0)', first_page)::tid and ctid < format('(%s,0)', next_page)::tid
    and date_trunc('month', occurred_at at time zone 'UTC')::date = any (months)
    and to_regclass('public.analytics_events_' || to_char(occurred_at at time zone 'UTC', 'YYYY_MM')) is null;
  if next_page < pg_relation_size('public.analytics_event_ids') / current_setting('block_size')::int then
    return next_page;
  end if;
  delete from public.analytics_dropped_months where month = any (months);
  return null;
end
$$;
revoke all on function spanledger_forget_event_ids(date[], bigint) from public;

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_event_ids;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_event_ids();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert on public.analytics_event_ids to spanledger_receiver';
    execute 'grant select on public.analytics_dropped_months to spanledger_receiver';
    execute 'grant execute on function public.spanledger_forget_event_ids(date[], bigint) to spanledger_receiver';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_event_ids() rename to spanledger_grant_rights;
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
drop function spanledger_forget_event_ids(date[], bigint), spanledger_needs_claim(uuid, timestamptz);
drop table analytics_dropped_months, analytics_event_ids;
alter table analytics_settings drop column v7_claims;
