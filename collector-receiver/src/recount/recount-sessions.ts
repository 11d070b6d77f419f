import type { CounterChanges } from "../metrics/counter-changes.ts";
import { contributionOf } from "../metrics/session-contribution.ts";
import type { ContributingFacts, TenantRules } from "../metrics/session-contribution.ts";
import type { SessionFacts } from "../metrics/session-facts.ts";
import { forgetResolutionDays } from "../storage/facts/forget-resolution-days.ts";
import { replaceSessions } from "../storage/recount/replace-sessions.ts";
import { findSealedSessions } from "../storage/facts/find-sealed-sessions.ts";
import { loadSessionEvents } from "../storage/recount/stream-countable-events.ts";
import { upsertSessions } from "../storage/facts/upsert-sessions.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { gatherSessionFacts, idleCheckMs } from "../ingest/count-batch.ts";

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
  await forgetResolutionDays(writer, tenantId);
  const facts = gatherSessionFacts(await loadSessionEvents(writer, tenantId, sessionIds, retainedFromMs));
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
  for (const stored of before) addContribution(changes, rules, stored, -1);
  for (const session of now) addContribution(changes, rules, session.now, 1);
  const late = facts.filter(isSealed);
  const merged = late.length > 0 ? await upsertSessions(writer, late, checkAt) : [];
  for (const session of merged) {
    addContribution(changes, rules, session.before, -1);
    addContribution(changes, rules, session.now, 1);
  }
}

/** Adds (`sign` 1) or takes back (-1) what facts contribute; nothing where there are none. */
export function addContribution(
  changes: CounterChanges,
  rules: TenantRules,
  facts: ContributingFacts | null,
  sign: 1 | -1,
): void {
  const contribution = facts && contributionOf(facts, rules);
  if (contribution) changes.addContribution(rules.tenantId, contribution, sign);
}
