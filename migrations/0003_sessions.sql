-- Up Migration

-- Session facts: every one merges by min, max or "or", so that the order of events does not matter.
-- prev_* hold the values before the last merge: a counter changes by f(new) - f(prev), from one
-- statement. Reading first and writing after would count a new session twice when two receivers
-- meet it at once.
create table analytics_sessions (
  tenant_id text not null,
  session_id varchar(64) not null,
  first_start_at timestamptz,
  first_start_event_id uuid,
  channel text,
  last_start_at timestamptz,
  first_seen_at timestamptz not null,
  last_activity_at timestamptz not null,
  first_end_at timestamptz,
  escalated_at timestamptz,
  taken_over_at timestamptz,
  user_id text collate "C",
  -- When the sweeper has to look again; never later than last activity + idle timeout while that
  -- lies after idle_through. Not moved by activity, so that updates stay heap-only.
  idle_check_at timestamptz,
  prev_first_start_at timestamptz,
  prev_last_start_at timestamptz,
  prev_last_activity_at timestamptz,
  prev_first_end_at timestamptz,
  prev_escalated_at timestamptz,
  prev_taken_over_at timestamptz,
  prev_user_id text collate "C",
  primary key (tenant_id, session_id)
) with (fillfactor = 60);

create index analytics_sessions_idle_check on analytics_sessions (tenant_id, idle_check_at)
  where idle_check_at is not null;

-- From a figure to the sessions behind it, and the rebuild of a day.
create index analytics_sessions_started on analytics_sessions (tenant_id, first_start_at)
  where first_start_at is not null;

-- Distinct customers of a period: how many of its sessions a customer has. Kept because a distinct
-- count cannot be added up from days.
create table analytics_customers (
  tenant_id text not null,
  period_type varchar(10) not null,
  period_value varchar(10) not null,
  user_id text collate "C" not null,
  sessions int not null,
  primary key (tenant_id, period_type, period_value, user_id)
) with (fillfactor = 70);

-- Down Migration
drop table analytics_customers, analytics_sessions;
