import type { CountableEvent } from "../mapping/business-event.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { derivedTablesOf } from "../storage/derived-tables.ts";
import { copySealedPeriods } from "./copy-sealed-periods.ts";
import { createShadowTables } from "../storage/shadow-tables.ts";
import { streamCountableEvents } from "../storage/stream-countable-events.ts";
import { upsertSessions } from "../storage/upsert-sessions.ts";
import type { WriterConnection } from "../storage/writer-connection.ts";
import { countBatch, gatherSessionFacts } from "./count-batch.ts";
import { writeCounters } from "./write-counters.ts";

/** Events of one chunk: bounds memory, and is large enough that a session is merged once or twice. */
const chunkEvents = 20_000;

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
  const rulesByTenant = new Map([[rules.tenantId, rules]]);
  let counted = 0;
  let writing: Promise<void> = Promise.resolve();
  for await (const events of streamCountableEvents(reader, rules.tenantId, rules.retainedFromMs, chunkEvents)) {
    // The next chunk is read while this one is written.
    await writing;
    writing = recountChunk(writer, events, rulesByTenant);
    writing.catch(() => {});
    counted += events.length;
    onProgress(counted);
  }
  await writing;
  return counted;
}

async function recountChunk(
  writer: WriterConnection,
  events: readonly CountableEvent[],
  rules: ReadonlyMap<string, TenantRules>,
): Promise<void> {
  const facts = gatherSessionFacts(events);
  const sessions = facts.length > 0 ? await upsertSessions(writer, facts, () => null) : [];
  await writeCounters(writer, countBatch(events, sessions, rules));
}
