-- Up Migration

-- Receivers of the release before go on: they do not read prices.
update spanledger_schema set oldest_receiver = 51;

-- What a million tokens of a model cost from a business day on, in the tenant's currency. Spend is derived on reading, so a new
-- price for past days moves nothing that is stored.
create table analytics_model_prices (
  tenant_id text not null,
  -- Empty: any.
  provider text not null,
  -- `*` stands for any text.
  model text not null,
  -- Empty: any.
  service_tier text not null,
  valid_from date not null,
  input numeric not null check (input >= 0),
  -- Null: not known.
  cached_input numeric check (cached_input >= 0),
  cache_write numeric check (cache_write >= 0),
  output numeric check (output >= 0),
  primary key (tenant_id, provider, model, service_tier, valid_from)
);
comment on table analytics_model_prices is 'Prices of a million tokens by model and day; spanledger prices sets them.';

create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'),
    ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'), ('analytics_duration_counters'),
    ('analytics_event_counts'), ('analytics_model_prices'), ('analytics_notes'), ('analytics_rejected_events'),
    ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;
alter table analytics_model_prices enable row level security;
create policy everybody on analytics_model_prices using (true) with check (true);

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_model_prices;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_model_prices();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_model_prices to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_model_prices to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_model_prices() rename to spanledger_grant_rights;
create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'), ('analytics_custom_counters'),
    ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'), ('analytics_duration_counters'),
    ('analytics_event_counts'), ('analytics_notes'), ('analytics_rejected_events'), ('analytics_settings'), ('analytics_sources'),
    ('analytics_tickets')
$$;
drop table analytics_model_prices;
select spanledger_grant_rights();
