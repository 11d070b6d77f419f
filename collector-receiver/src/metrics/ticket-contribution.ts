import { areContradicting } from "./contradicting-durations.ts";
import { compareTicketChanges } from "./ticket-changes.ts";
import type { TicketChange } from "./ticket-changes.ts";

/**
 * Counters that tickets move, each defined once: `byAgent` those that the agent of the resolving close has as well.
 * `backlog_change` is what comes into the backlog less what goes out of it, so that its sum up to a day is the backlog then.
 */
export const ticketCounters = [
  { column: "tickets_resolved", decimals: 0, byAgent: true },
  { column: "resolutions_timed", decimals: 0, byAgent: true },
  { column: "resolution_ms", decimals: 0, byAgent: true },
  { column: "sla_known", decimals: 0, byAgent: true },
  { column: "resolved_in_sla", decimals: 0, byAgent: true },
  { column: "first_resolutions", decimals: 0, byAgent: false },
  { column: "first_resolutions_timed", decimals: 0, byAgent: false },
  { column: "first_resolution_ms", decimals: 0, byAgent: false },
  { column: "tickets_reopened", decimals: 0, byAgent: false },
  { column: "tickets_closed_again", decimals: 0, byAgent: false },
  { column: "backlog_change", decimals: 0, byAgent: false },
  { column: "backlog_unassigned_change", decimals: 0, byAgent: false },
  { column: "reused_ticket_ids", decimals: 0, byAgent: false },
] as const;

export type TicketCounterColumn = (typeof ticketCounters)[number]["column"];
export type TicketAgentColumn = Extract<(typeof ticketCounters)[number], { byAgent: true }>["column"];
type Amounts = { readonly [Column in TicketCounterColumn]?: number | undefined };

/** What a ticket's contribution depends on. */
export interface TicketHistory {
  readonly createdMs: number | null;
  readonly firstAssignedMs: number | null;
  /** In any order, each once; of a ticket with more than `maxTicketChanges` the first ones are enough. */
  readonly changes: readonly TicketChange[];
}

/**
 * A number with more changes is not one ticket's: a product sends the same for many. It counts as `reused_ticket_ids` alone,
 * so that a batch reads no more of it than this.
 */
export const maxTicketChanges = 1000;

/** What a ticket adds on the business day of an instant. */
export interface TicketPart {
  readonly atMs: number;
  readonly amounts: Amounts;
  /** The first `ticket.closed` since the last reopening: its agent counts too. Undefined if it counts for no agent. */
  readonly resolvedBy?: TicketChange | null;
  /**
   * A close that stands in the ledger of data quality: of a ticket that was closed already, or with a duration that contradicts
   * the time since the ticket's creation.
   */
  readonly doubt?: { readonly code: "closed_again" | "contradicting_durations"; readonly close: TicketChange };
}

/**
 * What a ticket adds to the counters: a function of its history alone, whatever the order in which events came. Parts whose
 * day is sealed are left out.
 * @param retainedFromMs start of what is kept; null: all
 */
export function ticketContribution(history: TicketHistory, retainedFromMs: number | null): TicketPart[] {
  const changes = history.changes.toSorted(compareTicketChanges);
  const [first] = changes;
  const isReused = first !== undefined && changes.length > maxTicketChanges;
  const parts = isReused
    ? [{ atMs: first.atMs, amounts: { reused_ticket_ids: 1 } }]
    : [...resolutionParts(changes), ...contradictionParts(history, changes), ...backlogParts(history, changes)];
  return retainedFromMs === null ? parts : parts.filter(({ atMs }) => atMs >= retainedFromMs);
}

/** Cuts sorted changes at the reopenings: the closes before the first one, between two, and after the last one. */
function stretchesOf(changes: readonly TicketChange[]): TicketChange[][] {
  const stretches: TicketChange[][] = [[]];
  for (const change of changes) {
    if (change.kind === "reopened") stretches.push([]);
    else stretches.at(-1)?.push(change);
  }
  return stretches;
}

function resolutionParts(changes: readonly TicketChange[]): TicketPart[] {
  const stretches = stretchesOf(changes);
  const parts: TicketPart[] = stretches.flatMap(closedAgainIn);
  const resolving = stretches.at(-1)?.[0];
  if (resolving !== undefined) {
    const close = closeIn(stretches.at(-1));
    const [known, slaMet] = [close?.resolutionMs ?? null, close?.slaMet ?? null];
    const amounts = {
      tickets_resolved: 1,
      resolutions_timed: Number(known !== null),
      resolution_ms: known ?? 0,
      sla_known: Number(slaMet !== null),
      resolved_in_sla: Number(slaMet === true),
    };
    parts.push({ atMs: resolving.atMs, amounts, resolvedBy: close });
  }
  const firstAt = stretches.findIndex((stretch) => stretch.length > 0);
  const first = stretches[firstAt]?.[0];
  if (first === undefined) return parts;
  const known = closeIn(stretches[firstAt])?.resolutionMs ?? null;
  const amounts = {
    first_resolutions: 1,
    first_resolutions_timed: Number(known !== null),
    first_resolution_ms: known ?? 0,
    tickets_reopened: Number(firstAt < stretches.length - 1),
  };
  parts.push({ atMs: first.atMs, amounts });
  return parts;
}

function closeIn(stretch: readonly TicketChange[] | undefined): TicketChange | null {
  return stretch?.find(({ kind }) => kind === "closed") ?? null;
}

/** Closes of a ticket that was closed the same way already: `ticket.closed` beside a status that says so is one close told twice. */
function closedAgainIn(stretch: readonly TicketChange[]): TicketPart[] {
  return (["closed", "set_closed"] as const).flatMap((kind) =>
    stretch
      .filter((change) => change.kind === kind)
      .slice(1)
      .map((change) => ({
        atMs: change.atMs,
        amounts: { tickets_closed_again: 1 },
        doubt: { code: "closed_again", close: change } as const,
      })),
  );
}

/** A ticket that was closed once, and never reopened, took the time from its creation to its close. */
function contradictionParts({ createdMs }: TicketHistory, changes: readonly TicketChange[]): TicketPart[] {
  const closes = changes.filter(({ kind }) => kind === "closed");
  const [close] = closes;
  if (createdMs === null || close === undefined || closes.length > 1) return [];
  const { atMs, resolutionMs: told } = close;
  const measured = atMs - createdMs;
  if (told === null || measured < 0 || changes.some(({ kind }) => kind === "reopened")) return [];
  if (!areContradicting(told, measured)) return [];
  return [{ atMs, amounts: {}, doubt: { code: "contradicting_durations", close } }];
}

/** A ticket is in the backlog from its creation on, unless its last change is a close. */
function backlogParts({ createdMs, firstAssignedMs }: TicketHistory, changes: readonly TicketChange[]): TicketPart[] {
  if (createdMs === null) return [];
  const instants = [createdMs, firstAssignedMs ?? createdMs, ...changes.map(({ atMs }) => atMs)];
  const parts: TicketPart[] = [];
  let [next, isClosed, open, unassigned] = [0, false, 0, 0];
  for (const atMs of instants.filter((instant) => instant >= createdMs).toSorted((a, b) => a - b)) {
    for (let change = changes[next]; change !== undefined && change.atMs <= atMs; change = changes[++next]) {
      isClosed = change.kind !== "reopened";
    }
    const isAssigned = firstAssignedMs !== null && firstAssignedMs <= atMs;
    const [nowOpen, nowUnassigned] = [Number(!isClosed), Number(!isClosed && !isAssigned)];
    if (nowOpen === open && nowUnassigned === unassigned) continue;
    parts.push({
      atMs,
      amounts: { backlog_change: nowOpen - open, backlog_unassigned_change: nowUnassigned - unassigned },
    });
    [open, unassigned] = [nowOpen, nowUnassigned];
  }
  return parts;
}
