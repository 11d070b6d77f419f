-- Up Migration

-- Tickets counted once (counting rules 2). Receivers of the release before go on: they do not name what is new here, and with
-- tenants of rules 2 they do not work.
update spanledger_schema set oldest_receiver = 51;

-- Every close and reopening of a ticket, one row an event: how often a ticket was resolved, and when, is a walk over them.
create table analytics_ticket_changes (
  tenant_id text not null,
  ticket_id int not null,
  changed_at timestamptz not null,
  event_id uuid not null,
  kind text not null check (kind in ('closed', 'set_closed', 'is_closed', 'reopened')),
  -- Of ticket.closed; null if it does not say.
  sla_met boolean,
  resolution_ms bigint,
  agent_id int,
  primary key (tenant_id, ticket_id, changed_at, event_id)
);
comment on table analytics_ticket_changes is 'Closes and reopenings of tickets; see metrics/ticket-contribution.ts.';

-- A ticket's facts before its last merge.
alter table analytics_tickets
  add column prev_first_seen_at timestamptz,
  add column prev_created_at timestamptz,
  add column prev_first_assigned_at timestamptz;

alter table analytics_business_metrics
  rename column ticket_resolution_rate to plan_ticket_resolution_rate;
alter table analytics_business_metrics
  drop column avg_resolution_hours, drop column sla_met_rate,
  -- resolutions_timed and sla_known are of tickets_resolved now.
  add column tickets_resolved bigint not null default 0,
  add column resolution_ms bigint not null default 0,
  add column resolved_in_sla bigint not null default 0,
  add column first_resolutions bigint not null default 0,
  add column first_resolutions_timed bigint not null default 0,
  add column first_resolution_ms bigint not null default 0,
  add column tickets_reopened bigint not null default 0,
  add column tickets_closed_again bigint not null default 0,
  -- What came into the backlog less what went out of it: the sum up to a day is the backlog at its end.
  add column backlog_change bigint not null default 0,
  add column backlog_unassigned_change bigint not null default 0,
  add column reused_ticket_ids bigint not null default 0;
alter table analytics_business_metrics
  add column ticket_resolution_rate numeric generated always as (tickets_resolved * 100::numeric / nullif(tickets_created, 0)) stored,
  add column avg_resolution_hours numeric generated always as (resolution_ms / 3600000::numeric / nullif(resolutions_timed, 0)) stored,
  add column sla_met_rate numeric generated always as (resolved_in_sla * 100::numeric / nullif(sla_known, 0)) stored;

alter table analytics_agent_metrics
  add column tickets_resolved bigint not null default 0,
  add column resolution_ms bigint not null default 0,
  add column resolved_in_sla bigint not null default 0;

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
  sum(sla_known)::bigint as sla_known,
  sum(tickets_resolved)::bigint as tickets_resolved,
  sum(resolution_ms)::bigint as resolution_ms,
  sum(resolved_in_sla)::bigint as resolved_in_sla
from analytics_agent_metrics
cross join lateral (values
  ('week', to_char(day, 'IYYY-"W"IW'), date_trunc('week', day)::date),
  ('month', to_char(day, 'YYYY-MM'), date_trunc('month', day)::date)
) as period (period_type, period_value, period_start)
group by tenant_id, period_type, period_value, period_start, agent_id;

alter function spanledger_grant_rights() rename to spanledger_grant_rights_before_tickets_once;
create function spanledger_grant_rights() returns void
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
begin
  perform public.spanledger_grant_rights_before_tickets_once();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert on public.analytics_ticket_changes to spanledger_receiver';
  end if;
end
$$;
revoke all on function spanledger_grant_rights() from public;
select spanledger_grant_rights();

-- Down Migration
drop function spanledger_grant_rights();
alter function spanledger_grant_rights_before_tickets_once() rename to spanledger_grant_rights;
drop view analytics_agent_metrics_by_period;
alter table analytics_agent_metrics
  drop column tickets_resolved, drop column resolution_ms, drop column resolved_in_sla;
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
alter table analytics_business_metrics
  drop column ticket_resolution_rate, drop column avg_resolution_hours, drop column sla_met_rate;
alter table analytics_business_metrics rename column plan_ticket_resolution_rate to ticket_resolution_rate;
alter table analytics_business_metrics
  drop column tickets_resolved, drop column resolution_ms, drop column resolved_in_sla, drop column first_resolutions,
  drop column first_resolutions_timed, drop column first_resolution_ms, drop column tickets_reopened,
  drop column tickets_closed_again, drop column backlog_change, drop column backlog_unassigned_change,
  drop column reused_ticket_ids;
-- Columns come back in the order in which they stood: what came after these goes, and comes again with its values.
create temporary table ratings on commit drop as
select tenant_id, period_type, period_value, feedback_resolved, feedback_unresolved, rating_sum, rated_open, satisfied_open, rated_ai_assisted,
  satisfied_ai_assisted, rated_human_only, satisfied_human_only, rated_escalated_untaken, satisfied_escalated_untaken,
  rated_unanswered, satisfied_unanswered, rated_not_resolved, satisfied_not_resolved, rated_ai_resolved,
  satisfied_ai_resolved
from analytics_business_metrics;
alter table analytics_business_metrics
  drop column feedback_resolved,
  drop column feedback_unresolved,
  drop column rating_sum,
  drop column rated_open,
  drop column satisfied_open,
  drop column rated_ai_assisted,
  drop column satisfied_ai_assisted,
  drop column rated_human_only,
  drop column satisfied_human_only,
  drop column rated_escalated_untaken,
  drop column satisfied_escalated_untaken,
  drop column rated_unanswered,
  drop column satisfied_unanswered,
  drop column rated_not_resolved,
  drop column satisfied_not_resolved,
  drop column rated_ai_resolved,
  drop column satisfied_ai_resolved;
alter table analytics_business_metrics
  add column avg_resolution_hours numeric generated always as (total_resolution_hours / nullif(resolutions_timed, 0)) stored,
  add column sla_met_rate numeric generated always as (tickets_sla_met * 100::numeric / nullif(sla_known, 0)) stored,
  add column feedback_resolved bigint not null default 0,
  add column feedback_unresolved bigint not null default 0,
  add column rating_sum bigint not null default 0,
  add column rated_open bigint not null default 0,
  add column satisfied_open bigint not null default 0,
  add column rated_ai_assisted bigint not null default 0,
  add column satisfied_ai_assisted bigint not null default 0,
  add column rated_human_only bigint not null default 0,
  add column satisfied_human_only bigint not null default 0,
  add column rated_escalated_untaken bigint not null default 0,
  add column satisfied_escalated_untaken bigint not null default 0,
  add column rated_unanswered bigint not null default 0,
  add column satisfied_unanswered bigint not null default 0,
  add column rated_not_resolved bigint not null default 0,
  add column satisfied_not_resolved bigint not null default 0,
  add column rated_ai_resolved bigint not null default 0,
  add column satisfied_ai_resolved bigint not null default 0;
update analytics_business_metrics m set
  feedback_resolved = r.feedback_resolved,
  feedback_unresolved = r.feedback_unresolved,
  rating_sum = r.rating_sum,
  rated_open = r.rated_open,
  satisfied_open = r.satisfied_open,
  rated_ai_assisted = r.rated_ai_assisted,
  satisfied_ai_assisted = r.satisfied_ai_assisted,
  rated_human_only = r.rated_human_only,
  satisfied_human_only = r.satisfied_human_only,
  rated_escalated_untaken = r.rated_escalated_untaken,
  satisfied_escalated_untaken = r.satisfied_escalated_untaken,
  rated_unanswered = r.rated_unanswered,
  satisfied_unanswered = r.satisfied_unanswered,
  rated_not_resolved = r.rated_not_resolved,
  satisfied_not_resolved = r.satisfied_not_resolved,
  rated_ai_resolved = r.rated_ai_resolved,
  satisfied_ai_resolved = r.satisfied_ai_resolved
from ratings r
where (m.tenant_id, m.period_type, m.period_value) = (r.tenant_id, r.period_type, r.period_value);
alter table analytics_tickets
  drop column prev_first_seen_at, drop column prev_created_at, drop column prev_first_assigned_at;
drop table analytics_ticket_changes;
select spanledger_grant_rights();
