import type { BusinessEvent } from "../../mapping/business-event.ts";
import { eventIdArray, int4Array, textArray, timestamptzArray, utf8Array } from "../wire/binary-array.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "insert-events",
  text: `
    insert into analytics_events (tenant_id, event_id, event_name, session_id, agent_id, ticket_id,
      event_data, occurred_at, trace_id, span_id, service_name)
    select tenant_id, event_id, event_name, session_id, agent_id, ticket_id, event_data::jsonb, occurred_at,
      trace_id, span_id, service_name
    from unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[],
      $8::timestamptz[], $9::text[], $10::text[], $11::text[])
      as event (tenant_id, event_id, event_name, session_id, agent_id, ticket_id, event_data,
        occurred_at, trace_id, span_id, service_name)
    on conflict do nothing
    returning tenant_id, event_id, occurred_at`,
};

/**
 * Writes the events that are not there yet.
 * @returns the events that this statement added
 */
export async function insertEvents(
  client: WriterConnection,
  events: readonly BusinessEvent[],
): Promise<BusinessEvent[]> {
  const { rows } = await client.query<{ tenant_id: string; event_id: string; occurred_at: number }>({
    ...statement,
    values: [
      textArray(events, (event) => event.tenantId),
      eventIdArray(events),
      textArray(events, (event) => event.name),
      textArray(events, (event) => event.sessionId),
      int4Array(events, (event) => event.agentId),
      int4Array(events, (event) => event.ticketId),
      utf8Array(events, (event) => event.eventData),
      timestamptzArray(events, (event) => event.occurredAtMs),
      textArray(events, (event) => event.traceId),
      textArray(events, (event) => event.spanId),
      textArray(events, (event) => event.serviceName),
    ],
  });
  if (rows.length === events.length) return [...events];
  const added = new Set(rows.map((row) => `${row.tenant_id}\n${row.occurred_at}\n${row.event_id}`));
  return events.filter((event) => added.has(eventKey(event)));
}

/** The primary key of an event as text. */
export function eventKey(event: BusinessEvent): string {
  return `${event.tenantId}\n${event.occurredAtMs}\n${event.eventId}`;
}
