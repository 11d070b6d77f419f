-- Up Migration

-- The plan's table. Counters are sums; what divides them is derived, null where there is nothing to
-- divide by. Rates are percent, 0 to 100, not rounded: rounding happens once, where a number is shown.
create table analytics_business_metrics (
  id bigint generated always as identity,
  tenant_id text not null,
  period_type varchar(10) not null check (period_type in ('day', 'week', 'month')),
  period_value varchar(10) not null,
  period_start date not null,
  revision bigint not null default 1,

  total_sessions bigint not null default 0,
  sessions_ended bigint not null default 0,
  sessions_ended_idle bigint not null default 0,
  ai_resolved_sessions bigint not null default 0,
  ai_resolved_idle bigint not null default 0,
  escalated_sessions bigint not null default 0,
  reused_session_ids bigint not null default 0,
  unique_customers bigint not null default 0,
  estimated_cost_saved numeric not null default 0,

  total_messages bigint not null default 0,
  responses_timed bigint not null default 0,
  total_response_time_ms bigint not null default 0,
  order_queries_success bigint not null default 0,
  order_queries_failed bigint not null default 0,
  tracking_queries_success bigint not null default 0,
  tracking_queries_failed bigint not null default 0,

  agent_logins bigint not null default 0,
  total_work_minutes numeric not null default 0,
  sessions_handled bigint not null default 0,
  total_first_response_ms bigint not null default 0,
  sessions_released bigint not null default 0,
  total_handle_time_sec numeric not null default 0,
  agent_messages_sent bigint not null default 0,
  sessions_transferred bigint not null default 0,

  tickets_created bigint not null default 0,
  tickets_closed bigint not null default 0,
  tickets_sla_met bigint not null default 0,
  total_resolution_hours numeric not null default 0,

  avg_response_time_ms numeric generated always as (total_response_time_ms::numeric / nullif(responses_timed, 0)) stored,
  avg_first_response_ms numeric generated always as (total_first_response_ms::numeric / nullif(sessions_handled, 0)) stored,
  avg_handle_time_sec numeric generated always as (total_handle_time_sec / nullif(sessions_handled, 0)) stored,
  avg_resolution_hours numeric generated always as (total_resolution_hours / nullif(tickets_closed, 0)) stored,
  messages_per_session_handled numeric generated always as (agent_messages_sent::numeric / nullif(sessions_handled, 0)) stored,
  ai_resolution_rate numeric generated always as (ai_resolved_sessions * 100::numeric / nullif(total_sessions, 0)) stored,
  escalation_rate numeric generated always as (escalated_sessions * 100::numeric / nullif(total_sessions, 0)) stored,
  order_query_success_rate numeric generated always as (order_queries_success * 100::numeric / nullif(order_queries_success + order_queries_failed, 0)) stored,
  tracking_query_success_rate numeric generated always as (tracking_queries_success * 100::numeric / nullif(tracking_queries_success + tracking_queries_failed, 0)) stored,
  transfer_rate numeric generated always as (sessions_transferred * 100::numeric / nullif(sessions_handled, 0)) stored,
  ticket_resolution_rate numeric generated always as (tickets_closed * 100::numeric / nullif(tickets_created, 0)) stored,
  sla_met_rate numeric generated always as (tickets_sla_met * 100::numeric / nullif(tickets_closed, 0)) stored,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, period_type, period_value)
) with (fillfactor = 50);

-- By agent and business day; agent_id null is what no agent was named for, so that agents add up.
create table analytics_agent_metrics (
  tenant_id text not null,
  day date not null,
  agent_id int,
  revision bigint not null default 1,
  agent_name text,
  agent_name_at timestamptz,
  agent_name_event_id uuid,
  agent_logins bigint not null default 0,
  total_work_minutes numeric not null default 0,
  sessions_handled bigint not null default 0,
  total_first_response_ms bigint not null default 0,
  sessions_released bigint not null default 0,
  total_handle_time_sec numeric not null default 0,
  agent_messages_sent bigint not null default 0,
  sessions_transferred bigint not null default 0,
  tickets_created bigint not null default 0,
  tickets_closed bigint not null default 0,
  tickets_sla_met bigint not null default 0,
  total_resolution_hours numeric not null default 0,
  updated_at timestamptz not null default now(),
  unique nulls not distinct (tenant_id, day, agent_id)
) with (fillfactor = 50);

create table analytics_event_counts (
  tenant_id text not null,
  day date not null,
  event_name varchar(50) not null,
  events bigint not null default 0,
  primary key (tenant_id, day, event_name)
) with (fillfactor = 50);

-- Mergeable log buckets of durations in ms: p50, p90 and p99 of any range, each at most 2 % off.
create table analytics_duration_histograms (
  tenant_id text not null,
  day date not null,
  metric varchar(50) not null,
  bucket int not null,
  count bigint not null default 0,
  primary key (tenant_id, day, metric, bucket)
) with (fillfactor = 50);

create view analytics_agent_metrics_by_period as
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

create view analytics_event_counts_by_period as
select tenant_id, period_type, period_value, period_start, event_name, sum(events)::bigint as events
from analytics_event_counts
cross join lateral (values
  ('week', to_char(day, 'IYYY-"W"IW'), date_trunc('week', day)::date),
  ('month', to_char(day, 'YYYY-MM'), date_trunc('month', day)::date)
) as period (period_type, period_value, period_start)
group by tenant_id, period_type, period_value, period_start, event_name;

create view analytics_duration_histograms_by_period as
select tenant_id, period_type, period_value, period_start, metric, bucket, sum(count)::bigint as count
from analytics_duration_histograms
cross join lateral (values
  ('week', to_char(day, 'IYYY-"W"IW'), date_trunc('week', day)::date),
  ('month', to_char(day, 'YYYY-MM'), date_trunc('month', day)::date)
) as period (period_type, period_value, period_start)
group by tenant_id, period_type, period_value, period_start, metric, bucket;

-- Down Migration
drop view analytics_duration_histograms_by_period, analytics_event_counts_by_period, analytics_agent_metrics_by_period;
drop table analytics_duration_histograms, analytics_event_counts, analytics_agent_metrics, analytics_business_metrics;
