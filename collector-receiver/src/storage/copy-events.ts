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

/**
 * The rows of `events` as one binary COPY, ready to be sent.
 * @param rows where they are written; a buffer of their own unless given
 */
export function encodeEventRows(
  events: readonly BusinessEvent[],
  rows = new CopyBuffer(Math.max(4096, events.length * 320)),
): CopyMessages {
  rows.begin();
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
 * One buffer for each connection: a batch of 5,000 events takes 1.6 MB, which otherwise waits for the
 * garbage collector while the next is made. A connection's transactions follow each other, so that the rows
 * of the last COPY have been read when those of the next are written.
 */
const buffers = new WeakMap<WriterConnection, CopyBuffer>();
/** What a larger batch needed is given back. */
const keptBytes = 8 * 1024 * 1024;

/**
 * Writes events as fast as PostgreSQL takes rows, with the primary key in place: one duplicate makes
 * the whole COPY fail with unique_violation, and the caller goes the slower way.
 */
export async function copyEvents(client: WriterConnection, events: readonly BusinessEvent[]): Promise<void> {
  let rows = buffers.get(client);
  if (rows === undefined) {
    rows = new CopyBuffer();
    buffers.set(client, rows);
  }
  await copyRows(client, copyEventsStatement, encodeEventRows(events, rows));
  if (rows.capacity > keptBytes) buffers.delete(client);
}
