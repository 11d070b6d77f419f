-- Up Migration

-- Receivers of the release before go on: they note no versions.
update spanledger_schema set oldest_receiver = 51;

-- When a version of a service was first seen, by the time of its earliest event: charts over time mark it.
create table analytics_service_versions (
  tenant_id text not null,
  -- Empty if the events name none.
  service_name text not null,
  service_version text not null,
  first_seen timestamptz not null,
  recorded_at timestamptz not null default now(),
  primary key (tenant_id, service_name, service_version)
);
comment on table analytics_service_versions is 'When a version of a service was first seen: evidence for charts, which nothing verifies.';

create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_alerts'), ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'),
    ('analytics_custom_counters'), ('analytics_custom_metrics'), ('analytics_custom_session_counts'),
    ('analytics_data_quality'), ('analytics_deliveries'), ('analytics_duration_counters'), ('analytics_event_counts'),
    ('analytics_goals'), ('analytics_hour_counters'), ('analytics_model_prices'), ('analytics_notes'),
    ('analytics_rejected_events'), ('analytics_segment_counters'), ('analytics_service_versions'), ('analytics_settings'),
    ('analytics_sources'), ('analytics_tickets')
$$;
alter table analytics_service_versions enable row level security;
create policy everybody on analytics_service_versions using (true) with check (true);

-- Whether the role that is connected may know of a tenant: all may but a tenant's reader, who knows of one.
create function spanledger_may_read(tenant text) returns boolean
language sql stable security definer set search_path = pg_catalog, public, pg_temp as $$
  select case
    when to_regrole('spanledger_tenant_reader') is null or (select rolsuper from pg_roles where rolname = session_user) then true
    when pg_has_role(session_user, 'spanledger_tenant_reader', 'usage') then coalesce(tenant = public.spanledger_login_tenant(), false)
    else true
  end
$$;

-- What the audit says of settings and definitions. Reads with its owner's rights: the rest of the audit is nothing for dashboards.
create view analytics_setting_changes with (security_barrier = true) as
  select tenant_id, performed_at, setting.name as setting, details -> 'change' ->> setting.key as value
  from analytics_audit
  cross join (values ('timezone', 'timezone', 'timezone'), ('currency', 'currency', 'currency'),
    ('idle_timeout', 'idleTimeoutSeconds', 'idle_timeout_seconds'),
    ('agent_heartbeat', 'agentHeartbeatSeconds', 'agent_heartbeat_seconds'),
    ('working_hours', 'workingHours', 'working_hours')) as setting (name, key, key_before)
  where action = 'settings' and details -> 'change' ? setting.key and details -> 'before' ? setting.key_before
    and details -> 'change' -> setting.key <> details -> 'before' -> setting.key_before
    and spanledger_may_read(tenant_id)
  union all
  select tenant_id, performed_at, 'definitions',
    (select string_agg(metric, ', ' order by metric) from jsonb_array_elements_text(details -> 'metrics') as metric)
  from analytics_audit
  where action = 'definitions' and details ->> 'before' is not null and details -> 'metrics' <> '[]'
    and spanledger_may_read(tenant_id);
comment on view analytics_setting_changes is 'Changes of settings and own definitions, from the audit.';

-- All that charts over time mark. The first version of a service, its first cost and its first price change nothing.
create view analytics_annotations with (security_invoker = true) as
  select tenant_id, noted_at as happened_at, 'note' as kind, null::text as subject, text as text
  from analytics_notes
  union all
  select tenant_id, first_seen, 'version', service_name, service_version
  from analytics_service_versions as version
  where exists (
    select from analytics_service_versions as earlier
    where earlier.tenant_id = version.tenant_id and earlier.service_name = version.service_name
      and (earlier.first_seen, earlier.service_version) < (version.first_seen, version.service_version))
  union all
  select tenant_id, performed_at, case setting when 'definitions' then 'definitions' else 'setting' end,
    case when setting <> 'definitions' then setting end, value
  from analytics_setting_changes
  union all
  select tenant_id, spanledger_start_of_day(timezone, rules_since), 'rules', null, counting_rules::text
  from analytics_settings
  where rules_since is not null
  union all
  select cost.tenant_id, spanledger_start_of_day(settings.timezone, cost.valid_from), 'cost', settings.currency,
    cost.cost_per_manual_session::text
  from analytics_costs as cost
  join analytics_settings as settings using (tenant_id)
  where exists (
    select from analytics_costs as earlier where earlier.tenant_id = cost.tenant_id and earlier.valid_from < cost.valid_from)
  union all
  select tenant_id, spanledger_start_of_day(timezone, valid_from), 'price', null, models
  from (
    select price.tenant_id, settings.timezone, price.valid_from, string_agg(distinct price.model, ', ') as models
    from analytics_model_prices as price
    join analytics_settings as settings using (tenant_id)
    where exists (
      select from analytics_model_prices as earlier
      where (earlier.tenant_id, earlier.provider, earlier.model, earlier.service_tier)
          = (price.tenant_id, price.provider, price.model, price.service_tier) and earlier.valid_from < price.valid_from)
    group by price.tenant_id, settings.timezone, price.valid_from
  ) as price;
comment on view analytics_annotations is 'What happened at a moment: notes, new versions, changes of settings and rules. Charts over time mark it.';

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_service_versions;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
  reader text;
begin
  perform public.spanledger_grant_rights_before_service_versions();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_service_versions to spanledger_receiver';
  end if;
  foreach reader in array array['spanledger_receiver', 'spanledger_reader', 'spanledger_tenant_reader']
  loop
    if to_regrole(reader) is not null then
      execute format('grant select on public.analytics_service_versions, public.analytics_setting_changes, public.analytics_annotations to %I', reader);
    end if;
  end loop;
  -- Messages hold links that open reports: a tenant's reader does not see them, though its tenant's rows have a policy.
  if to_regrole('spanledger_tenant_reader') is not null then
    execute 'revoke select on public.analytics_deliveries from spanledger_tenant_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_service_versions() rename to spanledger_grant_rights;
create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_alerts'), ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'),
    ('analytics_custom_counters'), ('analytics_custom_metrics'), ('analytics_custom_session_counts'),
    ('analytics_data_quality'), ('analytics_deliveries'), ('analytics_duration_counters'), ('analytics_event_counts'),
    ('analytics_goals'), ('analytics_hour_counters'), ('analytics_model_prices'), ('analytics_notes'),
    ('analytics_rejected_events'), ('analytics_segment_counters'), ('analytics_settings'), ('analytics_sources'),
    ('analytics_tickets')
$$;
drop view analytics_annotations;
drop view analytics_setting_changes;
drop function spanledger_may_read(text);
drop table analytics_service_versions;
select spanledger_grant_rights();
