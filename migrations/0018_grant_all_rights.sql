-- Up Migration

-- spanledger_grant_rights() gives the rights of every table that later migrations made as well, so that whoever
-- creates the two roles by hand still calls one function.
alter function spanledger_grant_rights() rename to spanledger_grant_first_rights;

create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  object text;
begin
  perform public.spanledger_grant_first_rights();
  if to_regprocedure('public.spanledger_grant_custom_rights()') is not null then
    perform public.spanledger_grant_custom_rights();
  end if;
  if to_regrole('spanledger_receiver') is not null then
    foreach object in array array['analytics_tickets', 'analytics_agent_states', 'analytics_agent_activity',
      'analytics_report_shares']
    loop
      execute format('grant select, insert, update on public.%I to spanledger_receiver', object);
    end loop;
    -- Made by a migration after this one.
    if to_regclass('public.analytics_report_share_files') is not null then
      execute 'grant select, insert, delete on public.analytics_report_share_files to spanledger_receiver';
    end if;
  end if;
  if to_regrole('spanledger_reader') is not null then
    foreach object in array array['analytics_tickets', 'analytics_agent_states', 'analytics_agent_activity']
    loop
      execute format('grant select on public.%I to spanledger_reader', object);
    end loop;
    execute 'grant select (first_answer_at) on public.analytics_sessions to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_first_rights() rename to spanledger_grant_rights;
