-- Up Migration

-- Receivers of the release before go on: they do not ask for sessions of agents' events.
update spanledger_schema set oldest_receiver = 51;

-- Gives the sessions in agents' events that are older than what a tenant keeps names that say nothing. All events of a session
-- get the same name, so that the hours of its agents stay: a takeover by another agent ends a hold. A session that goes on
-- behind the bound keeps its own. At most max_sessions of them; returns how many.
create function spanledger_forget_agent_sessions(tenant text, bound timestamptz, max_sessions int) returns int
language plpgsql security definer set search_path = pg_catalog, public, pg_temp as $$
declare
  forgotten int;
begin
  with old as materialized (
    select session_id, 'forgotten-' || gen_random_uuid() as name
    from public.analytics_agent_states
    where tenant_id = tenant and session_id is not null and session_id not like 'forgotten-%'
    group by session_id
    having max(changed_at) < bound
    limit max_sessions
  ), renamed as (
    update public.analytics_agent_states s set session_id = old.name
    from old
    where s.tenant_id = tenant and s.session_id = old.session_id
  )
  select count(*) into forgotten from old;
  return forgotten;
end
$$;
revoke all on function spanledger_forget_agent_sessions(text, timestamptz, int) from public;

do $$
declare
  definition text := pg_get_functiondef('public.spanledger_forget_old_rows(int)'::regprocedure);
  done text := '    update public.analytics_retention_plans set forgotten_from = plan.bound';
begin
  if position(done in definition) = 0 then
    raise exception 'spanledger_forget_old_rows() is not as it was expected';
  end if;
  execute replace(definition, done, '    rows_left := rows_left - public.spanledger_forget_agent_sessions(plan.tenant_id, plan.bound, rows_left);
    if rows_left <= 0 then
      return max_rows;
    end if;
' || done);
end
$$;

-- Down Migration
do $$
declare
  definition text := pg_get_functiondef('public.spanledger_forget_old_rows(int)'::regprocedure);
begin
  execute replace(definition, '    rows_left := rows_left - public.spanledger_forget_agent_sessions(plan.tenant_id, plan.bound, rows_left);
    if rows_left <= 0 then
      return max_rows;
    end if;
', '');
end
$$;
drop function spanledger_forget_agent_sessions(text, timestamptz, int);
