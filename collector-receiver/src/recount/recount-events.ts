import { CounterChanges } from "../metrics/counter-changes.ts";
import { countedAttributesWith } from "../metrics/event-counters.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { derivedTablesOf } from "../storage/recount/derived-tables.ts";
import { createShadowTables } from "../storage/recount/shadow-tables.ts";
import {
  loadSessionEvents,
  readShadowTests,
  streamCountableEvents,
} from "../storage/recount/stream-countable-events.ts";
import type { ShadowTest } from "../storage/recount/stream-countable-events.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { writeCounters } from "../ingest/write-counters.ts";
import { copySealedPeriods, groupAlike } from "./copy-sealed-periods.ts";
import { recountQuality } from "./recount-quality.ts";
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
  await takeBackShadowTests(writer, rules);
  await recountQuality(reader, writer, rules);
  onProgress(total);
  return events;
}

/** Only when all is read is it known which sessions are tests. Theirs are few, so they are counted first and taken back here. */
async function takeBackShadowTests(writer: WriterConnection, rules: ReadonlyMap<string, TenantRules>): Promise<void> {
  let after: ShadowTest | undefined;
  for (;;) {
    const tests = await readShadowTests(writer, after, testsOfSlice);
    if (tests.length === 0) return;
    const changes = new CounterChanges();
    for (const [tenantId, sessions] of Map.groupBy(tests, (test) => test.tenantId)) {
      const ofTenant = rulesOf(rules, tenantId);
      const sessionIds = sessions.map(({ sessionId }) => sessionId);
      for (const event of await loadSessionEvents(writer, tenantId, sessionIds, ofTenant.retainedFromMs)) {
        changes.countEvent(event, ofTenant, -1);
      }
    }
    await writeCounters(writer, changes);
    after = tests.at(-1);
  }
}

/** Sessions whose events are held in memory at once. */
const testsOfSlice = 200;
