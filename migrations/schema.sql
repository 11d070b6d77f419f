-- The schema that the migrations in this folder give. Written by `npm run schema`; never applied.

create sequence analytics_events_id_seq as bigint start 1 increment 1 cache 1000;

create table analytics_agent_activity (
  tenant_id text not null,
  agent_id integer not null,
  half_hour timestamp with time zone not null,
  first_at timestamp with time zone not null,
  last_at timestamp with time zone not null,
  constraint analytics_agent_activity_pkey PRIMARY KEY (tenant_id, agent_id, half_hour)
) with (fillfactor=60);

create table analytics_agent_days (
  tenant_id text not null,
  day date not null,
  agent_id integer not null,
  online_ms bigint not null,
  away_ms bigint not null,
  busy_ms bigint not null,
  occupied_ms bigint not null,
  constraint analytics_agent_days_pkey PRIMARY KEY (tenant_id, day, agent_id)
);

create table analytics_agent_metrics (
  tenant_id text not null,
  day date not null,
  agent_id integer,
  revision bigint not null default 1,
  agent_name text,
  agent_name_at timestamp with time zone,
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
  updated_at timestamp with time zone not null default now(),
  waits_known bigint not null default 0,
  handles_known bigint not null default 0,
  handle_ms bigint not null default 0,
  first_takeovers bigint not null default 0,
  first_waits_known bigint not null default 0,
  first_wait_ms bigint not null default 0,
  resolutions_timed bigint not null default 0,
  sla_known bigint not null default 0,
  tickets_resolved bigint not null default 0,
  resolution_ms bigint not null default 0,
  resolved_in_sla bigint not null default 0,
  constraint analytics_agent_metrics_tenant_id_day_agent_id_key UNIQUE NULLS NOT DISTINCT (tenant_id, day, agent_id)
) with (fillfactor=50);

create table analytics_agent_states (
  tenant_id text not null,
  agent_id integer not null,
  changed_at timestamp with time zone not null,
  event_id uuid not null,
  state character varying(10),
  kind character varying(10),
  session_id character varying(64),
  login_id text,
  constraint analytics_agent_states_pkey PRIMARY KEY (tenant_id, agent_id, changed_at, event_id),
  constraint analytics_agent_states_state_check CHECK (((state)::text = ANY ((ARRAY['online'::character varying, 'away'::character varying, 'busy'::character varying, 'offline'::character varying])::text[])))
);

create table analytics_ai_tokens (
  tenant_id text not null,
  day date not null,
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
  sampled_calls bigint not null default 0,
  constraint analytics_ai_tokens_pkey PRIMARY KEY (tenant_id, day, provider, model, service_tier)
) with (fillfactor=50);

create table analytics_alerts (
  tenant_id text not null,
  rule text not null,
  definition jsonb,
  firing_since timestamp with time zone,
  firing_period text,
  judged_through text,
  constraint analytics_alerts_pkey PRIMARY KEY (tenant_id, rule)
);

create table analytics_attribute_counts (
  tenant_id text not null,
  day date not null,
  event_name character varying(50) not null,
  attribute character varying(50) not null,
  value text collate "C" not null,
  events bigint not null default 0,
  succeeded bigint not null default 0,
  constraint analytics_attribute_counts_pkey PRIMARY KEY (tenant_id, day, event_name, attribute, value)
) with (fillfactor=50);

create table analytics_audit (
  id uuid not null default gen_random_uuid(),
  tenant_id text not null,
  action character varying(50) not null,
  details jsonb not null,
  performed_by text not null default SESSION_USER,
  performed_at timestamp with time zone not null default now(),
  database_role name not null default SESSION_USER,
  constraint analytics_audit_pkey PRIMARY KEY (id)
);

create table analytics_business_metrics (
  id bigint not null generated always as identity,
  tenant_id text not null,
  period_type character varying(10) not null,
  period_value character varying(10) not null,
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
  avg_response_time_ms numeric generated always as (((total_response_time_ms)::numeric / (NULLIF(responses_timed, 0))::numeric)) stored,
  plan_avg_first_response_ms numeric generated always as (((total_first_response_ms)::numeric / (NULLIF(sessions_handled, 0))::numeric)) stored,
  plan_avg_handle_time_sec numeric generated always as ((total_handle_time_sec / (NULLIF(sessions_handled, 0))::numeric)) stored,
  plan_avg_resolution_hours numeric generated always as ((total_resolution_hours / (NULLIF(tickets_closed, 0))::numeric)) stored,
  messages_per_session_handled numeric generated always as (((agent_messages_sent)::numeric / (NULLIF(sessions_handled, 0))::numeric)) stored,
  ai_resolution_rate numeric generated always as ((((ai_resolved_sessions)::numeric * (100)::numeric) / (NULLIF(total_sessions, 0))::numeric)) stored,
  escalation_rate numeric generated always as ((((escalated_sessions)::numeric * (100)::numeric) / (NULLIF(total_sessions, 0))::numeric)) stored,
  order_query_success_rate numeric generated always as ((((order_queries_success)::numeric * (100)::numeric) / (NULLIF((order_queries_success + order_queries_failed), 0))::numeric)) stored,
  tracking_query_success_rate numeric generated always as ((((tracking_queries_success)::numeric * (100)::numeric) / (NULLIF((tracking_queries_success + tracking_queries_failed), 0))::numeric)) stored,
  transfer_rate numeric generated always as ((((sessions_transferred)::numeric * (100)::numeric) / (NULLIF(sessions_handled, 0))::numeric)) stored,
  plan_ticket_resolution_rate numeric generated always as ((((tickets_closed)::numeric * (100)::numeric) / (NULLIF(tickets_created, 0))::numeric)) stored,
  plan_sla_met_rate numeric generated always as ((((tickets_sla_met)::numeric * (100)::numeric) / (NULLIF(tickets_closed, 0))::numeric)) stored,
  created_at timestamp with time zone not null default now(),
  updated_at timestamp with time zone not null default now(),
  ai_involved_sessions bigint not null default 0,
  ai_resolved_assumed bigint not null default 0,
  outcome_open bigint not null default 0,
  outcome_ai_assisted bigint not null default 0,
  outcome_human_only bigint not null default 0,
  outcome_escalated_untaken bigint not null default 0,
  outcome_unanswered bigint not null default 0,
  outcome_not_resolved bigint not null default 0,
  waits_known bigint not null default 0,
  handles_known bigint not null default 0,
  handle_ms bigint not null default 0,
  first_takeovers bigint not null default 0,
  first_waits_known bigint not null default 0,
  first_wait_ms bigint not null default 0,
  resolutions_timed bigint not null default 0,
  sla_known bigint not null default 0,
  avg_first_response_ms numeric generated always as (((first_wait_ms)::numeric / (NULLIF(first_waits_known, 0))::numeric)) stored,
  avg_handle_time_sec numeric generated always as ((((handle_ms)::numeric / (1000)::numeric) / (NULLIF(handles_known, 0))::numeric)) stored,
  feedback_resolved bigint not null default 0,
  feedback_unresolved bigint not null default 0,
  rating_sum bigint not null default 0,
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
  tickets_resolved bigint not null default 0,
  resolution_ms bigint not null default 0,
  resolved_in_sla bigint not null default 0,
  first_resolutions bigint not null default 0,
  first_resolutions_timed bigint not null default 0,
  first_resolution_ms bigint not null default 0,
  tickets_reopened bigint not null default 0,
  tickets_closed_again bigint not null default 0,
  backlog_change bigint not null default 0,
  backlog_unassigned_change bigint not null default 0,
  reused_ticket_ids bigint not null default 0,
  ticket_resolution_rate numeric generated always as ((((tickets_resolved)::numeric * (100)::numeric) / (NULLIF(tickets_created, 0))::numeric)) stored,
  avg_resolution_hours numeric generated always as ((((resolution_ms)::numeric / (3600000)::numeric) / (NULLIF(resolutions_timed, 0))::numeric)) stored,
  sla_met_rate numeric generated always as ((((resolved_in_sla)::numeric * (100)::numeric) / (NULLIF(sla_known, 0))::numeric)) stored,
  constraint analytics_business_metrics_period_type_check CHECK (((period_type)::text = ANY ((ARRAY['day'::character varying, 'week'::character varying, 'month'::character varying])::text[]))),
  constraint analytics_business_metrics_pkey PRIMARY KEY (tenant_id, period_type, period_value)
) with (fillfactor=50);

create table analytics_costs (
  tenant_id text not null,
  valid_from date not null,
  cost_per_manual_session numeric not null,
  created_at timestamp with time zone not null default now(),
  constraint analytics_costs_cost_per_manual_session_check CHECK ((cost_per_manual_session >= (0)::numeric)),
  constraint analytics_costs_pkey PRIMARY KEY (tenant_id, valid_from)
);

create table analytics_custom_counters (
  tenant_id text not null,
  day date not null,
  metric character varying(50) not null,
  group_value text collate "C" not null default ''::text,
  events bigint not null default 0,
  total numeric not null default 0,
  constraint analytics_custom_counters_pkey PRIMARY KEY (tenant_id, day, metric, group_value)
) with (fillfactor=50);

create table analytics_custom_metrics (
  tenant_id text not null,
  metric character varying(50) not null,
  counting_hash character varying(64) not null,
  defined_at timestamp with time zone not null default now(),
  backfilled_at timestamp with time zone,
  constraint analytics_custom_metrics_pkey PRIMARY KEY (tenant_id, metric)
);

create table analytics_custom_session_counts (
  tenant_id text not null,
  period_type character varying(10) not null,
  period_value character varying(10) not null,
  period_start date not null,
  metric character varying(50) not null,
  group_value text collate "C" not null default ''::text,
  sessions bigint not null default 0,
  constraint analytics_custom_session_counts_period_type_check CHECK (((period_type)::text = ANY ((ARRAY['day'::character varying, 'week'::character varying, 'month'::character varying])::text[]))),
  constraint analytics_custom_session_counts_pkey PRIMARY KEY (tenant_id, period_type, period_value, metric, group_value)
) with (fillfactor=50);

create table analytics_custom_sessions (
  tenant_id text not null,
  metric character varying(50) not null,
  group_value text collate "C" not null default ''::text,
  period_type character varying(10) not null,
  period_value character varying(10) not null,
  session_id character varying(64) not null,
  events bigint not null,
  prev_events bigint not null default 0,
  constraint analytics_custom_sessions_period_type_check CHECK (((period_type)::text = ANY ((ARRAY['day'::character varying, 'week'::character varying, 'month'::character varying])::text[]))),
  constraint analytics_custom_sessions_pkey PRIMARY KEY (tenant_id, metric, group_value, period_type, period_value, session_id)
) with (fillfactor=70);

create table analytics_customers (
  tenant_id text not null,
  month date not null,
  user_id text collate "C" not null,
  days bigint not null,
  prev_days bigint not null default 0,
  repeats integer[],
  constraint analytics_customers_pkey PRIMARY KEY (tenant_id, month, user_id)
) with (fillfactor=80);

create table analytics_data_quality (
  tenant_id text not null,
  day date not null,
  code text not null,
  attribute text not null,
  detail text not null,
  event_name character varying(50) not null,
  events bigint not null default 0,
  example text,
  constraint analytics_data_quality_pkey PRIMARY KEY (tenant_id, day, code, attribute, detail, event_name)
) with (fillfactor=50);

create table analytics_deliveries (
  tenant_id text not null,
  delivery_id uuid not null,
  kind text not null,
  rule text not null,
  period text not null,
  target text not null,
  message jsonb not null,
  state text not null default 'waiting'::text,
  attempts integer not null default 0,
  next_attempt_at timestamp with time zone not null default now(),
  created_at timestamp with time zone not null default now(),
  sent_at timestamp with time zone,
  given_up_at timestamp with time zone,
  last_error text,
  constraint analytics_deliveries_kind_check CHECK ((kind = ANY (ARRAY['alert'::text, 'report'::text, 'sample'::text]))),
  constraint analytics_deliveries_pkey PRIMARY KEY (tenant_id, delivery_id),
  constraint analytics_deliveries_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'sent'::text, 'given_up'::text])))
);

create table analytics_dropped_months (
  month date not null,
  dropped_at timestamp with time zone not null default now(),
  constraint analytics_dropped_months_pkey PRIMARY KEY (month)
);

create table analytics_duration_counters (
  tenant_id text not null,
  day date not null,
  metric character varying(50) collate "C" not null,
  first_bucket integer not null,
  c00 bigint not null default 0,
  c01 bigint not null default 0,
  c02 bigint not null default 0,
  c03 bigint not null default 0,
  c04 bigint not null default 0,
  c05 bigint not null default 0,
  c06 bigint not null default 0,
  c07 bigint not null default 0,
  c08 bigint not null default 0,
  c09 bigint not null default 0,
  c10 bigint not null default 0,
  c11 bigint not null default 0,
  c12 bigint not null default 0,
  c13 bigint not null default 0,
  c14 bigint not null default 0,
  c15 bigint not null default 0,
  c16 bigint not null default 0,
  c17 bigint not null default 0,
  c18 bigint not null default 0,
  c19 bigint not null default 0,
  c20 bigint not null default 0,
  c21 bigint not null default 0,
  c22 bigint not null default 0,
  c23 bigint not null default 0,
  c24 bigint not null default 0,
  c25 bigint not null default 0,
  c26 bigint not null default 0,
  c27 bigint not null default 0,
  c28 bigint not null default 0,
  c29 bigint not null default 0,
  c30 bigint not null default 0,
  c31 bigint not null default 0,
  constraint analytics_duration_counters_pkey PRIMARY KEY (tenant_id, day, metric, first_bucket)
) with (fillfactor=50);

create table analytics_event_counts (
  tenant_id text not null,
  day date not null,
  event_name character varying(50) not null,
  events bigint not null default 0,
  constraint analytics_event_counts_pkey PRIMARY KEY (tenant_id, day, event_name)
) with (fillfactor=50);

create table analytics_event_ids (
  tenant_id text not null,
  event_id uuid not null,
  occurred_at timestamp with time zone not null,
  constraint analytics_event_ids_pkey PRIMARY KEY (tenant_id, event_id)
);

create table analytics_events (
  id bigint not null default nextval('analytics_events_id_seq'::regclass),
  tenant_id text not null,
  event_id uuid not null,
  event_name character varying(50) not null,
  session_id character varying(64),
  agent_id integer,
  ticket_id integer,
  event_data jsonb not null,
  occurred_at timestamp with time zone not null,
  created_at timestamp with time zone not null default now(),
  trace_id character varying(32),
  span_id character varying(16),
  service_name text,
  constraint analytics_events_pkey PRIMARY KEY (tenant_id, occurred_at, event_id)
) partition by RANGE (occurred_at);

create table analytics_goals (
  tenant_id text not null,
  metric text not null,
  valid_from date not null,
  comparison text not null,
  target numeric not null,
  per text,
  constraint analytics_goals_comparison_check CHECK ((comparison = ANY (ARRAY['>='::text, '<='::text]))),
  constraint analytics_goals_per_check CHECK ((per = ANY (ARRAY['day'::text, 'week'::text, 'month'::text]))),
  constraint analytics_goals_pkey PRIMARY KEY (tenant_id, metric, valid_from)
);

create table analytics_hour_counters (
  tenant_id text not null,
  day date not null,
  hour smallint not null,
  conversations bigint not null default 0,
  escalations bigint not null default 0,
  takeovers bigint not null default 0,
  waits_known bigint not null default 0,
  wait_ms bigint not null default 0,
  constraint analytics_hour_counters_hour_check CHECK (((hour >= 0) AND (hour <= 23))),
  constraint analytics_hour_counters_pkey PRIMARY KEY (tenant_id, day, hour)
) with (fillfactor=50);

create table analytics_model_prices (
  tenant_id text not null,
  provider text not null,
  model text not null,
  service_tier text not null,
  valid_from date not null,
  input numeric not null,
  cached_input numeric,
  cache_write numeric,
  output numeric,
  constraint analytics_model_prices_cache_write_check CHECK ((cache_write >= (0)::numeric)),
  constraint analytics_model_prices_cached_input_check CHECK ((cached_input >= (0)::numeric)),
  constraint analytics_model_prices_input_check CHECK ((input >= (0)::numeric)),
  constraint analytics_model_prices_output_check CHECK ((output >= (0)::numeric)),
  constraint analytics_model_prices_pkey PRIMARY KEY (tenant_id, provider, model, service_tier, valid_from)
);

create table analytics_notes (
  tenant_id text not null,
  id uuid not null default gen_random_uuid(),
  noted_at timestamp with time zone not null,
  text text not null,
  created_at timestamp with time zone not null default now(),
  created_by name not null default SESSION_USER,
  constraint analytics_notes_pkey PRIMARY KEY (tenant_id, noted_at, id),
  constraint analytics_notes_text_check CHECK (((length(text) >= 1) AND (length(text) <= 200)))
);

create table analytics_presence_days (
  tenant_id text not null,
  day date not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  kept boolean not null default false,
  constraint analytics_presence_days_pkey PRIMARY KEY (tenant_id, day)
);

create table analytics_rejected_events (
  tenant_id text not null,
  content_hash bytea not null,
  code character varying(50) not null,
  reason text not null,
  event_name character varying(50),
  signal character varying(10) not null,
  payload_type character varying(64) not null,
  payload bytea not null,
  service_name text,
  rejected_at timestamp with time zone not null default now(),
  replayed_at timestamp with time zone,
  occurred_at timestamp with time zone,
  constraint analytics_rejected_events_pkey PRIMARY KEY (tenant_id, content_hash)
);

create table analytics_rejection_days (
  tenant_id text not null,
  day date not null,
  kept_events bigint not null default 0,
  kept_bytes bigint not null default 0,
  unkept_events bigint not null default 0,
  waiting_bytes bigint not null default 0,
  constraint analytics_rejection_days_pkey PRIMARY KEY (tenant_id, day)
);

create table analytics_report_schedules (
  tenant_id text not null,
  schedule text not null,
  first_seen_at timestamp with time zone not null,
  kind text not null,
  sent_through date,
  constraint analytics_report_schedules_kind_check CHECK ((kind = ANY (ARRAY['day'::text, 'week'::text, 'month'::text, 'quarter'::text, 'year'::text]))),
  constraint analytics_report_schedules_pkey PRIMARY KEY (tenant_id, schedule)
);

create table analytics_report_share_files (
  tenant_id text not null,
  token_hash bytea not null,
  locale character varying(5) not null,
  name character varying(60) not null,
  content bytea not null,
  constraint analytics_report_share_files_pkey PRIMARY KEY (tenant_id, token_hash, locale, name),
  constraint analytics_report_share_files_token_hash_check CHECK ((length(token_hash) = 32))
);

create table analytics_report_shares (
  tenant_id text not null,
  token_hash bytea not null,
  month text not null,
  page_zh text not null,
  page_en text not null,
  created_at timestamp with time zone not null default now(),
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  constraint analytics_report_shares_pkey PRIMARY KEY (tenant_id, token_hash),
  constraint analytics_report_shares_token_hash_check CHECK ((length(token_hash) = 32))
);

create table analytics_resolution_days (
  tenant_id text not null,
  day date not null,
  from_at timestamp with time zone not null,
  to_at timestamp with time zone not null,
  through_at timestamp with time zone not null,
  judged integer,
  durable integer,
  unattributed integer,
  constraint analytics_resolution_days_pkey PRIMARY KEY (tenant_id, day)
);

create table analytics_retention_plans (
  tenant_id text not null,
  retention_months integer not null,
  retained_from timestamp with time zone,
  announced_at timestamp with time zone not null default now(),
  wanted_at timestamp with time zone not null default now(),
  cancelled_at timestamp with time zone,
  applied_from timestamp with time zone,
  forgotten_from timestamp with time zone,
  constraint analytics_retention_plans_pkey PRIMARY KEY (tenant_id, retention_months),
  constraint analytics_retention_plans_retention_months_check CHECK ((retention_months >= 0))
);

create table analytics_segment_counters (
  tenant_id text not null,
  day date not null,
  dimension character varying(40) not null,
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
  constraint analytics_segment_counters_pkey PRIMARY KEY (tenant_id, day, dimension, value)
) with (fillfactor=50);

create table analytics_sender_clocks (
  tenant_id text not null,
  service_name text not null,
  ahead_ms bigint not null,
  arrived_at timestamp with time zone not null default now(),
  constraint analytics_sender_clocks_pkey PRIMARY KEY (tenant_id, service_name)
);

create table analytics_service_versions (
  tenant_id text not null,
  service_name text not null,
  service_version text not null,
  first_seen timestamp with time zone not null,
  recorded_at timestamp with time zone not null default now(),
  constraint analytics_service_versions_pkey PRIMARY KEY (tenant_id, service_name, service_version)
);

create table analytics_sessions (
  tenant_id text not null,
  session_id character varying(64) not null,
  first_start_at timestamp with time zone,
  first_start_event_id uuid,
  channel text,
  last_start_at timestamp with time zone,
  first_seen_at timestamp with time zone not null,
  last_activity_at timestamp with time zone not null,
  first_end_at timestamp with time zone,
  escalated_at timestamp with time zone,
  taken_over_at timestamp with time zone,
  user_id text collate "C",
  idle_check_at timestamp with time zone,
  prev_first_start_at timestamp with time zone,
  prev_last_start_at timestamp with time zone,
  prev_last_activity_at timestamp with time zone,
  prev_first_end_at timestamp with time zone,
  prev_escalated_at timestamp with time zone,
  prev_taken_over_at timestamp with time zone,
  prev_user_id text collate "C",
  first_answer_at timestamp with time zone,
  prev_first_answer_at timestamp with time zone,
  marks bigint not null default 0,
  end_outcome bigint,
  rating bigint,
  first_takeover_event_id uuid,
  first_takeover_agent_id integer,
  first_wait_ms bigint,
  user_id_at timestamp with time zone,
  prev_marks bigint,
  prev_end_outcome bigint,
  prev_rating bigint,
  prev_first_takeover_agent_id integer,
  prev_first_wait_ms bigint,
  segments text collate "C",
  prev_segments text collate "C",
  released_at timestamp with time zone,
  first_release_event_id uuid,
  handle_ms bigint,
  prev_released_at timestamp with time zone,
  prev_first_release_event_id uuid,
  prev_handle_ms bigint,
  constraint analytics_sessions_pkey PRIMARY KEY (tenant_id, session_id)
) with (fillfactor=60);

create table analytics_settings (
  tenant_id text not null,
  timezone text not null,
  currency character varying(3) not null,
  idle_timeout_seconds integer not null,
  idle_through timestamp with time zone not null,
  retained_from timestamp with time zone,
  created_at timestamp with time zone not null default now(),
  working_hours jsonb,
  agent_heartbeat_seconds integer not null default 14400,
  custom_definitions json,
  custom_definitions_hash character varying(64),
  counting_rules integer not null default 1,
  v7_claims boolean not null default false,
  rules_since date,
  display_name text,
  logo text,
  constraint analytics_settings_agent_heartbeat_seconds_check CHECK ((agent_heartbeat_seconds >= 1800)),
  constraint analytics_settings_counting_rules_check CHECK ((counting_rules > 0)),
  constraint analytics_settings_display_name_check CHECK (((length(display_name) >= 1) AND (length(display_name) <= 80))),
  constraint analytics_settings_idle_timeout_seconds_check CHECK ((idle_timeout_seconds > 0)),
  constraint analytics_settings_logo_check CHECK (((logo ~~ 'data:image/%'::text) AND (length(logo) <= 24000))),
  constraint analytics_settings_pkey PRIMARY KEY (tenant_id)
);

create table analytics_settled_months (
  tenant_id text not null,
  month character varying(7) not null,
  settled_at timestamp with time zone not null default now(),
  counting_rules integer not null,
  counters jsonb not null,
  currency text,
  constraint analytics_settled_months_pkey PRIMARY KEY (tenant_id, month)
);

create table analytics_sources (
  tenant_id text not null,
  source_id character varying(64) not null,
  service_name text,
  highest_seq bigint not null default 0,
  events_seen bigint not null default 0,
  drops_reported bigint not null default 0,
  first_seen_at timestamp with time zone not null default now(),
  last_seen_at timestamp with time zone not null default now(),
  constraint analytics_sources_pkey PRIMARY KEY (tenant_id, source_id)
) with (fillfactor=50);

create table analytics_ticket_changes (
  tenant_id text not null,
  ticket_id integer not null,
  changed_at timestamp with time zone not null,
  event_id uuid not null,
  kind text not null,
  sla_met boolean,
  resolution_ms bigint,
  agent_id integer,
  constraint analytics_ticket_changes_kind_check CHECK ((kind = ANY (ARRAY['closed'::text, 'set_closed'::text, 'is_closed'::text, 'reopened'::text]))),
  constraint analytics_ticket_changes_pkey PRIMARY KEY (tenant_id, ticket_id, changed_at, event_id)
);

create table analytics_tickets (
  tenant_id text not null,
  ticket_id integer not null,
  first_seen_at timestamp with time zone not null,
  created_at timestamp with time zone,
  first_assigned_at timestamp with time zone,
  first_closed_at timestamp with time zone,
  last_closed_at timestamp with time zone,
  first_reopened_at timestamp with time zone,
  last_reopened_at timestamp with time zone,
  prev_first_seen_at timestamp with time zone,
  prev_created_at timestamp with time zone,
  prev_first_assigned_at timestamp with time zone,
  constraint analytics_tickets_pkey PRIMARY KEY (tenant_id, ticket_id)
) with (fillfactor=60);

create table analytics_timezones (
  timezone text not null,
  version text collate "C" not null,
  known_until timestamp with time zone not null,
  starts_at timestamp with time zone[] not null,
  utc_offsets integer[] not null,
  constraint analytics_timezones_check CHECK (((starts_at[1] = '-infinity'::timestamp with time zone) AND (cardinality(starts_at) = cardinality(utc_offsets)))),
  constraint analytics_timezones_pkey PRIMARY KEY (timezone),
  constraint analytics_timezones_utc_offsets_check CHECK ((('-54000'::integer < ALL (utc_offsets)) AND (54000 > ALL (utc_offsets))))
);

create table analytics_waiting_events (
  tenant_id text not null,
  content_hash bytea not null,
  occurred_at timestamp with time zone not null,
  received_at timestamp with time zone not null default now(),
  service_name text,
  signal character varying(10) not null,
  payload_type text not null,
  payload bytea not null,
  constraint analytics_waiting_events_pkey PRIMARY KEY (tenant_id, content_hash)
);

create table spanledger_schema (
  id boolean not null default true,
  oldest_receiver integer not null,
  locks_by_tenant boolean not null default false,
  constraint spanledger_schema_id_check CHECK (id),
  constraint spanledger_schema_oldest_receiver_check CHECK ((oldest_receiver > 0)),
  constraint spanledger_schema_pkey PRIMARY KEY (id)
);

create table spanledger_tenant_logins (
  login name not null,
  tenant_id text not null,
  constraint spanledger_tenant_logins_pkey PRIMARY KEY (login)
);

create policy everybody on analytics_agent_activity as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_agent_activity as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_agent_metrics as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_agent_metrics as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_agent_states as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_agent_states as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_ai_tokens as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_ai_tokens as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_alerts as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_alerts as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_attribute_counts as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_attribute_counts as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_business_metrics as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_business_metrics as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_costs as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_costs as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_custom_counters as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_custom_counters as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_custom_metrics as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_custom_metrics as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_custom_session_counts as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_custom_session_counts as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_data_quality as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_data_quality as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_deliveries as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_deliveries as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_duration_counters as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_duration_counters as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_event_counts as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_event_counts as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_goals as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_goals as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_hour_counters as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_hour_counters as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_model_prices as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_model_prices as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_notes as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_notes as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_rejected_events as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_rejected_events as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_report_schedules as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_report_schedules as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_segment_counters as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_segment_counters as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_service_versions as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_service_versions as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_settings as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_settings as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_sources as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_sources as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

create policy everybody on analytics_tickets as permissive for all to public using (true) with check (true);

create policy own_tenant on analytics_tickets as restrictive for select to spanledger_tenant_reader using ((tenant_id = ( SELECT spanledger_login_tenant() AS spanledger_login_tenant))) with check ();

CREATE INDEX analytics_agent_states_changes ON public.analytics_agent_states USING btree (tenant_id, agent_id, changed_at, event_id) WHERE (state IS NOT NULL);

CREATE INDEX analytics_audit_tenant ON public.analytics_audit USING btree (tenant_id, performed_at);

CREATE INDEX analytics_deliveries_by_time ON public.analytics_deliveries USING btree (tenant_id, created_at);

CREATE INDEX analytics_deliveries_due ON public.analytics_deliveries USING btree (next_attempt_at) WHERE (state = 'waiting'::text);

CREATE INDEX analytics_events_by_agent ON ONLY public.analytics_events USING btree (tenant_id, agent_id, event_name, occurred_at, event_id) WHERE ((agent_id IS NOT NULL) AND ((event_data -> 'test'::text) IS DISTINCT FROM 'true'::jsonb));

CREATE INDEX analytics_events_by_kind ON ONLY public.analytics_events USING btree (tenant_id, event_name, occurred_at, event_id) WHERE (((agent_id IS NOT NULL) OR (ticket_id IS NOT NULL)) AND ((event_data -> 'test'::text) IS DISTINCT FROM 'true'::jsonb));

CREATE INDEX analytics_events_by_ticket ON ONLY public.analytics_events USING btree (tenant_id, ticket_id, occurred_at, event_id) WHERE (ticket_id IS NOT NULL);

CREATE INDEX analytics_events_misses ON ONLY public.analytics_events USING btree (tenant_id, event_name, occurred_at, event_id) WHERE (((((event_name)::text = 'ticket.closed'::text) AND ((event_data -> 'sla_met'::text) = 'false'::jsonb)) OR (((event_name)::text = 'query.order'::text) AND ((event_data -> 'success'::text) = 'false'::jsonb)) OR (((event_name)::text = 'query.tracking'::text) AND ((event_data -> 'success'::text) = 'false'::jsonb))) AND ((event_data -> 'test'::text) IS DISTINCT FROM 'true'::jsonb));

CREATE INDEX analytics_events_session ON ONLY public.analytics_events USING btree (tenant_id, session_id, occurred_at) WHERE (session_id IS NOT NULL);

CREATE INDEX analytics_report_shares_token ON public.analytics_report_shares USING btree (token_hash);

CREATE INDEX analytics_sessions_idle_check ON public.analytics_sessions USING btree (tenant_id, idle_check_at) WHERE (idle_check_at IS NOT NULL);

CREATE INDEX analytics_sessions_started ON public.analytics_sessions USING btree (tenant_id, first_start_at) WHERE (first_start_at IS NOT NULL);

CREATE INDEX analytics_waiting_events_due ON public.analytics_waiting_events USING btree (tenant_id, occurred_at);

create view analytics_agent_metrics_by_period with (security_invoker=true) as
 SELECT analytics_agent_metrics.tenant_id,
    period.period_type,
    period.period_value,
    period.period_start,
    analytics_agent_metrics.agent_id,
    (array_agg(analytics_agent_metrics.agent_name ORDER BY analytics_agent_metrics.agent_name_at DESC NULLS LAST, analytics_agent_metrics.agent_name_event_id DESC))[1] AS agent_name,
    (sum(analytics_agent_metrics.agent_logins))::bigint AS agent_logins,
    sum(analytics_agent_metrics.total_work_minutes) AS total_work_minutes,
    (sum(analytics_agent_metrics.sessions_handled))::bigint AS sessions_handled,
    (sum(analytics_agent_metrics.total_first_response_ms))::bigint AS total_first_response_ms,
    (sum(analytics_agent_metrics.sessions_released))::bigint AS sessions_released,
    sum(analytics_agent_metrics.total_handle_time_sec) AS total_handle_time_sec,
    (sum(analytics_agent_metrics.agent_messages_sent))::bigint AS agent_messages_sent,
    (sum(analytics_agent_metrics.sessions_transferred))::bigint AS sessions_transferred,
    (sum(analytics_agent_metrics.tickets_created))::bigint AS tickets_created,
    (sum(analytics_agent_metrics.tickets_closed))::bigint AS tickets_closed,
    (sum(analytics_agent_metrics.tickets_sla_met))::bigint AS tickets_sla_met,
    sum(analytics_agent_metrics.total_resolution_hours) AS total_resolution_hours,
    (sum(analytics_agent_metrics.waits_known))::bigint AS waits_known,
    (sum(analytics_agent_metrics.handles_known))::bigint AS handles_known,
    (sum(analytics_agent_metrics.handle_ms))::bigint AS handle_ms,
    (sum(analytics_agent_metrics.first_takeovers))::bigint AS first_takeovers,
    (sum(analytics_agent_metrics.first_waits_known))::bigint AS first_waits_known,
    (sum(analytics_agent_metrics.first_wait_ms))::bigint AS first_wait_ms,
    (sum(analytics_agent_metrics.resolutions_timed))::bigint AS resolutions_timed,
    (sum(analytics_agent_metrics.sla_known))::bigint AS sla_known,
    (sum(analytics_agent_metrics.tickets_resolved))::bigint AS tickets_resolved,
    (sum(analytics_agent_metrics.resolution_ms))::bigint AS resolution_ms,
    (sum(analytics_agent_metrics.resolved_in_sla))::bigint AS resolved_in_sla
   FROM (analytics_agent_metrics
     CROSS JOIN LATERAL ( VALUES ('week'::text,to_char((analytics_agent_metrics.day)::timestamp with time zone, 'IYYY-"W"IW'::text),(date_trunc('week'::text, (analytics_agent_metrics.day)::timestamp with time zone))::date), ('month'::text,to_char((analytics_agent_metrics.day)::timestamp with time zone, 'YYYY-MM'::text),(date_trunc('month'::text, (analytics_agent_metrics.day)::timestamp with time zone))::date)) period(period_type, period_value, period_start))
  GROUP BY analytics_agent_metrics.tenant_id, period.period_type, period.period_value, period.period_start, analytics_agent_metrics.agent_id;

create view analytics_ai_spend with (security_invoker=true) as
 SELECT used.tenant_id,
    used.day,
    word.provider,
    word.model,
    word.service_tier,
    used.calls,
    used.failed_calls,
    used.calls_without_usage,
    used.calls_without_session,
    used.unclear_calls,
    used.sampled_calls,
    used.uncached_tokens,
    used.cache_read_tokens,
    used.cache_write_tokens,
    used.output_tokens,
        CASE
            WHEN (((used.uncached_tokens <> 0) AND (price.input IS NOT NULL)) OR ((used.cache_read_tokens <> 0) AND (price.cached_input IS NOT NULL)) OR ((used.cache_write_tokens <> 0) AND (price.cache_write IS NOT NULL)) OR ((used.output_tokens <> 0) AND (price.output IS NOT NULL))) THEN ((((((used.uncached_tokens)::numeric * COALESCE(price.input, (0)::numeric)) + ((used.cache_read_tokens)::numeric * COALESCE(price.cached_input, (0)::numeric))) + ((used.cache_write_tokens)::numeric * COALESCE(price.cache_write, (0)::numeric))) + ((used.output_tokens)::numeric * COALESCE(price.output, (0)::numeric))) * 0.000001)
            ELSE NULL::numeric
        END AS spend,
    (((
        CASE
            WHEN (price.input IS NULL) THEN used.uncached_tokens
            ELSE (0)::bigint
        END +
        CASE
            WHEN (price.cached_input IS NULL) THEN used.cache_read_tokens
            ELSE (0)::bigint
        END) +
        CASE
            WHEN (price.cache_write IS NULL) THEN used.cache_write_tokens
            ELSE (0)::bigint
        END) +
        CASE
            WHEN (price.output IS NULL) THEN used.output_tokens
            ELSE (0)::bigint
        END) AS unpriced_tokens,
    price.input AS input_price,
    price.cached_input AS cached_input_price,
    price.cache_write AS cache_write_price,
    price.output AS output_price
   FROM ((analytics_ai_tokens used
     CROSS JOIN LATERAL ( SELECT spanledger_price_word(used.provider) AS provider,
            spanledger_price_word(used.model) AS model,
            spanledger_price_word(used.service_tier) AS service_tier) word)
     LEFT JOIN LATERAL ( SELECT known.input,
            known.cached_input,
            known.cache_write,
            known.output
           FROM analytics_model_prices known
          WHERE ((known.tenant_id = used.tenant_id) AND (known.valid_from <= used.day) AND ((known.provider = ''::text) OR (spanledger_price_word(known.provider) = word.provider)) AND ((known.service_tier = ''::text) OR (spanledger_price_word(known.service_tier) = word.service_tier)) AND (word.model ~~ replace(replace(replace(replace(spanledger_price_word(known.model), '\'::text, '\\'::text), '%'::text, '\%'::text), '_'::text, '\_'::text), '*'::text, '%'::text)))
          ORDER BY (strpos(known.model, '*'::text) = 0) DESC, (length(replace(known.model, '*'::text, ''::text))) DESC, (known.provider <> ''::text) DESC, (known.service_tier <> ''::text) DESC, known.valid_from DESC, known.model, known.provider, known.service_tier
         LIMIT 1) price ON (true))
  WHERE (used.calls <> 0);

create view analytics_annotations with (security_invoker=true) as
 SELECT analytics_notes.tenant_id,
    analytics_notes.noted_at AS happened_at,
    'note'::text AS kind,
    NULL::text AS subject,
    analytics_notes.text
   FROM analytics_notes
UNION ALL
 SELECT version.tenant_id,
    version.first_seen AS happened_at,
    'version'::text AS kind,
    version.service_name AS subject,
    version.service_version AS text
   FROM analytics_service_versions version
  WHERE (EXISTS ( SELECT
           FROM analytics_service_versions earlier
          WHERE ((earlier.tenant_id = version.tenant_id) AND (earlier.service_name = version.service_name) AND (ROW(earlier.first_seen, earlier.service_version) < ROW(version.first_seen, version.service_version)))))
UNION ALL
 SELECT analytics_setting_changes.tenant_id,
    analytics_setting_changes.performed_at AS happened_at,
        CASE analytics_setting_changes.setting
            WHEN 'definitions'::text THEN 'definitions'::text
            ELSE 'setting'::text
        END AS kind,
        CASE
            WHEN (analytics_setting_changes.setting <> 'definitions'::text) THEN analytics_setting_changes.setting
            ELSE NULL::text
        END AS subject,
    analytics_setting_changes.value AS text
   FROM analytics_setting_changes
UNION ALL
 SELECT analytics_settings.tenant_id,
    spanledger_start_of_day(analytics_settings.timezone, analytics_settings.rules_since) AS happened_at,
    'rules'::text AS kind,
    NULL::text AS subject,
    (analytics_settings.counting_rules)::text AS text
   FROM analytics_settings
  WHERE (analytics_settings.rules_since IS NOT NULL)
UNION ALL
 SELECT cost.tenant_id,
    spanledger_start_of_day(settings.timezone, cost.valid_from) AS happened_at,
    'cost'::text AS kind,
    settings.currency AS subject,
    (cost.cost_per_manual_session)::text AS text
   FROM (analytics_costs cost
     JOIN analytics_settings settings USING (tenant_id))
  WHERE (EXISTS ( SELECT
           FROM analytics_costs earlier
          WHERE ((earlier.tenant_id = cost.tenant_id) AND (earlier.valid_from < cost.valid_from))))
UNION ALL
 SELECT price.tenant_id,
    spanledger_start_of_day(price.timezone, price.valid_from) AS happened_at,
    'price'::text AS kind,
    NULL::text AS subject,
    price.models AS text
   FROM ( SELECT price_1.tenant_id,
            settings.timezone,
            price_1.valid_from,
            string_agg(DISTINCT price_1.model, ', '::text) AS models
           FROM (analytics_model_prices price_1
             JOIN analytics_settings settings USING (tenant_id))
          WHERE (EXISTS ( SELECT
                   FROM analytics_model_prices earlier
                  WHERE (((earlier.tenant_id = price_1.tenant_id) AND (earlier.provider = price_1.provider) AND (earlier.model = price_1.model) AND (earlier.service_tier = price_1.service_tier)) AND (earlier.valid_from < price_1.valid_from))))
          GROUP BY price_1.tenant_id, settings.timezone, price_1.valid_from) price;

create view analytics_attribute_counts_by_period with (security_invoker=true) as
 SELECT analytics_attribute_counts.tenant_id,
    period.period_type,
    period.period_value,
    period.period_start,
    analytics_attribute_counts.event_name,
    analytics_attribute_counts.attribute,
    analytics_attribute_counts.value,
    (sum(analytics_attribute_counts.events))::bigint AS events
   FROM (analytics_attribute_counts
     CROSS JOIN LATERAL ( VALUES ('week'::text,to_char((analytics_attribute_counts.day)::timestamp with time zone, 'IYYY-"W"IW'::text),(date_trunc('week'::text, (analytics_attribute_counts.day)::timestamp with time zone))::date), ('month'::text,to_char((analytics_attribute_counts.day)::timestamp with time zone, 'YYYY-MM'::text),(date_trunc('month'::text, (analytics_attribute_counts.day)::timestamp with time zone))::date)) period(period_type, period_value, period_start))
  GROUP BY analytics_attribute_counts.tenant_id, period.period_type, period.period_value, period.period_start, analytics_attribute_counts.event_name, analytics_attribute_counts.attribute, analytics_attribute_counts.value;

create view analytics_custom_counters_by_period with (security_invoker=true) as
 SELECT analytics_custom_counters.tenant_id,
    period.period_type,
    period.period_value,
    period.period_start,
    analytics_custom_counters.metric,
    analytics_custom_counters.group_value,
    (sum(analytics_custom_counters.events))::bigint AS events,
    sum(analytics_custom_counters.total) AS total
   FROM (analytics_custom_counters
     CROSS JOIN LATERAL ( VALUES ('week'::text,to_char((analytics_custom_counters.day)::timestamp with time zone, 'IYYY-"W"IW'::text),(date_trunc('week'::text, (analytics_custom_counters.day)::timestamp with time zone))::date), ('month'::text,to_char((analytics_custom_counters.day)::timestamp with time zone, 'YYYY-MM'::text),(date_trunc('month'::text, (analytics_custom_counters.day)::timestamp with time zone))::date)) period(period_type, period_value, period_start))
  GROUP BY analytics_custom_counters.tenant_id, period.period_type, period.period_value, period.period_start, analytics_custom_counters.metric, analytics_custom_counters.group_value;

create view analytics_duration_histograms with (security_invoker=true) as
 SELECT analytics_duration_counters.tenant_id,
    analytics_duration_counters.day,
    analytics_duration_counters.metric,
    ((analytics_duration_counters.first_bucket + (bucket.place)::integer) - 1) AS bucket,
    bucket.count
   FROM (analytics_duration_counters
     CROSS JOIN LATERAL unnest(ARRAY[analytics_duration_counters.c00, analytics_duration_counters.c01, analytics_duration_counters.c02, analytics_duration_counters.c03, analytics_duration_counters.c04, analytics_duration_counters.c05, analytics_duration_counters.c06, analytics_duration_counters.c07, analytics_duration_counters.c08, analytics_duration_counters.c09, analytics_duration_counters.c10, analytics_duration_counters.c11, analytics_duration_counters.c12, analytics_duration_counters.c13, analytics_duration_counters.c14, analytics_duration_counters.c15, analytics_duration_counters.c16, analytics_duration_counters.c17, analytics_duration_counters.c18, analytics_duration_counters.c19, analytics_duration_counters.c20, analytics_duration_counters.c21, analytics_duration_counters.c22, analytics_duration_counters.c23, analytics_duration_counters.c24, analytics_duration_counters.c25, analytics_duration_counters.c26, analytics_duration_counters.c27, analytics_duration_counters.c28, analytics_duration_counters.c29, analytics_duration_counters.c30, analytics_duration_counters.c31]) WITH ORDINALITY bucket(count, place))
  WHERE (bucket.count <> 0);

create view analytics_duration_histograms_by_period with (security_invoker=true) as
 SELECT analytics_duration_histograms.tenant_id,
    period.period_type,
    period.period_value,
    period.period_start,
    analytics_duration_histograms.metric,
    analytics_duration_histograms.bucket,
    (sum(analytics_duration_histograms.count))::bigint AS count
   FROM (analytics_duration_histograms
     CROSS JOIN LATERAL ( VALUES ('week'::text,to_char((analytics_duration_histograms.day)::timestamp with time zone, 'IYYY-"W"IW'::text),(date_trunc('week'::text, (analytics_duration_histograms.day)::timestamp with time zone))::date), ('month'::text,to_char((analytics_duration_histograms.day)::timestamp with time zone, 'YYYY-MM'::text),(date_trunc('month'::text, (analytics_duration_histograms.day)::timestamp with time zone))::date)) period(period_type, period_value, period_start))
  GROUP BY analytics_duration_histograms.tenant_id, period.period_type, period.period_value, period.period_start, analytics_duration_histograms.metric, analytics_duration_histograms.bucket;

create view analytics_event_counts_by_period with (security_invoker=true) as
 SELECT analytics_event_counts.tenant_id,
    period.period_type,
    period.period_value,
    period.period_start,
    analytics_event_counts.event_name,
    (sum(analytics_event_counts.events))::bigint AS events
   FROM (analytics_event_counts
     CROSS JOIN LATERAL ( VALUES ('week'::text,to_char((analytics_event_counts.day)::timestamp with time zone, 'IYYY-"W"IW'::text),(date_trunc('week'::text, (analytics_event_counts.day)::timestamp with time zone))::date), ('month'::text,to_char((analytics_event_counts.day)::timestamp with time zone, 'YYYY-MM'::text),(date_trunc('month'::text, (analytics_event_counts.day)::timestamp with time zone))::date)) period(period_type, period_value, period_start))
  GROUP BY analytics_event_counts.tenant_id, period.period_type, period.period_value, period.period_start, analytics_event_counts.event_name;

create view analytics_retention_announcements as
 SELECT tenant_id,
    retention_months,
    retained_from,
    announced_at,
    (announced_at + '24:00:00'::interval) AS due_at,
    cancelled_at,
        CASE
            WHEN (cancelled_at IS NOT NULL) THEN 'cancelled'::text
            WHEN (NOT spanledger_is_recent(wanted_at, '01:00:00'::interval)) THEN 'lapsed'::text
            WHEN (EXISTS ( SELECT
               FROM analytics_retention_plans other
              WHERE ((other.tenant_id = plan.tenant_id) AND (COALESCE(other.retained_from, '-infinity'::timestamp with time zone) < plan.retained_from) AND spanledger_is_recent(other.wanted_at, '01:00:00'::interval)))) THEN 'held'::text
            WHEN (announced_at > (now() - '24:00:00'::interval)) THEN 'announced'::text
            ELSE 'due'::text
        END AS state
   FROM analytics_retention_plans plan
  WHERE (retained_from > COALESCE(( SELECT max(done.applied_from) AS max
           FROM analytics_retention_plans done
          WHERE (done.tenant_id = plan.tenant_id)), '-infinity'::timestamp with time zone));

create view analytics_setting_changes with (security_barrier=true) as
 SELECT analytics_audit.tenant_id,
    analytics_audit.performed_at,
    setting.name AS setting,
    ((analytics_audit.details -> 'change'::text) ->> setting.key) AS value
   FROM (analytics_audit
     CROSS JOIN ( VALUES ('timezone'::text,'timezone'::text,'timezone'::text), ('currency'::text,'currency'::text,'currency'::text), ('idle_timeout'::text,'idleTimeoutSeconds'::text,'idle_timeout_seconds'::text), ('agent_heartbeat'::text,'agentHeartbeatSeconds'::text,'agent_heartbeat_seconds'::text), ('working_hours'::text,'workingHours'::text,'working_hours'::text)) setting(name, key, key_before))
  WHERE (((analytics_audit.action)::text = 'settings'::text) AND ((analytics_audit.details -> 'change'::text) ? setting.key) AND ((analytics_audit.details -> 'before'::text) ? setting.key_before) AND (((analytics_audit.details -> 'change'::text) -> setting.key) <> ((analytics_audit.details -> 'before'::text) -> setting.key_before)) AND spanledger_may_read(analytics_audit.tenant_id))
UNION ALL
 SELECT analytics_audit.tenant_id,
    analytics_audit.performed_at,
    'definitions'::text AS setting,
    ( SELECT string_agg(metric.value, ', '::text ORDER BY metric.value) AS string_agg
           FROM jsonb_array_elements_text((analytics_audit.details -> 'metrics'::text)) metric(value)) AS value
   FROM analytics_audit
  WHERE (((analytics_audit.action)::text = 'definitions'::text) AND ((analytics_audit.details ->> 'before'::text) IS NOT NULL) AND ((analytics_audit.details -> 'metrics'::text) <> '[]'::jsonb) AND spanledger_may_read(analytics_audit.tenant_id));

CREATE OR REPLACE FUNCTION public.spanledger_add_tenant_reader(login name, tenant text)
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  if pg_has_role(login, 'spanledger_reader', 'member') or pg_has_role(login, 'spanledger_receiver', 'member') then
    raise exception 'role % reads all tenants already', login;
  end if;
  insert into public.spanledger_tenant_logins values (login, tenant)
    on conflict on constraint spanledger_tenant_logins_pkey do update set tenant_id = excluded.tenant_id;
  execute format('grant spanledger_tenant_reader to %I', login);
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_announce_retention(months integer, tenants text[], starts timestamp with time zone[])
 RETURNS TABLE(tenant text, starts_at timestamp with time zone, due timestamp with time zone)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with wish as (
    select w.tenant_id, w.retained_from
    from unnest(tenants, starts) as w (tenant_id, retained_from)
    join public.analytics_settings s on s.tenant_id = w.tenant_id
    left join public.analytics_retention_plans plan on plan.tenant_id = w.tenant_id and plan.retention_months = months
    where (case when months = 0 then w.retained_from is null
        else w.retained_from <= public.spanledger_latest_retained_from(s.timezone) end)
      and (plan.tenant_id is null or plan.retained_from is distinct from w.retained_from
        or not public.spanledger_is_recent(plan.wanted_at, interval '10 minutes'))
  ), written as (
    insert into public.analytics_retention_plans as plan (tenant_id, retention_months, retained_from)
    select tenant_id, months, retained_from from wish order by tenant_id collate "C"
    on conflict (tenant_id, retention_months) do update set
      announced_at = case when plan.retained_from is distinct from excluded.retained_from
          or not public.spanledger_is_recent(plan.wanted_at, interval '1 hour') then now() else plan.announced_at end,
      retained_from = excluded.retained_from,
      wanted_at = now()
    returning tenant_id, retained_from, announced_at, cancelled_at
  ), begun as (
    select tenant_id, retained_from, announced_at + interval '24 hours' as due_at from written
    where announced_at = now() and cancelled_at is null and retained_from > coalesce((select max(applied_from)
      from public.analytics_retention_plans done where done.tenant_id = written.tenant_id), '-infinity')
  ), audited as (
    insert into public.analytics_audit (tenant_id, action, details)
    select tenant_id, 'retention', jsonb_build_object('step', 'announced', 'retention_months', months,
      'retained_from', retained_from, 'due_at', due_at)
    from begun
  )
  select tenant_id, retained_from, due_at from begun
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_apply_retention(months integer)
 RETURNS TABLE(tenant text, starts_at timestamp with time zone)
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with applied as (
    update public.analytics_retention_plans plan set applied_from = plan.retained_from
    from public.analytics_retention_announcements announced, public.analytics_settings s
    where announced.tenant_id = plan.tenant_id and announced.retention_months = plan.retention_months
      and s.tenant_id = plan.tenant_id and plan.retention_months = months and announced.state = 'due'
      and plan.cancelled_at is null and plan.announced_at <= now() - interval '24 hours'
      and plan.retained_from <= public.spanledger_latest_retained_from(s.timezone)
    returning plan.tenant_id, plan.applied_from, plan.announced_at
  ), sealed as (
    update public.analytics_settings s set retained_from = greatest(s.retained_from, applied.applied_from)
    from applied where s.tenant_id = applied.tenant_id
    returning s.tenant_id, s.retained_from
  ), audited as (
    insert into public.analytics_audit (tenant_id, action, details)
    select tenant_id, 'retention', jsonb_build_object('step', 'applied', 'retention_months', months,
      'retained_from', applied_from, 'announced_at', announced_at)
    from applied
  )
  select tenant_id, retained_from from sealed order by 1
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_cancel_retention(tenant text DEFAULT NULL::text)
 RETURNS SETOF text
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with cancelled as (
    update public.analytics_retention_plans plan set cancelled_at = now()
    from public.analytics_retention_announcements announced
    where announced.tenant_id = plan.tenant_id and announced.retention_months = plan.retention_months
      and plan.cancelled_at is null and (tenant is null or plan.tenant_id = tenant)
    returning plan.tenant_id, plan.retention_months, plan.retained_from
  ), audited as (
    insert into public.analytics_audit (tenant_id, action, details)
    select tenant_id, 'retention', jsonb_build_object('step', 'cancelled', 'retention_months', retention_months,
      'retained_from', retained_from)
    from cancelled
  )
  select distinct tenant_id from cancelled order by 1
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_day_of(zone text, at timestamp with time zone)
 RETURNS date
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  day date;
begin
  select (at at time zone 'UTC' + utc_offsets[width_bucket(at, starts_at)] * interval '1 second')::date into day
    from public.analytics_timezones where timezone = zone;
  if not found then
    day := at at time zone zone;
  end if;
  return day;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_days_between(zone text, from_at timestamp with time zone, to_at timestamp with time zone, OUT first_day date, OUT last_day date)
 RETURNS record
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  quarter constant interval := '15 minutes';
  hour constant interval := '1 hour';
  epoch constant timestamptz := 'epoch';
  end_at timestamptz := date_bin(quarter, to_at + interval '1 millisecond', epoch);
  first_near date;
  last_near date;
begin
  first_day := public.spanledger_day_of(zone, from_at);
  last_day := public.spanledger_day_of(zone, to_at - interval '1 millisecond');
  if to_at - from_at < interval '22 hours' or date_bin(quarter, from_at, epoch) <> from_at
      or end_at < to_at or end_at > to_at + interval '1 millisecond' then
    return;
  end if;
  first_near := case when public.spanledger_start_of_day(zone, first_day + 1) - from_at <= hour then first_day + 1 else first_day end;
  last_near := public.spanledger_day_of(zone, end_at);
  if end_at - public.spanledger_start_of_day(zone, last_near) <= hour then
    last_near := last_near - 1;
  end if;
  if first_near <= last_near then
    first_day := first_near;
    last_day := last_near;
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_drop_old_partitions()
 RETURNS text[]
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  bound timestamptz;
  ends_at timestamptz;
  dropped text[] := '{}';
  candidate record;
begin
  select max(applied_from) into bound from public.analytics_retention_plans;
  perform set_config('lock_timeout', '2s', true);
  for candidate in
    select c.oid::regclass as partition, c.relname,
      to_date(substr(c.relname, length('analytics_events_') + 1), 'YYYY_MM') as month
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'public.analytics_events'::regclass and c.relname ~ '^analytics_events_\d{4}_\d{2}$'
    order by c.relname
  loop
    ends_at := (candidate.month + interval '1 month') at time zone 'UTC';
    exit when bound is null or ends_at > bound;
    continue when public.spanledger_is_partition_kept(candidate.partition, ends_at);
    lock table only public.analytics_events in access exclusive mode;
    continue when public.spanledger_is_partition_kept(candidate.partition, ends_at);
    execute format('drop table public.%I', candidate.relname);
    insert into public.analytics_dropped_months (month) values (candidate.month) on conflict do nothing;
    dropped := dropped || candidate.relname::text;
  end loop;
  return dropped;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_ensure_partition(month date)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  if month < date '2000-01-01' or month > now() at time zone 'UTC' + interval '2 months' then
    raise exception 'no partition is made for %: events lie between 2000 and tomorrow', to_char(month, 'YYYY-MM')
      using errcode = 'check_violation';
  end if;
  return public.spanledger_make_partition(month);
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_forget_agent_sessions(tenant text, bound timestamp with time zone, max_sessions integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_forget_event_ids(months date[], first_page bigint)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  next_page bigint := first_page + 1000;
begin
  delete from public.analytics_event_ids
  where ctid >= format('(%s,0)', first_page)::tid and ctid < format('(%s,0)', next_page)::tid
    and date_trunc('month', occurred_at at time zone 'UTC')::date = any (months)
    and to_regclass('public.analytics_events_' || to_char(occurred_at at time zone 'UTC', 'YYYY_MM')) is null;
  if next_page < pg_relation_size('public.analytics_event_ids') / current_setting('block_size')::int then
    return next_page;
  end if;
  delete from public.analytics_dropped_months where month = any (months);
  return null;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_forget_old_rows(max_rows integer)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  rows_left int := max_rows;
  forgotten int;
  first_day date;
  plan record;
  old record;
begin
  for plan in
    select p.tenant_id, max(p.applied_from) as bound, s.timezone
    from public.analytics_retention_plans p join public.analytics_settings s on s.tenant_id = p.tenant_id
    group by p.tenant_id, s.timezone
    having max(p.applied_from) > coalesce(max(p.forgotten_from), '-infinity')
    order by p.tenant_id
  loop
    begin
      first_day := public.spanledger_day_of(plan.timezone, plan.bound);
    exception when invalid_parameter_value then
      -- Earlier than in any timezone.
      first_day := (plan.bound at time zone 'UTC' - interval '14 hours')::date;
    end;
    for old in
      select * from (values
        ('analytics_rejected_events', 'rejected_at < $2'),
        ('analytics_sources', 'last_seen_at < $2'),
        ('analytics_report_share_files', 'token_hash in (select token_hash from public.analytics_report_shares
          where tenant_id = $1 and expires_at < $2)'),
        ('analytics_report_shares', 'expires_at < $2'),
        ('analytics_sessions', 'greatest(first_seen_at, last_activity_at, first_start_at,
          last_start_at, first_end_at, escalated_at, taken_over_at, first_answer_at) < $2
          and not exists (select from public.analytics_events e where e.tenant_id = $1
            and e.session_id = analytics_sessions.session_id and e.occurred_at >= $2)'),
        ('analytics_customers', 'month + 34 <= $3 or month < $4 and days >> ($3 - month + 3) = 0')
      ) as kind (relation, condition)
    loop
      execute format('delete from public.%I where ctid = any (array(
        select ctid from public.%I where tenant_id = $1 and (%s) limit $5))', old.relation, old.relation, old.condition)
        using plan.tenant_id, plan.bound, date_trunc('week', first_day)::date, first_day, rows_left;
      get diagnostics forgotten = row_count;
      rows_left := rows_left - forgotten;
      if rows_left <= 0 then
        return max_rows;
      end if;
    end loop;
    rows_left := rows_left - public.spanledger_forget_agent_sessions(plan.tenant_id, plan.bound, rows_left);
    if rows_left <= 0 then
      return max_rows;
    end if;
    update public.analytics_retention_plans set forgotten_from = plan.bound
      where tenant_id = plan.tenant_id and applied_from = plan.bound;
  end loop;
  return max_rows - rows_left;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_custom_rights()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  object text;
begin
  foreach object in array array['analytics_custom_metrics', 'analytics_custom_counters', 'analytics_custom_sessions',
    'analytics_custom_session_counts']
  loop
    continue when to_regclass('public.' || object) is null;
    if to_regrole('spanledger_receiver') is not null then
      execute format('grant select, insert, update on public.%I to spanledger_receiver', object);
    end if;
    -- Sessions by their ids are the reader's through analytics_sessions already; counters are all that boards need.
    if to_regrole('spanledger_reader') is not null and object <> 'analytics_custom_sessions' then
      execute format('grant select on public.%I to spanledger_reader', object);
    end if;
  end loop;
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select on public.analytics_custom_counters_by_period to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_custom_counters_by_period to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_earlier_rights()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_first_rights()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_agent_days();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_presence_days to spanledger_receiver';
    execute 'grant select, insert, delete on public.analytics_agent_days to spanledger_receiver';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_agent_days()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_schedules();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_report_schedules to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_report_schedules to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_ai_spend()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_hours();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_hour_counters to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_hour_counters to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_ai_tokens()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_settled_months();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert on public.analytics_settled_months to spanledger_receiver';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_durations()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_earlier_rights();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_resolution_days to spanledger_receiver';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_event_ids()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_rejections();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update on public.analytics_rejection_days to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_rejection_days to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_forgetting()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_event_ids();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert on public.analytics_event_ids to spanledger_receiver';
    execute 'grant select on public.analytics_dropped_months to spanledger_receiver';
    execute 'grant execute on function public.spanledger_forget_event_ids(date[], bigint) to spanledger_receiver';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_goals()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_model_prices();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_model_prices to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_model_prices to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_hours()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_goals();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_goals, public.analytics_alerts, public.analytics_deliveries to spanledger_receiver';
  end if;
  -- Messages hold links that open reports, so readers do not see them.
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_goals, public.analytics_alerts to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_model_prices()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_waiting_events();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, delete on public.analytics_waiting_events to spanledger_receiver';
    execute 'grant select, insert, update, delete on public.analytics_sender_clocks to spanledger_receiver';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_notes()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_tickets_once();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert on public.analytics_ticket_changes to spanledger_receiver';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_quality()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_notes();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, delete on public.analytics_notes to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_notes to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_rejections()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  object text;
begin
  perform public.spanledger_grant_rights_before_tenants();
  if to_regrole('spanledger_receiver') is not null then
    execute 'revoke insert on public.analytics_audit from spanledger_receiver';
    execute 'grant insert (tenant_id, action, details) on public.analytics_audit to spanledger_receiver';
    -- The right came with its old name.
    execute 'revoke execute on function public.spanledger_make_partition(date) from spanledger_receiver';
  end if;
  if to_regrole('spanledger_tenant_reader') is null then
    return;
  end if;
  execute 'grant usage on schema public to spanledger_tenant_reader';
  for object in select public.spanledger_tenant_tables()
  loop
    if not exists (select from pg_policy where polrelid = to_regclass('public.' || object) and polname = 'own_tenant') then
      execute format('create policy own_tenant on public.%I as restrictive for select to spanledger_tenant_reader
        using (tenant_id = (select public.spanledger_login_tenant()))', object);
    end if;
    continue when object = 'analytics_rejected_events';
    execute format('grant select on public.%I to spanledger_tenant_reader', object);
  end loop;
  execute 'grant select (tenant_id, code, event_name, signal, service_name, rejected_at, replayed_at)
    on public.analytics_rejected_events to spanledger_tenant_reader';
  execute 'grant select on public.analytics_agent_metrics_by_period, public.analytics_attribute_counts_by_period,
    public.analytics_custom_counters_by_period, public.analytics_duration_histograms,
    public.analytics_duration_histograms_by_period, public.analytics_event_counts_by_period to spanledger_tenant_reader';
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_retention()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_durations();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update on public.analytics_duration_counters to spanledger_receiver';
    -- Given above, when it was a table.
    execute 'revoke insert, update on public.analytics_duration_histograms from spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_duration_counters to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_rules_2()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_forgetting();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant execute on function public.spanledger_forget_old_rows(int) to spanledger_receiver';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_schedules()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
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
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_schema()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  role text;
begin
  perform public.spanledger_grant_rights_before_retention();
  foreach role in array array['spanledger_receiver', 'spanledger_reader']
  loop
    continue when to_regrole(role) is null;
    execute format('grant select on public.analytics_retention_plans, public.analytics_retention_announcements to %I', role);
  end loop;
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant execute on function public.spanledger_announce_retention(int, text[], timestamptz[]),
      public.spanledger_cancel_retention(text), public.spanledger_resume_retention(text),
      public.spanledger_apply_retention(int) to spanledger_receiver';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_segments()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_ai_spend();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select on public.analytics_ai_spend to spanledger_receiver';
    execute 'grant execute on function public.spanledger_price_word(text) to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_ai_spend to spanledger_reader';
    execute 'grant execute on function public.spanledger_price_word(text) to spanledger_reader';
  end if;
  if to_regrole('spanledger_tenant_reader') is not null then
    execute 'grant select on public.analytics_ai_spend to spanledger_tenant_reader';
    execute 'grant execute on function public.spanledger_price_word(text) to spanledger_tenant_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_service_versions()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_segments();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_segment_counters to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_segment_counters to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_settled_months()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_quality();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_data_quality to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_data_quality to spanledger_reader';
    execute 'grant select (occurred_at) on public.analytics_rejected_events to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_tenants()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  role text;
begin
  perform public.spanledger_grant_rights_before_schema();
  foreach role in array array['spanledger_receiver', 'spanledger_reader']
  loop
    continue when to_regrole(role) is null;
    execute format('grant select on public.spanledger_schema to %I', role);
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_tickets_once()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  role text;
begin
  perform public.spanledger_grant_rights_before_timezones();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update on public.analytics_timezones to spanledger_receiver';
  end if;
  foreach role in array array['spanledger_reader', 'spanledger_tenant_reader']
  loop
    continue when to_regrole(role) is null;
    execute format('grant select on public.analytics_timezones to %I', role);
  end loop;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_timezones()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_rules_2();
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select (marks, end_outcome, rating) on public.analytics_sessions to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_grant_rights_before_waiting_events()
 RETURNS void
 LANGUAGE plpgsql
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  perform public.spanledger_grant_rights_before_ai_tokens();
  if to_regrole('spanledger_receiver') is not null then
    execute 'grant select, insert, update, delete on public.analytics_ai_tokens to spanledger_receiver';
  end if;
  if to_regrole('spanledger_reader') is not null then
    execute 'grant select on public.analytics_ai_tokens to spanledger_reader';
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_is_partition_kept(partition regclass, ends_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  keeping text[];
  kept boolean;
begin
  select array_agg(s.tenant_id) into keeping from public.analytics_settings s
    where not exists (select from public.analytics_retention_plans plan
      where plan.tenant_id = s.tenant_id and plan.applied_from >= ends_at);
  execute format('select exists (select from %s where tenant_id = any ($1))', partition) into kept using keeping;
  return kept;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_is_recent(at timestamp with time zone, span interval)
 RETURNS boolean
 LANGUAGE sql
 STABLE
AS $function$ select at between now() - span and now() + interval '1 minute' $function$;

CREATE OR REPLACE FUNCTION public.spanledger_latest_retained_from(timezone text)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
begin
  return public.spanledger_start_of_day(timezone,
    (date_trunc('month', public.spanledger_day_of(timezone, now())::timestamp) - interval '1 month')::date);
exception when invalid_parameter_value then
  return (date_trunc('month', (now() - interval '12 hours') at time zone 'UTC') - interval '1 month') at time zone 'UTC'
    - interval '14 hours';
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_lock_tenant_alone(wanted text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  if not (select locks_by_tenant from public.spanledger_schema) then
    perform pg_advisory_xact_lock(4518206130513062862);
  else
    perform pg_advisory_xact_lock_shared(4518206130513062862);
  end if;
  perform from public.analytics_settings where tenant_id = wanted for update;
  perform pg_advisory_xact_lock(public.spanledger_tenant_lock(wanted));
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_lock_tenants(tenants text[])
 RETURNS void
 LANGUAGE plpgsql
AS $function$
declare
  busy text[];
begin
  perform pg_advisory_xact_lock_shared(4518206130513062862);
  select array_agg(tenant) into busy from unnest(tenants) as tenant
  where not pg_try_advisory_xact_lock_shared(public.spanledger_tenant_lock(tenant));
  if busy is not null then
    raise exception 'these tenants are being changed as a whole' using errcode = 'SPT01', detail = to_json(busy)::text;
  end if;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_login_tenant()
 RETURNS text
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select tenant_id from public.spanledger_tenant_logins where login = session_user
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_make_partition(month date)
 RETURNS boolean
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  lower_bound timestamptz := date_trunc('month', month::timestamp) at time zone 'UTC';
  upper_bound timestamptz := (date_trunc('month', month::timestamp) + interval '1 month') at time zone 'UTC';
  partition_name text := 'analytics_events_' || to_char(month, 'YYYY_MM');
begin
  if to_regclass('public.' || partition_name) is not null then
    return false;
  end if;
  perform set_config('lock_timeout', '2s', true);
  execute format('create table public.%I (like public.analytics_events including defaults including constraints)', partition_name);
  execute format(
    'alter table public.analytics_events attach partition public.%I for values from (%L) to (%L)',
    partition_name, lower_bound, upper_bound);
  return true;
exception when duplicate_table or duplicate_object or unique_violation then
  -- Another receiver made it at the same time; its transaction has committed table and attach together.
  return false;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_may_read(tenant text)
 RETURNS boolean
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  select case
    when to_regrole('spanledger_tenant_reader') is null or (select rolsuper from pg_roles where rolname = session_user) then true
    when pg_has_role(session_user, 'spanledger_tenant_reader', 'usage') then coalesce(tenant = public.spanledger_login_tenant(), false)
    else true
  end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_needs_claim(event_id uuid, occurred_at timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case get_byte(uuid_send(event_id), 6) >> 4
    when 7 then get_byte(uuid_send(event_id), 8) >> 6 <> 2
      or substr(uuid_send(event_id), 1, 6)
        <> substr(int8send(round(date_part('epoch', occurred_at - timestamptz 'epoch') * 1000)::bigint), 3)
    else get_byte(uuid_send(event_id), 6) >> 4 <> 5
  end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_price_word(word text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE STRICT
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select coalesce(substring(lower(btrim(word)) from '^ft:[^:]+'), lower(btrim(word)))
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_resume_retention(tenant text DEFAULT NULL::text)
 RETURNS SETOF text
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  with resumed as (
    update public.analytics_retention_plans plan set cancelled_at = null, announced_at = now()
    where cancelled_at is not null and (tenant is null or plan.tenant_id = tenant)
    returning plan.tenant_id, plan.retention_months, plan.retained_from
  ), audited as (
    insert into public.analytics_audit (tenant_id, action, details)
    select tenant_id, 'retention', jsonb_build_object('step', 'resumed', 'retention_months', retention_months,
      'retained_from', retained_from, 'due_at', now() + interval '24 hours')
    from resumed
  )
  select distinct tenant_id from resumed order by 1
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_start_of_day(zone text, day date)
 RETURNS timestamp with time zone
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
declare
  known record;
  start timestamptz;
begin
  select starts_at, utc_offsets into known from public.analytics_timezones where timezone = zone;
  if not found then
    return day::timestamp at time zone zone;
  end if;
  select min(reached_at) into start
    from (
      select greatest(known.starts_at[i], day::timestamp at time zone 'UTC' - known.utc_offsets[i] * interval '1 second') as reached_at,
        known.starts_at[i + 1] as ends_at
      from generate_subscripts(known.starts_at, 1) as i
    ) as stretch
    where ends_at is null or reached_at < ends_at;
  return start;
end
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_tenant_lock(tenant text)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ select pg_catalog.hashtextextended(tenant, 4518206130513062862) $function$;

CREATE OR REPLACE FUNCTION public.spanledger_tenant_tables()
 RETURNS SETOF text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'pg_catalog', 'public', 'pg_temp'
AS $function$
  values ('analytics_agent_activity'), ('analytics_agent_metrics'), ('analytics_agent_states'), ('analytics_ai_tokens'),
    ('analytics_alerts'), ('analytics_attribute_counts'), ('analytics_business_metrics'), ('analytics_costs'),
    ('analytics_custom_counters'), ('analytics_custom_metrics'), ('analytics_custom_session_counts'), ('analytics_data_quality'),
    ('analytics_deliveries'), ('analytics_duration_counters'), ('analytics_event_counts'), ('analytics_goals'),
    ('analytics_hour_counters'), ('analytics_model_prices'), ('analytics_notes'), ('analytics_rejected_events'),
    ('analytics_report_schedules'), ('analytics_segment_counters'), ('analytics_service_versions'), ('analytics_settings'),
    ('analytics_sources'), ('analytics_tickets')
$function$;

CREATE OR REPLACE FUNCTION public.spanledger_wait_for_tenants(tenants text[])
 RETURNS void
 LANGUAGE plpgsql
 SET lock_timeout TO '1s'
AS $function$
begin
  perform pg_advisory_xact_lock_shared(4518206130513062862);
  perform pg_advisory_xact_lock_shared(public.spanledger_tenant_lock(tenant)) from unnest(tenants) as tenant;
exception when lock_not_available then
  raise exception 'these tenants are still being changed as a whole' using errcode = 'SPT01', detail = to_json(tenants)::text;
end
$function$;

comment on table analytics_agent_days is 'Time of agents by closed business day: derived, see GET /api/analytics/operations.';

comment on view analytics_ai_spend is 'Calls of models with their tokens and what they cost, by business day, provider, model and service tier.';

comment on table analytics_ai_tokens is 'Calls of models and their tokens, by business day, provider, model and service tier.';

comment on column analytics_ai_tokens.unclear_calls is 'Calls that say more tokens of a cache than of input: their cost is a lower bound.';

comment on column analytics_ai_tokens.sampled_calls is 'Calls of which a sampler let only some arrive: there were more.';

comment on table analytics_alerts is 'Business alerts: definition, and whether each is firing. Upkeep judges them.';

comment on column analytics_alerts.judged_through is 'The last period that was judged for good: a business day, a month, or the time of an event.';

comment on view analytics_annotations is 'What happened at a moment: notes, new versions, changes of settings and rules. Charts over time mark it.';

comment on column analytics_attribute_counts.succeeded is 'Of the events, those with success: true.';

comment on table analytics_audit is 'Erasures, retention and changes of settings.';

comment on table analytics_custom_metrics is 'When metrics of a spanledger.config.ts were added or changed, and whether they are backfilled.';

comment on table analytics_data_quality is 'The ledger of data quality; see docs/data-quality.md.';

comment on table analytics_deliveries is 'Messages of alerts and reports, and whether they were sent; spanledger deliveries lists them.';

comment on table analytics_dropped_months is 'Months that retention dropped; their claims go next.';

comment on table analytics_duration_counters is 'Histograms of durations, 32 buckets in a row; read them as analytics_duration_histograms.';

comment on view analytics_duration_histograms is 'Mergeable log buckets of durations in ms: p50, p90 and p99 of any range, each at most 2 % off.';

comment on table analytics_event_ids is 'Ids that are unique whatever time an event comes with; one row of analytics_events each.';

comment on table analytics_events is 'One row per business event, counted exactly once.';

comment on column analytics_events.occurred_at is 'From the event: the same on every retry.';

comment on column analytics_events.created_at is 'When the row was written.';

comment on table analytics_goals is 'What a metric shall reach from a day on; spanledger goal sets it.';

comment on table analytics_hour_counters is 'Conversations by business day and local hour.';

comment on column analytics_hour_counters.conversations is 'By the hour of their first start.';

comment on column analytics_hour_counters.escalations is 'By the hour in which the customer first asked for a human.';

comment on column analytics_hour_counters.takeovers is 'By the hour in which a human first took over.';

comment on column analytics_hour_counters.waits_known is 'First takeovers that say how long the customer waited.';

comment on column analytics_hour_counters.wait_ms is 'The sum of these waits.';

comment on table analytics_model_prices is 'Prices of a million tokens by model and day; spanledger prices sets them.';

comment on table analytics_notes is 'What people say about a moment; charts over time show it. spanledger note adds one.';

comment on table analytics_presence_days is 'Days of which analytics_agent_days holds the time of each agent.';

comment on table analytics_rejected_events is 'Bad events with the reason; `spanledger replay` tries them again.';

comment on table analytics_rejection_days is 'How many rejected events were kept, and how many counted alone; see docs/operating.md.';

comment on table analytics_report_schedules is 'Reports on a schedule: which period was sent last.';

comment on table analytics_report_share_files is 'The files of what spanledger share froze.';

comment on table analytics_report_shares is 'What spanledger share froze; the pages are shown as they were.';

comment on column analytics_report_shares.month is 'The period: 2025-12, 2025-W52, 2025-Q4, 2025, or its first and last day joined by an underscore.';

comment on table analytics_resolution_days is 'Durable AI resolutions of days that can be judged: derived, see GET /api/analytics/operations.';

comment on view analytics_retention_announcements is 'Announcements of retention that are not carried out yet, with their state.';

comment on table analytics_retention_plans is 'What retention is going to drop, announced a day before; see docs/operating.md.';

comment on table analytics_segment_counters is 'What sessions contribute to the counters, by business day and value of a dimension; columns as in analytics_business_metrics.';

comment on table analytics_sender_clocks is 'Senders whose clock runs ahead: evidence, which nothing verifies.';

comment on table analytics_service_versions is 'When a version of a service was first seen: evidence for charts, which nothing verifies.';

comment on view analytics_setting_changes is 'Changes of settings and own definitions, from the audit.';

comment on column analytics_settings.v7_claims is 'True once an id of version 7 came with another time than it holds.';

comment on table analytics_settled_months is 'What each month said when it was settled; the case study names what has changed since.';

comment on column analytics_sources.highest_seq is 'Highest sequence number known, from events or reports; highest_seq - drops_reported - events_seen = missing.';

comment on table analytics_ticket_changes is 'Closes and reopenings of tickets; see metrics/ticket-contribution.ts.';

comment on table analytics_tickets is 'What is known of each ticket; created_at is null where its creation was never recorded.';

comment on table analytics_timezones is 'When clocks are changed, as receivers know it: see spanledger_day_of() and spanledger_start_of_day().';

comment on table analytics_waiting_events is 'Events whose time has not come; they are counted when it has.';

comment on table spanledger_schema is 'Which receivers can work with this schema; see docs/upgrading.md.';

comment on column spanledger_schema.locks_by_tenant is 'True: every receiver that may write takes the locks of its tenants.';

comment on table spanledger_tenant_logins is 'Roles that read one tenant; spanledger_add_tenant_reader() adds one.';

grant select on analytics_agent_activity to spanledger_reader;

grant insert, select, update on analytics_agent_activity to spanledger_receiver;

grant select on analytics_agent_activity to spanledger_tenant_reader;

grant delete, insert, select on analytics_agent_days to spanledger_receiver;

grant select on analytics_agent_metrics to spanledger_reader;

grant insert, select, update on analytics_agent_metrics to spanledger_receiver;

grant select on analytics_agent_metrics to spanledger_tenant_reader;

grant select on analytics_agent_metrics_by_period to spanledger_reader;

grant select on analytics_agent_metrics_by_period to spanledger_receiver;

grant select on analytics_agent_metrics_by_period to spanledger_tenant_reader;

grant select on analytics_agent_states to spanledger_reader;

grant insert, select, update on analytics_agent_states to spanledger_receiver;

grant select on analytics_agent_states to spanledger_tenant_reader;

grant select on analytics_ai_spend to spanledger_reader;

grant select on analytics_ai_spend to spanledger_receiver;

grant select on analytics_ai_spend to spanledger_tenant_reader;

grant select on analytics_ai_tokens to spanledger_reader;

grant delete, insert, select, update on analytics_ai_tokens to spanledger_receiver;

grant select on analytics_ai_tokens to spanledger_tenant_reader;

grant select on analytics_alerts to spanledger_reader;

grant delete, insert, select, update on analytics_alerts to spanledger_receiver;

grant select on analytics_alerts to spanledger_tenant_reader;

grant select on analytics_annotations to spanledger_reader;

grant select on analytics_annotations to spanledger_receiver;

grant select on analytics_annotations to spanledger_tenant_reader;

grant select on analytics_attribute_counts to spanledger_reader;

grant insert, select, update on analytics_attribute_counts to spanledger_receiver;

grant select on analytics_attribute_counts to spanledger_tenant_reader;

grant select on analytics_attribute_counts_by_period to spanledger_reader;

grant select on analytics_attribute_counts_by_period to spanledger_receiver;

grant select on analytics_attribute_counts_by_period to spanledger_tenant_reader;

grant insert (action), insert (details), insert (tenant_id), select on analytics_audit to spanledger_receiver;

grant select on analytics_business_metrics to spanledger_reader;

grant insert, select, update on analytics_business_metrics to spanledger_receiver;

grant select on analytics_business_metrics to spanledger_tenant_reader;

grant select on analytics_costs to spanledger_reader;

grant insert, select on analytics_costs to spanledger_receiver;

grant select on analytics_costs to spanledger_tenant_reader;

grant select on analytics_custom_counters to spanledger_reader;

grant insert, select, update on analytics_custom_counters to spanledger_receiver;

grant select on analytics_custom_counters to spanledger_tenant_reader;

grant select on analytics_custom_counters_by_period to spanledger_reader;

grant select on analytics_custom_counters_by_period to spanledger_receiver;

grant select on analytics_custom_counters_by_period to spanledger_tenant_reader;

grant select on analytics_custom_metrics to spanledger_reader;

grant insert, select, update on analytics_custom_metrics to spanledger_receiver;

grant select on analytics_custom_metrics to spanledger_tenant_reader;

grant select on analytics_custom_session_counts to spanledger_reader;

grant insert, select, update on analytics_custom_session_counts to spanledger_receiver;

grant select on analytics_custom_session_counts to spanledger_tenant_reader;

grant insert, select, update on analytics_custom_sessions to spanledger_receiver;

grant insert, select, update on analytics_customers to spanledger_receiver;

grant select on analytics_data_quality to spanledger_reader;

grant delete, insert, select, update on analytics_data_quality to spanledger_receiver;

grant select on analytics_data_quality to spanledger_tenant_reader;

grant delete, insert, select, update on analytics_deliveries to spanledger_receiver;

grant select on analytics_dropped_months to spanledger_receiver;

grant select on analytics_duration_counters to spanledger_reader;

grant insert, select, update on analytics_duration_counters to spanledger_receiver;

grant select on analytics_duration_counters to spanledger_tenant_reader;

grant select on analytics_duration_histograms to spanledger_reader;

grant select on analytics_duration_histograms to spanledger_receiver;

grant select on analytics_duration_histograms to spanledger_tenant_reader;

grant select on analytics_duration_histograms_by_period to spanledger_reader;

grant select on analytics_duration_histograms_by_period to spanledger_receiver;

grant select on analytics_duration_histograms_by_period to spanledger_tenant_reader;

grant select on analytics_event_counts to spanledger_reader;

grant insert, select, update on analytics_event_counts to spanledger_receiver;

grant select on analytics_event_counts to spanledger_tenant_reader;

grant select on analytics_event_counts_by_period to spanledger_reader;

grant select on analytics_event_counts_by_period to spanledger_receiver;

grant select on analytics_event_counts_by_period to spanledger_tenant_reader;

grant insert, select on analytics_event_ids to spanledger_receiver;

grant select (agent_id), select (created_at), select (event_id), select (event_name), select (id), select (occurred_at), select (service_name), select (session_id), select (span_id), select (tenant_id), select (ticket_id), select (trace_id) on analytics_events to spanledger_reader;

grant insert, select on analytics_events to spanledger_receiver;

grant usage on analytics_events_id_seq to spanledger_receiver;

grant select on analytics_goals to spanledger_reader;

grant delete, insert, select, update on analytics_goals to spanledger_receiver;

grant select on analytics_goals to spanledger_tenant_reader;

grant select on analytics_hour_counters to spanledger_reader;

grant delete, insert, select, update on analytics_hour_counters to spanledger_receiver;

grant select on analytics_hour_counters to spanledger_tenant_reader;

grant select on analytics_model_prices to spanledger_reader;

grant delete, insert, select, update on analytics_model_prices to spanledger_receiver;

grant select on analytics_model_prices to spanledger_tenant_reader;

grant select on analytics_notes to spanledger_reader;

grant delete, insert, select on analytics_notes to spanledger_receiver;

grant select on analytics_notes to spanledger_tenant_reader;

grant delete, insert, select, update on analytics_presence_days to spanledger_receiver;

grant select (code), select (event_name), select (occurred_at), select (rejected_at), select (replayed_at), select (service_name), select (signal), select (tenant_id) on analytics_rejected_events to spanledger_reader;

grant insert, select, update on analytics_rejected_events to spanledger_receiver;

grant select (code), select (event_name), select (rejected_at), select (replayed_at), select (service_name), select (signal), select (tenant_id) on analytics_rejected_events to spanledger_tenant_reader;

grant select on analytics_rejection_days to spanledger_reader;

grant insert, select, update on analytics_rejection_days to spanledger_receiver;

grant select on analytics_report_schedules to spanledger_reader;

grant delete, insert, select, update on analytics_report_schedules to spanledger_receiver;

grant select on analytics_report_schedules to spanledger_tenant_reader;

grant delete, insert, select on analytics_report_share_files to spanledger_receiver;

grant insert, select, update on analytics_report_shares to spanledger_receiver;

grant delete, insert, select, update on analytics_resolution_days to spanledger_receiver;

grant select on analytics_retention_announcements to spanledger_reader;

grant select on analytics_retention_announcements to spanledger_receiver;

grant select on analytics_retention_plans to spanledger_reader;

grant select on analytics_retention_plans to spanledger_receiver;

grant select on analytics_segment_counters to spanledger_reader;

grant delete, insert, select, update on analytics_segment_counters to spanledger_receiver;

grant select on analytics_segment_counters to spanledger_tenant_reader;

grant delete, insert, select, update on analytics_sender_clocks to spanledger_receiver;

grant select on analytics_service_versions to spanledger_reader;

grant delete, insert, select, update on analytics_service_versions to spanledger_receiver;

grant select on analytics_service_versions to spanledger_tenant_reader;

grant select (channel), select (end_outcome), select (escalated_at), select (first_answer_at), select (first_end_at), select (first_seen_at), select (first_start_at), select (last_activity_at), select (last_start_at), select (marks), select (rating), select (session_id), select (taken_over_at), select (tenant_id) on analytics_sessions to spanledger_reader;

grant insert, select, update on analytics_sessions to spanledger_receiver;

grant select on analytics_setting_changes to spanledger_reader;

grant select on analytics_setting_changes to spanledger_receiver;

grant select on analytics_setting_changes to spanledger_tenant_reader;

grant select on analytics_settings to spanledger_reader;

grant insert, select, update on analytics_settings to spanledger_receiver;

grant select on analytics_settings to spanledger_tenant_reader;

grant insert, select on analytics_settled_months to spanledger_receiver;

grant select on analytics_sources to spanledger_reader;

grant insert, select, update on analytics_sources to spanledger_receiver;

grant select on analytics_sources to spanledger_tenant_reader;

grant insert, select on analytics_ticket_changes to spanledger_receiver;

grant select on analytics_tickets to spanledger_reader;

grant insert, select, update on analytics_tickets to spanledger_receiver;

grant select on analytics_tickets to spanledger_tenant_reader;

grant select on analytics_timezones to spanledger_reader;

grant insert, select, update on analytics_timezones to spanledger_receiver;

grant select on analytics_timezones to spanledger_tenant_reader;

grant delete, insert, select on analytics_waiting_events to spanledger_receiver;

grant execute on function spanledger_announce_retention(integer,text[],timestamp with time zone[]) to spanledger_receiver;

grant execute on function spanledger_apply_retention(integer) to spanledger_receiver;

grant execute on function spanledger_cancel_retention(text) to spanledger_receiver;

grant execute on function spanledger_day_of(text,timestamp with time zone) to public;

grant execute on function spanledger_days_between(text,timestamp with time zone,timestamp with time zone) to public;

grant execute on function spanledger_drop_old_partitions() to spanledger_receiver;

grant execute on function spanledger_ensure_partition(date) to spanledger_receiver;

grant execute on function spanledger_forget_event_ids(date[],bigint) to spanledger_receiver;

grant execute on function spanledger_forget_old_rows(integer) to spanledger_receiver;

grant execute on function spanledger_is_recent(timestamp with time zone,interval) to public;

grant execute on function spanledger_lock_tenant_alone(text) to public;

grant execute on function spanledger_lock_tenants(text[]) to public;

grant execute on function spanledger_login_tenant() to public;

grant execute on function spanledger_may_read(text) to public;

grant execute on function spanledger_needs_claim(uuid,timestamp with time zone) to public;

grant execute on function spanledger_price_word(text) to public;

grant execute on function spanledger_price_word(text) to spanledger_reader;

grant execute on function spanledger_price_word(text) to spanledger_receiver;

grant execute on function spanledger_price_word(text) to spanledger_tenant_reader;

grant execute on function spanledger_resume_retention(text) to spanledger_receiver;

grant execute on function spanledger_start_of_day(text,date) to public;

grant execute on function spanledger_tenant_lock(text) to public;

grant execute on function spanledger_tenant_tables() to public;

grant execute on function spanledger_wait_for_tenants(text[]) to public;

grant select on spanledger_migrations to spanledger_reader;

grant select on spanledger_migrations to spanledger_receiver;

grant select on spanledger_schema to spanledger_reader;

grant select on spanledger_schema to spanledger_receiver;
