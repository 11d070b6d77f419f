-- Up Migration

-- Two group roles: `spanledger_receiver` may do what the receiver does, without DDL; and
-- `spanledger_reader` may read what dashboards show, which excludes what products send as event data,
-- payloads and reasons of rejected events (they quote values), and who a session's customer was.
-- Grant one of them to a role that logs in: `grant spanledger_receiver to my_receiver`.
--
-- Roles belong to the whole server, and creating them is a right that a migrating user may not have:
-- then somebody else creates them, and `select spanledger_grant_rights()` gives them their rights. A later
-- migration that makes a table of this list calls it again.
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  object text;
begin
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant usage on schema public to spanledger_receiver';
    foreach object in array array['analytics_sessions', 'analytics_customers', 'analytics_business_metrics',
      'analytics_agent_metrics', 'analytics_event_counts', 'analytics_duration_histograms', 'analytics_sources',
      'analytics_settings', 'analytics_rejected_events', 'analytics_attribute_counts']
    loop
      continue when to_regclass('public.' || object) is null;
      execute format('grant select, insert, update on public.%I to spanledger_receiver', object);
    end loop;
    foreach object in array array['analytics_events', 'analytics_costs', 'analytics_audit']
    loop
      execute format('grant select, insert on public.%I to spanledger_receiver', object);
    end loop;
    execute 'grant usage on sequence public.analytics_events_id_seq to spanledger_receiver';
    execute 'grant execute on function public.spanledger_ensure_partition(date) to spanledger_receiver';
    execute 'grant execute on function public.spanledger_drop_old_partitions() to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant usage on schema public to spanledger_reader';
    foreach object in array array['analytics_business_metrics', 'analytics_agent_metrics', 'analytics_event_counts',
      'analytics_duration_histograms', 'analytics_sources', 'analytics_settings', 'analytics_costs',
      'analytics_attribute_counts']
    loop
      continue when to_regclass('public.' || object) is null;
      execute format('grant select on public.%I to spanledger_reader', object);
    end loop;
    execute 'grant select (id, tenant_id, event_id, event_name, session_id, agent_id, ticket_id, occurred_at,
      created_at, trace_id, span_id, service_name) on public.analytics_events to spanledger_reader';
    execute 'grant select (tenant_id, session_id, first_start_at, channel, last_start_at, first_seen_at,
      last_activity_at, first_end_at, escalated_at, taken_over_at) on public.analytics_sessions to spanledger_reader';
    execute 'grant select (tenant_id, code, event_name, signal, service_name, rejected_at, replayed_at)
      on public.analytics_rejected_events to spanledger_reader';
  end if;
  foreach object in array array['analytics_agent_metrics_by_period', 'analytics_event_counts_by_period',
    'analytics_duration_histograms_by_period', 'analytics_attribute_counts_by_period', 'spanledger_migrations']
  loop
    continue when to_regclass('public.' || object) is null;
    if to_regrole('spanledger_receiver') is not null then
      execute format('grant select on public.%I to spanledger_receiver', object);
    end if;
    if to_regrole('spanledger_reader') is not null then
      execute format('grant select on public.%I to spanledger_reader', object);
    end if;
  end loop;
end
$$;
revoke all on function spanledger_grant_rights() from public;

do $$
declare
  role text;
begin
  foreach role in array array['spanledger_receiver', 'spanledger_reader']
  loop
    begin
      if to_regrole(role) is null then
        execute format('create role %I nologin', role);
      end if;
    exception
      when duplicate_object or unique_violation then null; -- another database's migration made it just now
      when insufficient_privilege then
        raise notice 'role % is not there and may not be created: create it, then select spanledger_grant_rights()', role;
    end;
  end loop;
end
$$;
select spanledger_grant_rights();

-- Down Migration
do $$
declare
  role text;
begin
  -- The roles stay: other databases of the server may use them.
  foreach role in array array['spanledger_receiver', 'spanledger_reader']
  loop
    if to_regrole(role) is not null then
      execute format('revoke all on all tables in schema public from %I', role);
      execute format('revoke all on all sequences in schema public from %I', role);
      execute format('revoke all on all functions in schema public from %I', role);
      execute format('revoke usage on schema public from %I', role);
    end if;
  end loop;
end
$$;
drop function spanledger_grant_rights();
