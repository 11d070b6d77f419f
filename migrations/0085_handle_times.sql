-- Up Migration

-- How long an agent had a session, to compare it with what its release says (counting rules 2). Receivers of the release before
-- go on: they do not name these columns, and with tenants of rules 2 they do not work.
update spanledger_schema set oldest_receiver = 51;

alter table analytics_sessions
  -- The first release, and the handle time that it tells. In `marks`: 8 taken over more than once, 16 released more than once,
  -- 32 transferred.
  add column released_at timestamptz,
  add column first_release_event_id uuid,
  add column handle_ms bigint,
  add column prev_released_at timestamptz,
  add column prev_first_release_event_id uuid,
  add column prev_handle_ms bigint;

-- Down Migration
update analytics_sessions set marks = marks & 7 where marks > 7;
alter table analytics_sessions
  drop column released_at, drop column first_release_event_id, drop column handle_ms, drop column prev_released_at,
  drop column prev_first_release_event_id, drop column prev_handle_ms;
