import type { CountableEvent } from "../mapping/business-event.ts";
import type { CounterChanges } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { isTestSession } from "../metrics/session-marks.ts";
import type { SessionFacts } from "../metrics/session-facts.ts";
import { forgetKeptDays } from "../storage/facts/forget-kept-days.ts";
import { replaceSessions } from "../storage/recount/replace-sessions.ts";
import { findSealedSessions } from "../storage/facts/find-sealed-sessions.ts";
import { loadSessionEvents } from "../storage/recount/stream-countable-events.ts";
import { upsertSessions } from "../storage/facts/upsert-sessions.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { addFactsContribution, gatherSessionFacts, idleCheckMs } from "../ingest/count-batch.ts";

/**
 * Replaces the facts of sessions by what their events say, in a transaction that has the tenant alone, and adds to
 * `changes` what the counters have to change by. A session that was first seen before what is kept
 * keeps its facts, and its later events are merged into them.
 */
export async function recountSessions(
  writer: WriterConnection,
  rules: TenantRules,
  sessionIds: readonly string[],
  changes: CounterChanges,
): Promise<void> {
  const { tenantId, retainedFromMs } = rules;
  await forgetKeptDays(writer, tenantId);
  const events = await loadSessionEvents(writer, tenantId, sessionIds, retainedFromMs);
  const facts = gatherSessionFacts(events, new Map([[tenantId, rules]]));
  const sealed =
    retainedFromMs === null
      ? new Set<string>()
      : await findSealedSessions(writer, tenantId, sessionIds, retainedFromMs);
  const isSealed = ({ sessionId }: SessionFacts): boolean => sealed.has(sessionId);
  const checkAt = (fact: SessionFacts): number | null => idleCheckMs(fact, rules);
  const { before, now } = await replaceSessions(
    writer,
    tenantId,
    sessionIds.filter((sessionId) => !sealed.has(sessionId)),
    facts.filter((fact) => !isSealed(fact)),
    checkAt,
  );
  for (const stored of before) addFactsContribution(changes, rules, stored.facts, -1);
  for (const session of now) addFactsContribution(changes, rules, session.now, 1);
  const late = facts.filter(isSealed);
  const merged = late.length > 0 ? await upsertSessions(writer, late, checkAt) : [];
  for (const session of merged) {
    addFactsContribution(changes, rules, session.before, -1);
    addFactsContribution(changes, rules, session.now, 1);
  }
  const wereTests = [
    ...before.filter((stored) => isTestSession(stored.facts)),
    ...merged.filter((session) => session.before !== null && isTestSession(session.before)),
  ];
  const areTests = [...now, ...merged].filter((session) => isTestSession(session.now));
  moveTestSessions(changes, rules, events, idsOf(wereTests), idsOf(areTests));
}

const idsOf = (sessions: readonly { readonly sessionId: string }[]): Set<string> =>
  new Set(sessions.map(({ sessionId }) => sessionId));

/** Takes back what events of sessions count that have become tests, and counts those of sessions that are tests no longer. */
export function moveTestSessions(
  changes: CounterChanges,
  rules: TenantRules,
  events: readonly CountableEvent[],
  wereTests: ReadonlySet<string>,
  areTests: ReadonlySet<string>,
): void {
  for (const event of events) {
    const { sessionId } = event;
    if (sessionId === null || wereTests.has(sessionId) === areTests.has(sessionId)) continue;
    changes.countEvent(event, rules, areTests.has(sessionId) ? -1 : 1);
  }
}
