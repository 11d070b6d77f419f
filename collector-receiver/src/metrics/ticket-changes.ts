import type { CountableEvent } from "../mapping/business-event.ts";
import { meaningOf } from "./words.ts";
import type { OwnWordLists } from "./words.ts";

/**
 * What an event does to a ticket. `closed`: `ticket.closed`. `set_closed`: a status in which work is over, from one in which
 * it is not. `is_closed`: such a status from another one like it, or from none that is told. `reopened`: a status in which
 * work is not over, from one in which it is, or from none that is told.
 */
export type TicketChangeKind = "closed" | "set_closed" | "is_closed" | "reopened";

/** One row of `analytics_ticket_changes`. */
export interface TicketChange {
  readonly tenantId: string;
  readonly ticketId: number;
  readonly atMs: number;
  readonly eventId: string;
  readonly kind: TicketChangeKind;
  /** Of `ticket.closed`; null if it does not say. */
  readonly slaMet: boolean | null;
  /** From creation to close; null if it does not say. */
  readonly resolutionMs: number | null;
  /** Of `ticket.closed`; null: nobody is named. */
  readonly agentId: number | null;
}

/** Whether work on a ticket is over (`closed`) or not (`open`) in a product's status; a word that no list knows is open. */
export function ticketStateOf(status: string, words: OwnWordLists): "open" | "closed" {
  return meaningOf("ticket_status", status, words) ?? "open";
}

const hourMs = 3_600_000;

/** The change that an event tells of its ticket; null if it closes and reopens nothing. */
export function ticketChangeOf(event: CountableEvent, words: OwnWordLists): TicketChange | null {
  const kind = kindOf(event, words);
  if (kind === null) return null;
  const { tenantId, ticketId, occurredAtMs: atMs, eventId } = event;
  const change = { tenantId, ticketId: ticketId as number, atMs, eventId, kind };
  if (kind !== "closed") return { ...change, slaMet: null, resolutionMs: null, agentId: null };
  const { sla_met: sla, resolution_duration_hours: hours } = event.attributes;
  return {
    ...change,
    slaMet: typeof sla === "boolean" ? sla : null,
    resolutionMs: typeof hours === "number" ? Math.round(hours * hourMs) : null,
    agentId: event.agentId,
  };
}

function kindOf({ name, attributes }: CountableEvent, words: OwnWordLists): TicketChangeKind | null {
  if (name === "ticket.closed") return "closed";
  const { from_status: from, to_status: to } = attributes;
  if (name !== "ticket.status_changed" || typeof to !== "string") return null;
  const wasOpen = typeof from === "string" && ticketStateOf(from, words) === "open";
  if (ticketStateOf(to, words) === "closed") return wasOpen ? "set_closed" : "is_closed";
  return wasOpen ? null : "reopened";
}

/** By (time, reopening before close, event id): a close at the instant of a reopening closes what was reopened. */
export function compareTicketChanges(a: TicketChange, b: TicketChange): number {
  return (
    a.atMs - b.atMs ||
    Number(a.kind !== "reopened") - Number(b.kind !== "reopened") ||
    (a.eventId < b.eventId ? -1 : Number(a.eventId > b.eventId))
  );
}
