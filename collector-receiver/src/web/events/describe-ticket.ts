import type { TicketChangeKind } from "../../metrics/ticket-changes.ts";
import type { ListedEvent } from "../../stats/lists/listed-event.ts";

/** What the events of a ticket say of it. */
export interface TicketSummary {
  readonly createdAtMs: number | null;
  /** When it was resolved: the first close after the last reopening. Null if it is open. */
  readonly closedAtMs: number | null;
  /** Of the first `ticket.closed` since then. */
  readonly resolutionHours: number | null;
  readonly slaMet: boolean | null;
  readonly closedBy: number | null;
  readonly sessionId: string | null;
}

/**
 * A pure function of a ticket's events in order.
 * @param kindOf what an event did to the ticket, by its id
 */
export function describeTicket(
  events: readonly ListedEvent[],
  kindOf: ReadonlyMap<string, TicketChangeKind>,
): TicketSummary {
  const kinds = events.map(({ event_id: id }) => kindOf.get(id));
  const since = kinds.lastIndexOf("reopened") + 1;
  const resolvedAt = kinds.findIndex((kind, place) => place >= since && kind !== undefined);
  const closed = events.find((_, place) => place >= since && kinds[place] === "closed");
  const created = events.find(({ event_name: name }) => name === "ticket.created");
  const hours = closed?.attributes["resolution_duration_hours"];
  const slaMet = closed?.attributes["sla_met"];
  return {
    createdAtMs: created === undefined ? null : Date.parse(created.occurred_at),
    closedAtMs: resolvedAt < 0 ? null : Date.parse((events[resolvedAt] as ListedEvent).occurred_at),
    resolutionHours: typeof hours === "number" ? hours : null,
    slaMet: typeof slaMet === "boolean" ? slaMet : null,
    closedBy: closed?.agent_id ?? null,
    sessionId: events.find(({ session_id: id }) => id !== null)?.session_id ?? null,
  };
}
