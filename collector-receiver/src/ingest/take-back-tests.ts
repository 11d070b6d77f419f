import type { CounterChanges } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import type { MergedSession } from "../storage/facts/upsert-sessions.ts";
import { loadSessionEvents } from "../storage/recount/stream-countable-events.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { rulesOf } from "./count-batch.ts";

/**
 * Takes back what the stored events of sessions count that have turned out to be tests, in the transaction whose upsert
 * holds the sessions: no other batch can count an event of theirs meanwhile.
 * @param inserted keys of the batch's own events, which `countBatch` has left out
 */
export async function takeBackTests(
  client: WriterConnection,
  turned: readonly MergedSession[],
  inserted: ReadonlySet<string>,
  rules: ReadonlyMap<string, TenantRules>,
  changes: CounterChanges,
): Promise<void> {
  const byTenant = Map.groupBy(turned, ({ tenantId }) => tenantId);
  for (const [tenantId, sessions] of byTenant) {
    const ofTenant = rulesOf(rules, tenantId);
    const sessionIds = sessions.map(({ sessionId }) => sessionId);
    const stored = await loadSessionEvents(client, tenantId, sessionIds, ofTenant.retainedFromMs);
    const earlier = stored.filter(
      (event) => !inserted.has(`${event.tenantId}\n${event.occurredAtMs}\n${event.eventId}`),
    );
    // Without facts an earlier mark alone tells that these rows have never counted: their facts are broken, until a rebuild.
    const withoutFacts = new Set(sessions.filter(({ before }) => before === null).map(({ sessionId }) => sessionId));
    const known = new Set(
      earlier.flatMap(({ sessionId, test }) =>
        test && sessionId !== null && withoutFacts.has(sessionId) ? [sessionId] : [],
      ),
    );
    for (const event of earlier) {
      if (event.sessionId === null || !known.has(event.sessionId)) changes.countEvent(event, ofTenant, -1);
    }
  }
}
