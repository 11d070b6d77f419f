-- Up Migration

-- Receivers of the release before go on: they count by rules 1, by which no segment counts. The rebuild that switches a tenant to
-- rules 2 fills what is new.
update spanledger_schema set oldest_receiver = 51;

-- What the first start of a session says of it: one dimension=value a line.
alter table analytics_sessions add column segments text collate "C", add column prev_segments text collate "C";

-- What sessions contribute, by business day and by one value of one dimension: channel, product (service.name of the first start)
-- and what a product declares. Values that are not declared count as other; a session that says nothing is in no row. Counted
-- with the events, in their transaction; verify and rebuild cover it.
create table analytics_segment_counters (
  tenant_id text not null,
  day date not null,
  dimension varchar(40) not null,
  value text collate "C" not null,
  total_sessions bigint not null default 0,
  sessions_ended bigint not null default 0,
  sessions_ended_idle bigint not null default 0,
  ai_resolved_sessions bigint not null default 0,
  ai_resolved_assumed bigint not null default 0,
  ai_resolved_idle bigint not null default 0,
  outcome_open bigint not null default 0,
  outcome_ai_assisted bigint not null default 0,
  outcome_human_only bigint not null default 0,
  outcome_escalated_untaken bigint not null default 0,
  outcome_unanswered bigint not null default 0,
  outcome_not_resolved bigint not null default 0,
  rating_sum bigint not null default 0,
  escalated_sessions bigint not null default 0,
  reused_session_ids bigint not null default 0,
  ai_involved_sessions bigint not null default 0,
  estimated_cost_saved numeric not null default 0,
  rated_open bigint not null default 0,
  satisfied_open bigint not null default 0,
  rated_ai_assisted bigint not null default 0,
  satisfied_ai_assisted bigint not null default 0,
  rated_human_only bigint not null default 0,
  satisfied_human_only bigint not null default 0,
  rated_escalated_untaken bigint not null default 0,
  satisfied_escalated_untaken bigint not null default 0,
  rated_unanswered bigint not null default 0,
  satisfied_unanswered bigint not null default 0,
  rated_not_resolved bigint not null default 0,
  satisfied_not_resolved bigint not null default 0,
  rated_ai_resolved bigint not null default 0,
  satisfied_ai_resolved bigint not null default 0,
  first_takeovers bigint not null default 0,
  first_waits_known bigint not null default 0,
  first_wait_ms bigint not null default 0,
  primary key (tenant_id, day, dimension, value)
) with (fillfactor = 50);
comment on table analytics_segment_counters is 'What sessions contribute to the counters, by business day and value of a dimension; columns as in analytics_business_metrics.';

alter table analytics_attribute_counts add column succeeded bigint not null default 0;
comment on column analytics_attribute_counts.succeeded is 'Of the events, those with success: true.';

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
alter table analytics_segment_counters enable row level security;
create policy everybody on analytics_segment_counters using (true) with check (true);

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_segments;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_segments();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_segment_counters to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_segment_counters to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_segments() rename to spanledger_grant_rights;
create or replace function spanledger_tenant_tables() returns setof text
language sql immutable set search_path = pg_catalog, public, pg_temp as $$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_alerts'), ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'),
    ('analytics_custom_counters'), ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'),
    ('analytics_deliveries'), ('analytics_duration_counters'), ('analytics_event_counts'), ('analytics_goals'),
    ('analytics_hour_counters'), ('analytics_model_prices'), ('analytics_notes'), ('analytics_rejected_events'),
    ('analytics_settings'), ('analytics_sources'), ('analytics_tickets')
$$;
drop table analytics_segment_counters;
alter table analytics_attribute_counts drop column succeeded;
alter table analytics_sessions drop column segments, drop column prev_segments;
select spanledger_grant_rights();
