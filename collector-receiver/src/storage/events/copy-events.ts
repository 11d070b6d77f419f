import type { BusinessEvent } from "../../mapping/business-event.ts";
import { eventRowColumns } from "../../mapping/event-row-arena.ts";
import { CopyBuffer } from "../wire/copy-buffer.ts";
import type { CopyMessages } from "../wire/copy-buffer.ts";
import { copyRows } from "../wire/copy-rows.ts";
import type { CopyStatement } from "../wire/copy-rows.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

export const copyEventsStatement: CopyStatement = {
  name: "copy-events",
  text: `copy analytics_events (${eventRowColumns.join(", ")}) from stdin with (format binary)`,
};

/**
 * The rows of `events` as one binary COPY, ready to be sent. `id` and `created_at` are PostgreSQL's.
 * @param copy where they are put together; a buffer of their own unless given
 */
export function encodeEventRows(events: readonly BusinessEvent[], copy = new CopyBuffer()): CopyMessages {
  copy.begin();
  for (let first = 0; first < events.length;) {
    // Rows that lie beside each other, as those of a request do, are taken together.
    const { rows, rowStart } = events[first] as BusinessEvent;
    let end = rowStart;
    for (; first < events.length; first++) {
      const event = events[first] as BusinessEvent;
      if (event.rows !== rows || event.rowStart !== end) break;
      end = event.rowEnd;
    }
    copy.append(rows, rowStart, end);
  }
  return copy.finish();
}

/**
 * One buffer for each connection: a batch of 8,000 events takes 2.6 MB, which otherwise waits for the
 * garbage collector while the next is made. A connection's transactions follow each other, so that the rows
 * of the last COPY have been read when those of the next are written.
 */
const buffers = new WeakMap<WriterConnection, CopyBuffer>();
/** What a larger batch needed is given back. */
const maxKeptBytes = 8 * 1024 * 1024;

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
  if (rows.capacity > maxKeptBytes) buffers.delete(client);
}
