import type { ListedEvent } from "../../stats/lists/listed-event.ts";

/** What the events of a ticket say of it. */
export interface TicketSummary {
  readonly createdAtMs: number | null;
  /** Null where its last step opened it again, or it was never closed. */
  readonly closedAtMs: number | null;
  readonly resolutionHours: number | null;
  readonly slaMet: boolean | null;
  readonly closedBy: number | null;
  readonly sessionId: string | null;
}

/** A pure function of a ticket's events in order. */
export function describeTicket(events: readonly ListedEvent[]): TicketSummary {
  const created = events.find(({ event_name: name }) => name === "ticket.created");
  const closed = events.findLast(({ event_name: name }) => name === "ticket.closed");
  const after = closed === undefined ? [] : events.slice(events.indexOf(closed) + 1);
  const openAgain = after.some(
    ({ event_name: name, attributes }) =>
      name === "ticket.status_changed" &&
      attributes["to_status"] !== "closed" &&
      attributes["to_status"] !== "resolved",
  );
  const hours = closed?.attributes["resolution_duration_hours"];
  const slaMet = closed?.attributes["sla_met"];
  return {
    createdAtMs: created === undefined ? null : Date.parse(created.occurred_at),
    closedAtMs: closed === undefined || openAgain ? null : Date.parse(closed.occurred_at),
    resolutionHours: typeof hours === "number" ? hours : null,
    slaMet: typeof slaMet === "boolean" ? slaMet : null,
    closedBy: closed?.agent_id ?? null,
    sessionId: events.find(({ session_id: id }) => id !== null)?.session_id ?? null,
  };
}
