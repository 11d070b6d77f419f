import { countRejection } from "../ingest/count-rejections.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { writeCounters } from "../ingest/write-counters.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import { derivedIdEntry } from "../metrics/data-quality.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { streamCountedRejections } from "../storage/events/read-rejected-events.ts";
import { readMarkedEvents } from "../storage/recount/stream-countable-events.ts";
import type { MarkedEvent } from "../storage/recount/stream-countable-events.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { groupAlike } from "./copy-sealed-periods.ts";

const eventsOfPage = 5000;

/** Counts in the shadow tables what the ledger of data quality holds beside what each event says of itself. */
export async function recountQuality(
  reader: WriterConnection,
  writer: WriterConnection,
  rules: ReadonlyMap<string, TenantRules>,
): Promise<void> {
  const changes = new CounterChanges();
  for await (const page of streamCountedRejections(reader, [...rules.keys()])) {
    for (const rejection of page) countRejection(changes, rejection, rulesOf(rules, rejection.tenantId), 1);
  }
  for (const alike of groupAlike(rules)) {
    for await (const event of streamMarkedEvents(reader, [...alike.rules.keys()], alike.retainedFromMs)) {
      // The row alone looks as if its id were derived, and was counted so.
      const { calendar } = rulesOf(rules, event.tenantId);
      changes.quality.add(calendar.dayOf(event.occurredAtMs), event, derivedIdEntry, -1);
    }
  }
  await writeCounters(writer, changes);
}

async function* streamMarkedEvents(
  reader: WriterConnection,
  tenantIds: readonly string[],
  retainedFromMs: number | null,
): AsyncGenerator<MarkedEvent> {
  let after: MarkedEvent | undefined;
  for (;;) {
    const page = await readMarkedEvents(reader, tenantIds, retainedFromMs, after, eventsOfPage);
    if (page.length === 0) return;
    yield* page;
    after = page.at(-1);
  }
}
