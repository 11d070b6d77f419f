-- Up Migration

-- Receivers of the release before go on: they list no calls of models.
update spanledger_schema set oldest_receiver = 51;

-- From a figure of calls of models to the calls, page by page, and from a conversation to its own. No other event is in them.
create index analytics_events_ai_calls on analytics_events (tenant_id, occurred_at, event_id)
  where event_name = 'ai.call' and (event_data -> 'test') is distinct from 'true';
create index analytics_events_ai_calls_of_session on analytics_events (tenant_id, session_id, occurred_at, event_id)
  where event_name = 'ai.call' and session_id is not null;

-- Down Migration
drop index analytics_events_ai_calls, analytics_events_ai_calls_of_session;
