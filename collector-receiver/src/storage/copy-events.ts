import type { BusinessEvent } from "../mapping/business-event.ts";
import { CopyBuffer } from "./copy-buffer.ts";
import type { CopyMessages } from "./copy-buffer.ts";
import { copyRows } from "./copy-rows.ts";
import type { WriterConnection } from "./writer-connection.ts";

/** The columns that a batch fills; `id` and `created_at` are PostgreSQL's. */
export const eventColumns = [
  "tenant_id",
  "event_id",
  "event_name",
  "session_id",
  "agent_id",
  "ticket_id",
  "event_data",
  "occurred_at",
  "trace_id",
  "span_id",
  "service_name",
] as const;

export const copyEventsStatement = `copy analytics_events (${eventColumns.join(", ")}) from stdin with (format binary)`;

/** The rows of `events` as one binary COPY, ready to be sent. */
export function encodeEventRows(events: readonly BusinessEvent[]): CopyMessages {
  const rows = new CopyBuffer(Math.max(4096, events.length * 320));
  for (const event of events) {
    rows.startRow(eventColumns.length);
    rows.text(event.tenantId);
    rows.uuid(event.eventId);
    rows.text(event.name);
    rows.text(event.sessionId);
    rows.int4(event.agentId);
    rows.int4(event.ticketId);
    rows.jsonb(event.eventData);
    rows.timestamptz(event.occurredAtMs);
    rows.text(event.traceId);
    rows.text(event.spanId);
    rows.text(event.serviceName);
  }
  return rows.finish();
}

/**
 * Writes events as fast as PostgreSQL takes rows, with the primary key in place: one duplicate makes
 * the whole COPY fail with unique_violation, and the caller goes the slower way.
 */
export async function copyEvents(client: WriterConnection, events: readonly BusinessEvent[]): Promise<void> {
  await copyRows(client, copyEventsStatement, encodeEventRows(events));
}
