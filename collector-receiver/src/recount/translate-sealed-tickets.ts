import { CounterChanges } from "../metrics/counter-changes.ts";
import type { TenantRules } from "../metrics/session-contribution.ts";
import type { TicketChange, TicketChangeKind } from "../metrics/ticket-changes.ts";
import { ticketContribution } from "../metrics/ticket-contribution.ts";
import type { TicketPart } from "../metrics/ticket-contribution.ts";
import type { TicketFacts } from "../metrics/ticket-facts.ts";
import { insertTicketChanges } from "../storage/facts/ticket-changes.ts";
import { readSealedTicketFacts } from "../storage/recount/read-sealed-tickets.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { writeCounters } from "../ingest/write-counters.ts";

const sliceTickets = 1000;

/**
 * Writes what rules 1 know of sealed tickets in the terms of rules 2, in the open transaction that switches the rules: their
 * closes and reopenings as changes, for what comes later, and their backlog and reopenings on the sealed days, which rules 1
 * derived from the facts.
 */
export async function translateSealedTickets(writer: WriterConnection, rules: TenantRules): Promise<void> {
  const { tenantId, retainedFromMs } = rules;
  if (retainedFromMs === null) return;
  const isSealed = ({ atMs }: { readonly atMs: number }): boolean => atMs < retainedFromMs;
  let after: number | null = null;
  for (;;) {
    const slice: TicketFacts[] = await readSealedTicketFacts(writer, tenantId, retainedFromMs, after, sliceTickets);
    if (slice.length === 0) return;
    const counters = new CounterChanges();
    const known = slice.map((facts) => ({ facts, changes: changesOf(facts) }));
    for (const { facts, changes } of known) {
      const parts = ticketContribution({ ...facts, changes }, null)
        .filter(isSealed)
        .map(onlyDerived);
      counters.addTicketParts(tenantId, parts, rules, 1);
    }
    const sealed = known.flatMap(({ changes }) => changes.filter(isSealed));
    if (sealed.length > 0) await insertTicketChanges(writer, sealed);
    await writeCounters(writer, counters);
    after = slice.at(-1)?.ticketId as number;
  }
}

/** The first and the last close and reopening are all that rules 1 keep, and no event's id. */
function changesOf(facts: TicketFacts): TicketChange[] {
  const known: readonly (readonly [number | null, TicketChangeKind])[] = [
    [facts.firstClosedMs, "is_closed"],
    [facts.firstReopenedMs, "reopened"],
    [facts.lastReopenedMs, "reopened"],
    [facts.lastClosedMs, "is_closed"],
  ];
  return known.flatMap(([atMs, kind], place): TicketChange[] => {
    if (atMs === null) return [];
    const eventId = `00000000-0000-0000-0000-00000000000${place}`;
    const { tenantId, ticketId } = facts;
    return [{ tenantId, ticketId, atMs, eventId, kind, slaMet: null, resolutionMs: null, agentId: null }];
  });
}

/** Resolved tickets of sealed periods are those that rules 1 counted: see translate-sealed-periods.ts. */
function onlyDerived({ atMs, amounts }: TicketPart): TicketPart {
  const { backlog_change, backlog_unassigned_change, first_resolutions, tickets_reopened } = amounts;
  return { atMs, amounts: { backlog_change, backlog_unassigned_change, first_resolutions, tickets_reopened } };
}
