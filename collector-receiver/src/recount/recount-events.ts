import { countedAttributesWith } from "../metrics/event-counters.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { derivedTablesOf } from "../storage/recount/derived-tables.ts";
import { createShadowTables } from "../storage/recount/shadow-tables.ts";
import { streamCountableEvents } from "../storage/recount/stream-countable-events.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { copySealedPeriods, groupAlike } from "./copy-sealed-periods.ts";
import { RecountFold } from "./recount-fold.ts";

/**
 * Rows that are folded in memory before they are written: bounds memory, and is so many that most sessions are
 * written once.
 */
const foldedRows = 20_000;

/**
 * Counts all stored events of tenants again, from nothing but their sealed periods, into shadow tables of `writer`, by the very
 * code that counts incrementally.
 * @param reader in a transaction with the same snapshot as `writer`
 * @param writer in a repeatable-read transaction
 * @param rules of each tenant, read in this snapshot
 * @param onProgress called with the number of events counted so far
 * @returns the number of events of each tenant that has any
 */
export async function recountEvents(
  reader: WriterConnection,
  writer: WriterConnection,
  rules: ReadonlyMap<string, TenantRules>,
  onProgress: (events: number) => void,
): Promise<ReadonlyMap<string, number>> {
  await createShadowTables(writer, derivedTablesOf(rules.values()));
  const counted = new Set([...rules.values()].flatMap(({ custom }) => [...countedAttributesWith(custom)]));
  let fold = new RecountFold(rules);
  const events = fold.events;
  let total = 0;
  let writing: Promise<void> = Promise.resolve();
  for (const alike of groupAlike(rules)) {
    await copySealedPeriods(writer, alike);
    const tenantIds = [...alike.rules.keys()];
    for await (const chunk of streamCountableEvents(reader, tenantIds, alike.retainedFromMs, counted)) {
      fold.add(chunk);
      total += chunk.length;
      // At every chunk: millions of events may fold into a few rows.
      onProgress(total);
      if (fold.rows < foldedRows) continue;
      // The next fold is read while this one is written.
      await writing;
      writing = fold.write(writer);
      writing.catch(() => {});
      fold = new RecountFold(rules, events);
    }
  }
  await writing;
  await fold.write(writer);
  onProgress(total);
  return events;
}
