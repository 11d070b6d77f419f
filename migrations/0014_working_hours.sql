-- Up Migration

-- working_hours: the tenant's calendar as spanledger settings stored it, null where there is none; durations in
-- working hours are counted by it at ingest. agent_heartbeat_seconds: silence after which an agent counts as logged
-- out, when agent time is read.
alter table analytics_settings
  add column working_hours jsonb,
  add column agent_heartbeat_seconds int not null default 14400 check (agent_heartbeat_seconds >= 1800);

-- Down Migration
alter table analytics_settings drop column working_hours, drop column agent_heartbeat_seconds;
