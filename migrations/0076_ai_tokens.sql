-- Up Migration

-- Receivers of the release before go on: they count by rules 1, by which calls of models count by name alone.
update spanledger_schema set oldest_receiver = 51;

-- What calls of models used, by business day and by what a price may depend on. Spend is not stored: it is derived from prices
-- when it is read. The four kinds of tokens are disjoint. Counted with the events, in their transaction; `verify` and
-- `rebuild` cover it.
create table analytics_ai_tokens (
  tenant_id text not null,
  day date not null,
  -- As the call says them, at most 64 characters; empty if it does not.
  provider text not null,
  model text not null,
  service_tier text not null,
  calls bigint not null default 0,
  failed_calls bigint not null default 0,
  calls_without_usage bigint not null default 0,
  calls_without_session bigint not null default 0,
  unclear_calls bigint not null default 0,
  uncached_tokens bigint not null default 0,
  cache_read_tokens bigint not null default 0,
  cache_write_tokens bigint not null default 0,
  output_tokens bigint not null default 0,
  primary key (tenant_id, day, provider, model, service_tier)
) with (fillfactor = 50);
comment on table analytics_ai_tokens is 'Calls of models and their tokens, by business day, provider, model and service tier.';
comment on column analytics_ai_tokens.unclear_calls is 'Calls that say more tokens of a cache than of input: their cost is a lower bound.';

create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'),
    ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'), ('analytics_duration_counters'),
    ('analytics_event_counts'), ('analytics_notes'), ('analytics_rejected_events'), ('analytics_settings'), ('analytics_sources'),
    ('analytics_tickets')
$$;
alter table analytics_ai_tokens enable row level security;
create policy everybody on analytics_ai_tokens using (true) with check (true);

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_ai_tokens;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_ai_tokens();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_ai_tokens to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_ai_tokens to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_ai_tokens() rename to spanledger_grant_rights;
create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_attribute_counts'),
    ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'), ('analytics_custom_metrics'),
    ('analytics_custom_session_counts'), ('analytics_data_quality'), ('analytics_duration_counters'), ('analytics_event_counts'),
    ('analytics_notes'), ('analytics_rejected_events'), ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;
drop table analytics_ai_tokens;
select spanledger_grant_rights();
