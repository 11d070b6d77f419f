-- Up Migration

-- From a figure of the workbench or of tickets to its events, page by page, without reading others: by kind, by
-- agent, by ticket, and what went wrong. Only events that name an agent or a ticket (about one in twenty) and
-- failed look-ups are in them, so that a chat message costs nothing. Test events are not counted, hence not listed.
create index analytics_events_by_kind on analytics_events (tenant_id, event_name, occurred_at, event_id)
  where (agent_id is not null or ticket_id is not null) and (event_data -> 'test') is distinct from 'true';
create index analytics_events_by_agent on analytics_events (tenant_id, agent_id, event_name, occurred_at, event_id)
  where agent_id is not null and (event_data -> 'test') is distinct from 'true';
create index analytics_events_by_ticket on analytics_events (tenant_id, ticket_id, occurred_at, event_id)
  where ticket_id is not null;
create index analytics_events_misses on analytics_events (tenant_id, event_name, occurred_at, event_id)
  where ((event_name = 'ticket.closed' and (event_data -> 'sla_met') = 'false')
      or (event_name = 'query.order' and (event_data -> 'success') = 'false')
      or (event_name = 'query.tracking' and (event_data -> 'success') = 'false'))
    and (event_data -> 'test') is distinct from 'true';

-- Down Migration
drop index analytics_events_by_kind, analytics_events_by_agent, analytics_events_by_ticket, analytics_events_misses;
