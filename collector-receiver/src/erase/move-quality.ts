import { invalidKey } from "../mapping/invalid-values.ts";
import type { InvalidNotes } from "../mapping/invalid-values.ts";
import type { CountedAttributes } from "../mapping/business-event.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import type { Sign } from "../metrics/counter-changes.ts";
import { qualityEntriesOf } from "../metrics/data-quality.ts";
import { wordsOf } from "../metrics/words.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { forgetEmptyQuality } from "../storage/erase/forget-empty-quality.ts";
import type { EventWithTexts } from "../storage/erase/read-events.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { writeCounters } from "../ingest/write-counters.ts";

/**
 * Moves the ledger of data quality from what events said to what they say now, and removes the words that nothing says any more.
 * @param tests sessions that count nowhere
 */
export async function moveQuality(
  client: WriterConnection,
  rules: TenantRules,
  before: readonly EventWithTexts[],
  after: readonly EventWithTexts[],
  tests: ReadonlySet<string>,
): Promise<void> {
  const changes = new CounterChanges();
  const isCounted = ({ data, occurredAtMs }: EventWithTexts): boolean =>
    data["test"] !== true && (rules.retainedFromMs === null || occurredAtMs >= rules.retainedFromMs);
  before.forEach((event, i) => {
    if (!isCounted(event) || (event.sessionId !== null && tests.has(event.sessionId))) return;
    addEntries(changes, rules, event, -1);
    addEntries(changes, rules, after[i] as EventWithTexts, 1);
  });
  await writeCounters(client, changes);
  await forgetEmptyQuality(client, rules.tenantId);
}

function addEntries(changes: CounterChanges, rules: TenantRules, event: EventWithTexts, sign: Sign): void {
  const { tenantId } = rules;
  const { eventId, name, sessionId, ticketId, occurredAtMs, data } = event;
  const countable = {
    ...{ tenantId, eventId, name, sessionId, agentId: null, ticketId, occurredAtMs, test: false },
    attributes: data as CountedAttributes,
    serviceName: event.serviceName,
    // The id is the same before and after.
    hasDerivedId: false,
    invalid: data[invalidKey] as InvalidNotes | undefined,
  };
  for (const entry of qualityEntriesOf(countable, wordsOf(rules))) {
    changes.quality.add(rules.calendar.dayOf(occurredAtMs), countable, entry, sign);
  }
}
