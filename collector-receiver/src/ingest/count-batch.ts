import type { CountableEvent } from "../mapping/business-event.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import { contributionOf } from "../metrics/session-contribution.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { addEventToFacts } from "../metrics/session-facts.ts";
import type { SessionFacts } from "../metrics/session-facts.ts";
import type { MergedSession } from "../storage/upsert-sessions.ts";
import { compareText } from "./gather-batch.ts";

/** What a batch says of its sessions, sorted by (tenant, session id). Test events say nothing. */
export function gatherSessionFacts(events: readonly CountableEvent[]): SessionFacts[] {
  const sessions = new Map<string, SessionFacts>();
  for (const event of events) {
    if (event.sessionId === null || event.test) continue;
    const key = `${event.tenantId}\n${event.sessionId}`;
    const known = sessions.get(key);
    if (known) addEventToFacts(known, event);
    else sessions.set(key, addEventToFacts(undefined, event));
  }
  return [...sessions.entries()].toSorted(([a], [b]) => compareText(a, b)).map(([, facts]) => facts);
}

/**
 * The counter changes of a batch: what its events add, and by how much the contribution of each
 * session changes with the merge.
 */
export function countBatch(
  events: readonly CountableEvent[],
  sessions: readonly MergedSession[],
  rules: ReadonlyMap<string, TenantRules>,
): CounterChanges {
  const changes = new CounterChanges();
  for (const event of events) changes.addEvent(event, rulesOf(rules, event.tenantId).calendar);
  for (const session of sessions) addSessionChange(changes, session, rulesOf(rules, session.tenantId));
  return changes;
}

function addSessionChange(changes: CounterChanges, session: MergedSession, rules: TenantRules): void {
  const before = session.before === null ? null : contributionOf(session.before, rules);
  const now = contributionOf(session.now, rules);
  if (before) changes.addContribution(session.tenantId, before, -1);
  if (now) changes.addContribution(session.tenantId, now, 1);
}

export function rulesOf(rules: ReadonlyMap<string, TenantRules>, tenantId: string): TenantRules {
  const found = rules.get(tenantId);
  if (!found) throw new Error(`tenant "${tenantId}" has no row in analytics_settings`);
  return found;
}
