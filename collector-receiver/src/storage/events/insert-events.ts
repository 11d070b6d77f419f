import type { BusinessEvent } from "../../mapping/business-event.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import { utf8Array } from "../wire/binary-array.ts";
import { eventIdColumn } from "./event-id-column.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<BusinessEvent>(
  "insert-events",
  "analytics_events",
  {
    tenant_id: batchOf.text((event) => event.tenantId),
    event_id: eventIdColumn,
    event_name: batchOf.text((event) => event.name),
    session_id: batchOf.text((event) => event.sessionId),
    agent_id: batchOf.int4((event) => event.agentId),
    ticket_id: batchOf.int4((event) => event.ticketId),
    event_data: {
      type: "text",
      arrayOf: (events) => utf8Array(events, (event) => event.eventData),
      from: (element) => `${element}::jsonb`,
    },
    occurred_at: batchOf.time((event) => event.occurredAtMs),
    trace_id: batchOf.text((event) => event.traceId),
    span_id: batchOf.text((event) => event.spanId),
    service_name: batchOf.text((event) => event.serviceName),
  },
  { key: ["tenant_id", "occurred_at", "event_id"] },
  "tenant_id, event_id, occurred_at",
);

/**
 * Writes the events that are not there yet.
 * @returns the events that this statement added
 */
export async function insertEvents(
  client: WriterConnection,
  events: readonly BusinessEvent[],
): Promise<BusinessEvent[]> {
  const { rows } = await client.query<{ tenant_id: string; event_id: string; occurred_at: number }>(
    statement.of(events),
  );
  if (rows.length === events.length) return [...events];
  const added = new Set(rows.map((row) => `${row.tenant_id}\n${row.occurred_at}\n${row.event_id}`));
  return events.filter((event) => added.has(eventKey(event)));
}

/** The primary key of an event as text. */
export function eventKey(event: BusinessEvent): string {
  return `${event.tenantId}\n${event.occurredAtMs}\n${event.eventId}`;
}
