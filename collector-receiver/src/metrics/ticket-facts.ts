import type { CountableEvent } from "../mapping/business-event.ts";
import { meaningOf } from "./words.ts";

/** What is known of one ticket. Every fact merges by min or max, so the order of events does not matter. */
export interface TicketFacts {
  readonly tenantId: string;
  readonly ticketId: number;
  firstSeenMs: number;
  createdMs: number | null;
  firstAssignedMs: number | null;
  firstClosedMs: number | null;
  lastClosedMs: number | null;
  firstReopenedMs: number | null;
  lastReopenedMs: number | null;
}

/** Whether work on a ticket is over (`closed`) or not (`open`) in a product's status; a word that no list knows is open. */
export function ticketStateOf(status: string): "open" | "closed" {
  return meaningOf("ticket_status", status) ?? "open";
}

/** Whether an event closes its ticket: products may change the status alone. */
function isClosing({ name, attributes: { to_status: to } }: CountableEvent): boolean {
  if (name === "ticket.closed") return true;
  return name === "ticket.status_changed" && typeof to === "string" && ticketStateOf(to) === "closed";
}

/**
 * Whether an event reopens its ticket: a change from a status in which work is over to one in which it is not
 * (Zendesk counts its "reopens" so). An event alone tells, so the order in which events arrive does not matter.
 */
export function isReopening({ name, attributes }: CountableEvent): boolean {
  if (name !== "ticket.status_changed") return false;
  const { from_status: from, to_status: to } = attributes;
  return (
    typeof from === "string" &&
    typeof to === "string" &&
    ticketStateOf(from) === "closed" &&
    ticketStateOf(to) === "open"
  );
}

const least = (a: number | null, b: number): number => (a === null || b < a ? b : a);
const greatest = (a: number | null, b: number): number => (a === null || b > a ? b : a);

/** Adds what one event says to the facts of its ticket (or begins them). */
export function addEventToTicket(known: TicketFacts | undefined, event: CountableEvent): TicketFacts {
  const at = event.occurredAtMs;
  const facts: TicketFacts = known ?? {
    tenantId: event.tenantId,
    ticketId: event.ticketId as number,
    firstSeenMs: at,
    createdMs: null,
    firstAssignedMs: null,
    firstClosedMs: null,
    lastClosedMs: null,
    firstReopenedMs: null,
    lastReopenedMs: null,
  };
  facts.firstSeenMs = least(facts.firstSeenMs, at);
  if (event.name === "ticket.created") facts.createdMs = least(facts.createdMs, at);
  else if (event.name === "ticket.assigned") facts.firstAssignedMs = least(facts.firstAssignedMs, at);
  else if (isClosing(event)) {
    facts.firstClosedMs = least(facts.firstClosedMs, at);
    facts.lastClosedMs = greatest(facts.lastClosedMs, at);
  } else if (isReopening(event)) {
    facts.firstReopenedMs = least(facts.firstReopenedMs, at);
    facts.lastReopenedMs = greatest(facts.lastReopenedMs, at);
  }
  return facts;
}
