-- Up Migration

-- Receivers of the release before go on: they use nothing that changes here.
update spanledger_schema set oldest_receiver = 51;

-- Bounds of the functions that run with the owner's rights lie in what their caller cannot write: PostgreSQL's clock.
-- A receiver makes partitions for the months from 2000 (older events are rejected) to the next one (events are at most a
-- day ahead). Without bounds its role could make thousands, and each slows down every read.
alter function spanledger_ensure_partition(date) rename to spanledger_make_partition;
revoke all on function spanledger_make_partition(date) from public;
create function spanledger_ensure_partition(month date) returns boolean
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
begin
  if month < date '2000-01-01' or month > now() at time zone 'UTC' + interval '2 months' then
    raise exception 'no partition is made for %: events lie between 2000 and tomorrow', to_char(month, 'YYYY-MM')
      using errcode = 'check_violation';
  end if;
  return public.spanledger_make_partition(month);
end
$$;
revoke all on function spanledger_ensure_partition(date) from public;

-- Who did it, as PostgreSQL knows it. Whoever may add entries cannot say something else: see the rights below.
alter table analytics_audit add column database_role name not null default session_user;

-- A role that reads the counters of one tenant, for a Grafana of a brand or a customer. Its rows are limited by policies
-- that apply to members of spanledger_tenant_reader alone; every other role sees all tenants, as before.
create table spanledger_tenant_logins (
  login name primary key,
  tenant_id text not null
);
comment on table spanledger_tenant_logins is 'Roles that read one tenant; spanledger_add_tenant_reader() adds one.';

-- The tenant of the role that is connected; null, and so no row at all, if it has none. session_user: `set role` does not
-- change it.
create function spanledger_login_tenant() returns text
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select tenant_id from public.spanledger_tenant_logins where login = session_user
$$;

-- Views read with the rights of who asks, so that the policies of their tables apply.
alter view analytics_agent_metrics_by_period set (security_invoker = true);
alter view analytics_attribute_counts_by_period set (security_invoker = true);
alter view analytics_custom_counters_by_period set (security_invoker = true);
alter view analytics_duration_histograms set (security_invoker = true);
alter view analytics_duration_histograms_by_period set (security_invoker = true);
alter view analytics_event_counts_by_period set (security_invoker = true);

-- Tables that a tenant's reader reads. Not among them: events, sessions and customers, whose rows a policy would cost time
-- with every batch (COPY refuses tables with policies), and whose ids are nothing for a dashboard.
create function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_attribute_counts'),
    ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'), ('analytics_custom_metrics'),
    ('analytics_custom_session_counts'), ('analytics_duration_counters'), ('analytics_event_counts'),
    ('analytics_rejected_events'), ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;

do $$
declare
  object text;
begin
  for object in select spanledger_tenant_tables()
  loop
    execute format('alter table %I enable row level security', object);
    execute format('create policy everybody on %I using (true) with check (true)', object);
  end loop;
  if to_regrole('spanledger_tenant_reader') is null then
    begin
      create role spanledger_tenant_reader nologin;
    exception
      when insufficient_privilege then
        raise notice 'this user may not create roles; create role spanledger_tenant_reader, then select spanledger_grant_rights()';
      when duplicate_object or unique_violation then
        null;
    end;
  end if;
end
$$;

-- Lets a role that exists read one tenant, and nothing else of this database.
create function spanledger_add_tenant_reader(login name, tenant text) returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  if pg_has_role(login, 'spanledger_reader', 'member') or pg_has_role(login, 'spanledger_receiver', 'member') then
    raise exception 'role % reads all tenants already', login;
  end if;
  insert into public.spanledger_tenant_logins values (login, tenant)
    on conflict on constraint spanledger_tenant_logins_pkey do update set tenant_id = excluded.tenant_id;
  execute format('grant spanledger_tenant_reader to %I', login);
end
$$;
revoke all on function spanledger_add_tenant_reader(name, text) from public;

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_tenants;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  object text;
begin
  perform public.spanledger_grant_rights_before_tenants();
  if to_regrole('spanledger_receiver') is not null then
    execute 'revoke insert on public.analytics_audit from spanledger_receiver';
    execute 'grant insert (tenant_id, action, details) on public.analytics_audit to spanledger_receiver';
    -- The right came with its old name.
    execute 'revoke execute on function public.spanledger_make_partition(date) from spanledger_receiver';
  end if;
  if to_regrole('spanledger_tenant_reader') is null then
    return;
  end if;
  execute 'grant usage on schema public to spanledger_tenant_reader';
  for object in select public.spanledger_tenant_tables()
  loop
    if not exists (select from pg_policy where polrelid = to_regclass('public.' || object) and polname = 'own_tenant') then
      execute format('create policy own_tenant on public.%I as restrictive for select to spanledger_tenant_reader
        using (tenant_id = (select public.spanledger_login_tenant()))', object);
    end if;
    continue when object = 'analytics_rejected_events';
    execute format('grant select on public.%I to spanledger_tenant_reader', object);
  end loop;
  execute 'grant select (tenant_id, code, event_name, signal, service_name, rejected_at, replayed_at)
    on public.analytics_rejected_events to spanledger_tenant_reader';
  execute 'grant select on public.analytics_agent_metrics_by_period, public.analytics_attribute_counts_by_period,
    public.analytics_custom_counters_by_period, public.analytics_duration_histograms,
    public.analytics_duration_histograms_by_period, public.analytics_event_counts_by_period to spanledger_tenant_reader';
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_tenants() rename to spanledger_grant_rights;
do $$
declare
  object text;
begin
  for object in select spanledger_tenant_tables()
  loop
    execute format('drop policy if exists own_tenant on %I', object);
    execute format('drop policy everybody on %I', object);
    execute format('alter table %I disable row level security', object);
  end loop;
  -- Rights in this database would keep whoever drops the role from it.
  if to_regrole('spanledger_tenant_reader') is not null then
    execute 'revoke all on all tables in schema public from spanledger_tenant_reader';
    execute 'revoke usage on schema public from spanledger_tenant_reader';
  end if;
end
$$;
drop function spanledger_add_tenant_reader(name, text);
drop function spanledger_tenant_tables();
alter view analytics_agent_metrics_by_period reset (security_invoker);
alter view analytics_attribute_counts_by_period reset (security_invoker);
alter view analytics_custom_counters_by_period reset (security_invoker);
alter view analytics_duration_histograms reset (security_invoker);
alter view analytics_duration_histograms_by_period reset (security_invoker);
alter view analytics_event_counts_by_period reset (security_invoker);
drop function spanledger_login_tenant();
drop table spanledger_tenant_logins;
alter table analytics_audit drop column database_role;
do $$
begin
  if to_regrole('spanledger_receiver') is not null then
    execute 'revoke insert (tenant_id, action, details) on analytics_audit from spanledger_receiver';
  end if;
end
$$;
drop function spanledger_ensure_partition(date);
alter function spanledger_make_partition(date) rename to spanledger_ensure_partition;
select spanledger_grant_rights();
