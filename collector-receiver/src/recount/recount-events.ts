import { countedAttributesWith } from "../metrics/event-counters.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { derivedTablesOf } from "../storage/recount/derived-tables.ts";
import { createShadowTables } from "../storage/recount/shadow-tables.ts";
import { streamCountableEvents } from "../storage/recount/stream-countable-events.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { copySealedPeriods } from "./copy-sealed-periods.ts";
import { RecountFold } from "./recount-fold.ts";

/**
 * Rows that are folded in memory before they are written: bounds memory, and is so many that most sessions are
 * written once.
 */
const foldedRows = 20_000;

/**
 * Counts all stored events of a tenant again, from nothing but its sealed periods, into shadow tables of `writer`, by the very
 * code that counts incrementally.
 * @param reader in a transaction with the same snapshot as `writer`
 * @param writer in a repeatable-read transaction
 * @param onProgress called with the number of events counted so far
 */
export async function recountEvents(
  reader: WriterConnection,
  writer: WriterConnection,
  rules: TenantRules,
  onProgress: (events: number) => void,
): Promise<number> {
  await createShadowTables(writer, derivedTablesOf(rules));
  await copySealedPeriods(writer, rules);
  const { tenantId, retainedFromMs } = rules;
  const counted = countedAttributesWith(rules.custom);
  let events = 0;
  let fold = new RecountFold(rules);
  let writing: Promise<void> = Promise.resolve();
  for await (const chunk of streamCountableEvents(reader, tenantId, retainedFromMs, counted)) {
    fold.add(chunk);
    events += chunk.length;
    // At every chunk: millions of events may fold into a few rows.
    onProgress(events);
    if (fold.rows < foldedRows) continue;
    // The next fold is read while this one is written.
    await writing;
    writing = fold.write(writer);
    writing.catch(() => {});
    fold = new RecountFold(rules);
  }
  await writing;
  await fold.write(writer);
  onProgress(events);
  return events;
}
