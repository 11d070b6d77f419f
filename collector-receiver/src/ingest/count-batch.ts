import { InvariantError } from "../invariant-error.ts";
import type { CountableEvent } from "../mapping/business-event.ts";
import { CounterChanges } from "../metrics/counter-changes.ts";
import type { Sign } from "../metrics/counter-changes.ts";
import { contributionOf } from "../metrics/session-contribution.ts";
import type { ContributingFacts, TenantRules } from "../metrics/session-contribution.ts";
import { ticketContribution } from "../metrics/ticket-contribution.ts";
import type { TicketHistory } from "../metrics/ticket-contribution.ts";
import { TicketFold } from "../metrics/ticket-facts.ts";
import type { IncomingTicket } from "../metrics/ticket-facts.ts";
import { addEventToFacts } from "../metrics/session-facts.ts";
import type { SessionFacts } from "../metrics/session-facts.ts";
import { isTestSession } from "../metrics/session-marks.ts";
import type { OwnReading } from "../metrics/session-segments.ts";
import { wordsOf } from "../metrics/words.ts";
import type { MergedSession } from "../storage/facts/upsert-sessions.ts";
import type { MergedTicket } from "../storage/facts/upsert-tickets.ts";
import { compareText } from "./compare-text.ts";

/** What a batch says of its sessions by the rules of its tenants, sorted by (tenant, session id). */
export function gatherSessionFacts(
  events: readonly CountableEvent[],
  rules: ReadonlyMap<string, TenantRules>,
): SessionFacts[] {
  const byTenant = new Map<string, Map<string, SessionFacts>>();
  const all: SessionFacts[] = [];
  let tenantId: string | null = null;
  let sessions = new Map<string, SessionFacts>();
  let own: OwnReading = null;
  for (const event of events) {
    if (event.sessionId === null) continue;
    if (event.tenantId !== tenantId) {
      tenantId = event.tenantId;
      sessions = byTenant.get(tenantId) ?? new Map<string, SessionFacts>();
      byTenant.set(tenantId, sessions);
      own = rulesOf(rules, tenantId).custom;
    }
    const known = sessions.get(event.sessionId);
    if (known) {
      addEventToFacts(known, event, own);
      continue;
    }
    const facts = addEventToFacts(undefined, event, own);
    sessions.set(event.sessionId, facts);
    all.push(facts);
  }
  return all.toSorted((a, b) => compareText(a.tenantId, b.tenantId) || compareText(a.sessionId, b.sessionId));
}

/** What a batch says of its tickets by the rules of its tenants, sorted by (tenant, ticket). */
export function gatherTickets(
  events: readonly CountableEvent[],
  rules: ReadonlyMap<string, TenantRules>,
): IncomingTicket[] {
  const fold = new TicketFold();
  for (const event of events) if (event.ticketId !== null) fold.add(event, wordsOf(rulesOf(rules, event.tenantId)));
  return sortedTickets(fold);
}

/** Every writer takes tickets in the same order. */
export function sortedTickets({ tickets }: TicketFold): IncomingTicket[] {
  return [...tickets.entries()].toSorted(([a], [b]) => compareText(a, b)).map(([, ticket]) => ticket);
}

/**
 * The counter changes of a batch: what its events add, and by how much the contribution of each session and ticket changes
 * with the merge. Events of test sessions count nothing.
 */
export function countBatch(
  events: readonly CountableEvent[],
  sessions: readonly MergedSession[],
  tickets: readonly MergedTicket[],
  rules: ReadonlyMap<string, TenantRules>,
): CounterChanges {
  const changes = new CounterChanges();
  const tests = new Set(sessions.filter(({ now }) => isTestSession(now)).map(sessionKeyOf));
  for (const event of events) {
    const ofTenant = rulesOf(rules, event.tenantId);
    if (tests.size > 0 && event.sessionId !== null && tests.has(sessionKeyOf(event))) changes.addFacts(event, ofTenant);
    else changes.addEvent(event, ofTenant);
  }
  for (const session of sessions) addSessionChange(changes, session, rulesOf(rules, session.tenantId));
  for (const ticket of tickets) addTicketChange(changes, ticket, rulesOf(rules, ticket.tenantId));
  return changes;
}

/** Sessions that this merge says are tests: they counted until now, or their facts were missing and their rows may have counted. */
export function findTurnedSessions(sessions: readonly MergedSession[]): MergedSession[] {
  return sessions.filter(({ before, now }) => isTestSession(now) && (before === null || !isTestSession(before)));
}

const sessionKeyOf = ({
  tenantId,
  sessionId,
}: {
  readonly tenantId: string;
  readonly sessionId: string | null;
}): string => `${tenantId}\n${sessionId ?? ""}`;

/** By how much a session's contribution changes with a merge. */
export function addSessionChange(changes: CounterChanges, session: MergedSession, rules: TenantRules): void {
  addFactsContribution(changes, rules, session.before, -1);
  addFactsContribution(changes, rules, session.now, 1);
}

/** Adds (`sign` 1) or takes back (-1) what facts contribute; nothing if there are none. */
export function addFactsContribution(
  changes: CounterChanges,
  rules: TenantRules,
  facts: ContributingFacts | null,
  sign: Sign,
): void {
  if (facts !== null) changes.addContribution(rules.tenantId, contributionOf(facts, rules), rules, sign);
}

/** By how much a ticket's contribution changes with a merge. */
export function addTicketChange(changes: CounterChanges, { before, now }: MergedTicket, rules: TenantRules): void {
  addTicketContribution(changes, rules, before, -1);
  addTicketContribution(changes, rules, now, 1);
}

/** Adds (`sign` 1) or takes back (-1) what a ticket contributes; nothing if there is no ticket. */
export function addTicketContribution(
  changes: CounterChanges,
  rules: TenantRules,
  history: TicketHistory | null,
  sign: Sign,
): void {
  if (history === null) return;
  changes.addTicketParts(rules.tenantId, ticketContribution(history, rules.retainedFromMs), rules, sign);
}

/**
 * When the sweeper has to look at a session that has no such time yet: when its silence would have been
 * long enough. Null if it has ended, explicitly or by silence up to the watermark: then the watermark
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
