import { InvariantError } from "../invariant-error.ts";
import type { CountableEvent } from "../mapping/business-event.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import { contributionOf } from "../metrics/session-contribution.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import { addEventToFacts } from "../metrics/session-facts.ts";
import type { SessionFacts } from "../metrics/session-facts.ts";
import type { MergedSession } from "../storage/facts/upsert-sessions.ts";
import { compareText } from "./compare-text.ts";

/** What a batch says of its sessions, sorted by (tenant, session id). Test events say nothing. */
export function gatherSessionFacts(events: readonly CountableEvent[]): SessionFacts[] {
  const byTenant = new Map<string, Map<string, SessionFacts>>();
  const all: SessionFacts[] = [];
  let tenantId: string | null = null;
  let sessions = new Map<string, SessionFacts>();
  for (const event of events) {
    if (event.sessionId === null || event.test) continue;
    if (event.tenantId !== tenantId) {
      tenantId = event.tenantId;
      sessions = byTenant.get(tenantId) ?? new Map<string, SessionFacts>();
      byTenant.set(tenantId, sessions);
    }
    const known = sessions.get(event.sessionId);
    if (known) {
      addEventToFacts(known, event);
      continue;
    }
    const facts = addEventToFacts(undefined, event);
    sessions.set(event.sessionId, facts);
    all.push(facts);
  }
  return all.toSorted((a, b) => compareText(a.tenantId, b.tenantId) || compareText(a.sessionId, b.sessionId));
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
  for (const event of events) {
    const { calendar, workingHours, custom } = rulesOf(rules, event.tenantId);
    changes.addEvent(event, calendar, workingHours, custom);
  }
  for (const session of sessions) addSessionChange(changes, session, rulesOf(rules, session.tenantId));
  return changes;
}

/** By how much a session's contribution changes with a merge. */
export function addSessionChange(changes: CounterChanges, session: MergedSession, rules: TenantRules): void {
  const before = session.before === null ? null : contributionOf(session.before, rules);
  const now = contributionOf(session.now, rules);
  if (before) changes.addContribution(session.tenantId, before, -1);
  if (now) changes.addContribution(session.tenantId, now, 1);
}

/**
 * When the sweeper has to look at a session that has no such time yet: when its silence would have been
 * long enough. Null where it has ended, explicitly or by silence up to the watermark: then the watermark
 * changes nothing about it, and it costs no entry in the sweeper's index.
 */
export function idleCheckMs({ firstEndMs, lastActivityMs }: SessionFacts, rules: TenantRules): number | null {
  const due = lastActivityMs + rules.idleTimeoutMs;
  return firstEndMs === null && due > rules.idleThroughMs ? due : null;
}

export function rulesOf(rules: ReadonlyMap<string, TenantRules>, tenantId: string): TenantRules {
  const found = rules.get(tenantId);
  if (!found) throw new InvariantError(`tenant "${tenantId}" has no row in analytics_settings`);
  return found;
}
