-- Up Migration

-- What counting rules 2 need. Receivers of the release before do not name these columns and go on with tenants of rules 1;
-- those of rules 2 they refuse.
update spanledger_schema set oldest_receiver = 51;

-- The first business day that was counted by the tenant's rules: before it lie periods that were sealed by older ones. Null: all.
alter table analytics_settings add column rules_since date;

alter table analytics_sessions
  -- Bits that merge by "or": 1 a human took part, 2 an event is a test, 4 an agent released it.
  add column marks bigint not null default 0,
  -- The last end: ms since 1970 × 8 + 0 assumed, 1 confirmed, 2 failed.
  add column end_outcome bigint,
  -- The last rating: ms since 1970 × 8 + 1 to 5.
  add column rating bigint,
  -- Of the takeover at taken_over_at.
  add column first_takeover_event_id uuid,
  add column first_takeover_agent_id int,
  add column first_wait_ms bigint,
  -- When user_id was named.
  add column user_id_at timestamptz,
  add column prev_marks bigint,
  add column prev_end_outcome bigint,
  add column prev_rating bigint,
  add column prev_first_takeover_agent_id int,
  add column prev_first_wait_ms bigint;

alter table analytics_business_metrics
  add column ai_resolved_assumed bigint not null default 0,
  add column outcome_open bigint not null default 0,
  add column outcome_ai_assisted bigint not null default 0,
  add column outcome_human_only bigint not null default 0,
  add column outcome_escalated_untaken bigint not null default 0,
  add column outcome_unanswered bigint not null default 0,
  add column outcome_not_resolved bigint not null default 0,
  add column waits_known bigint not null default 0,
  add column handles_known bigint not null default 0,
  add column handle_ms bigint not null default 0,
  add column first_takeovers bigint not null default 0,
  add column first_waits_known bigint not null default 0,
  add column first_wait_ms bigint not null default 0,
  add column resolutions_timed bigint not null default 0,
  add column sla_known bigint not null default 0;
-- The plan's quotients keep their formulas under other names.
alter table analytics_business_metrics rename column avg_first_response_ms to plan_avg_first_response_ms;
alter table analytics_business_metrics rename column avg_handle_time_sec to plan_avg_handle_time_sec;
alter table analytics_business_metrics rename column avg_resolution_hours to plan_avg_resolution_hours;
alter table analytics_business_metrics rename column sla_met_rate to plan_sla_met_rate;
alter table analytics_business_metrics
  add column avg_first_response_ms numeric generated always as (first_wait_ms::numeric / nullif(first_waits_known, 0)) stored,
  add column avg_handle_time_sec numeric generated always as (handle_ms / 1000::numeric / nullif(handles_known, 0)) stored,
  add column avg_resolution_hours numeric generated always as (total_resolution_hours / nullif(resolutions_timed, 0)) stored,
  add column sla_met_rate numeric generated always as (tickets_sla_met * 100::numeric / nullif(sla_known, 0)) stored;

alter table analytics_agent_metrics
  add column waits_known bigint not null default 0,
  add column handles_known bigint not null default 0,
  add column handle_ms bigint not null default 0,
  add column first_takeovers bigint not null default 0,
  add column first_waits_known bigint not null default 0,
  add column first_wait_ms bigint not null default 0,
  add column resolutions_timed bigint not null default 0,
  add column sla_known bigint not null default 0;

create or replace view analytics_agent_metrics_by_period with (security_invoker = true) as
select tenant_id, period_type, period_value, period_start, agent_id,
  (array_agg(agent_name order by agent_name_at desc nulls last, agent_name_event_id desc))[1] as agent_name,
  sum(agent_logins)::bigint as agent_logins,
  sum(total_work_minutes) as total_work_minutes,
  sum(sessions_handled)::bigint as sessions_handled,
  sum(total_first_response_ms)::bigint as total_first_response_ms,
  sum(sessions_released)::bigint as sessions_released,
  sum(total_handle_time_sec) as total_handle_time_sec,
  sum(agent_messages_sent)::bigint as agent_messages_sent,
  sum(sessions_transferred)::bigint as sessions_transferred,
  sum(tickets_created)::bigint as tickets_created,
  sum(tickets_closed)::bigint as tickets_closed,
  sum(tickets_sla_met)::bigint as tickets_sla_met,
  sum(total_resolution_hours) as total_resolution_hours,
  sum(waits_known)::bigint as waits_known,
  sum(handles_known)::bigint as handles_known,
  sum(handle_ms)::bigint as handle_ms,
  sum(first_takeovers)::bigint as first_takeovers,
  sum(first_waits_known)::bigint as first_waits_known,
  sum(first_wait_ms)::bigint as first_wait_ms,
  sum(resolutions_timed)::bigint as resolutions_timed,
  sum(sla_known)::bigint as sla_known
from analytics_agent_metrics
cross join lateral (values
  ('week', to_char(day, 'IYYY-"W"IW'), date_trunc('week', day)::date),
  ('month', to_char(day, 'YYYY-MM'), date_trunc('month', day)::date)
) as period (period_type, period_value, period_start)
group by tenant_id, period_type, period_value, period_start, agent_id;

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_rules_2;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_rules_2();
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select (marks, end_outcome, rating) on public.analytics_sessions to spanledger_reader';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_rules_2() rename to spanledger_grant_rights;
drop view analytics_agent_metrics_by_period;
alter table analytics_agent_metrics
  drop column waits_known, drop column handles_known, drop column handle_ms,
  drop column first_takeovers, drop column first_waits_known, drop column first_wait_ms,
  drop column resolutions_timed, drop column sla_known;
create view analytics_agent_metrics_by_period with (security_invoker = true) as
select tenant_id, period_type, period_value, period_start, agent_id,
  (array_agg(agent_name order by agent_name_at desc nulls last, agent_name_event_id desc))[1] as agent_name,
  sum(agent_logins)::bigint as agent_logins,
  sum(total_work_minutes) as total_work_minutes,
  sum(sessions_handled)::bigint as sessions_handled,
  sum(total_first_response_ms)::bigint as total_first_response_ms,
  sum(sessions_released)::bigint as sessions_released,
  sum(total_handle_time_sec) as total_handle_time_sec,
  sum(agent_messages_sent)::bigint as agent_messages_sent,
  sum(sessions_transferred)::bigint as sessions_transferred,
  sum(tickets_created)::bigint as tickets_created,
  sum(tickets_closed)::bigint as tickets_closed,
  sum(tickets_sla_met)::bigint as tickets_sla_met,
  sum(total_resolution_hours) as total_resolution_hours
from analytics_agent_metrics
cross join lateral (values
  ('week', to_char(day, 'IYYY-"W"IW'), date_trunc('week', day)::date),
  ('month', to_char(day, 'YYYY-MM'), date_trunc('month', day)::date)
) as period (period_type, period_value, period_start)
group by tenant_id, period_type, period_value, period_start, agent_id;
alter table analytics_business_metrics
  drop column avg_first_response_ms, drop column avg_handle_time_sec, drop column avg_resolution_hours,
  drop column sla_met_rate;
alter table analytics_business_metrics
  drop column ai_resolved_assumed, drop column outcome_open, drop column outcome_ai_assisted,
  drop column outcome_human_only, drop column outcome_escalated_untaken, drop column outcome_unanswered,
  drop column outcome_not_resolved, drop column waits_known, drop column handles_known, drop column handle_ms,
  drop column first_takeovers, drop column first_waits_known, drop column first_wait_ms,
  drop column resolutions_timed, drop column sla_known;
alter table analytics_business_metrics rename column plan_avg_first_response_ms to avg_first_response_ms;
alter table analytics_business_metrics rename column plan_avg_handle_time_sec to avg_handle_time_sec;
alter table analytics_business_metrics rename column plan_avg_resolution_hours to avg_resolution_hours;
alter table analytics_business_metrics rename column plan_sla_met_rate to sla_met_rate;
alter table analytics_sessions
  drop column marks, drop column end_outcome, drop column rating, drop column first_takeover_event_id,
  drop column first_takeover_agent_id, drop column first_wait_ms, drop column user_id_at, drop column prev_marks,
  drop column prev_end_outcome, drop column prev_rating, drop column prev_first_takeover_agent_id,
  drop column prev_first_wait_ms;
alter table analytics_settings drop column rules_since;
select spanledger_grant_rights();
