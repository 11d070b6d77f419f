import type { BusinessEvent } from "../../collector-receiver/src/mapping/business-event.ts";
import { eventRowColumns } from "../../collector-receiver/src/mapping/event-row-arena.ts";
import { copyEventsStatement, encodeEventRows } from "../../collector-receiver/src/storage/events/copy-events.ts";
import { asCopyMessages } from "../../collector-receiver/src/storage/wire/copy-buffer.ts";
import type { CopyMessages } from "../../collector-receiver/src/storage/wire/copy-buffer.ts";
import { copyRows } from "../../collector-receiver/src/storage/wire/copy-rows.ts";
import { valuesOf, type RowValue } from "./insert-row.ts";
import { openWriterConnection } from "../../collector-receiver/src/storage/wire/writer-connection.ts";

/** Rows of one COPY, which is one transaction: what a batch of the receiver holds at most by default. */
const rowsPerCopy = 8000;

/**
 * The limit: COPY of the same rows into the same table with the same indexes, and nothing else. The
 * rows are encoded before the clock starts.
 * @returns milliseconds
 */
export async function copyAllRows(
  events: readonly BusinessEvent[],
  connectionString: string,
  connections: number,
  format: "binary" | "text",
): Promise<number> {
  const statement =
    format === "binary"
      ? copyEventsStatement
      : { name: "copy-text", text: `copy analytics_events (${eventRowColumns.join(", ")}) from stdin` };
  const copies: CopyMessages[] = [];
  for (let from = 0; from < events.length; from += rowsPerCopy) {
    const rows = events.slice(from, from + rowsPerCopy);
    copies.push(format === "binary" ? encodeEventRows(rows) : asCopyMessages(encodeText(rows)));
  }
  const clients = await Promise.all(Array.from({ length: connections }, () => openWriterConnection(connectionString)));
  const started = performance.now();
  let next = 0;
  await Promise.all(
    clients.map(async (client) => {
      for (;;) {
        const rows = copies[next++];
        if (rows === undefined) return;
        await copyRows(client, statement, rows);
      }
    }),
  );
  const ms = performance.now() - started;
  await Promise.all(clients.map((client) => client.end()));
  return ms;
}

/** What `psql \copy` sends (https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-TEXT-FORMAT). */
function encodeText(events: readonly BusinessEvent[]): Buffer {
  const field = (value: RowValue): string => {
    if (value === null) return "\\N";
    const text = value instanceof Date ? value.toISOString() : String(value);
    return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll("\t", "\\t");
  };
  return Buffer.from(`${events.map((event) => valuesOf(event).map(field).join("\t")).join("\n")}\n`);
}
