import type { CountableEvent } from "../mapping/business-event.ts";
import { ticketChangeOf } from "./ticket-changes.ts";
import type { TicketChange } from "./ticket-changes.ts";
import type { OwnWordLists } from "./words.ts";

/** What is known of one ticket. Every fact merges by min or max, so the order of events does not matter. */
export interface TicketFacts {
  readonly tenantId: string;
  readonly ticketId: number;
  firstSeenMs: number;
  createdMs: number | null;
  firstAssignedMs: number | null;
  /** This and the next three are for receivers of 0.2.0: figures rest on the changes. */
  firstClosedMs: number | null;
  lastClosedMs: number | null;
  firstReopenedMs: number | null;
  lastReopenedMs: number | null;
}

/** What a batch says of one ticket. */
export interface IncomingTicket {
  readonly facts: TicketFacts;
  readonly changes: TicketChange[];
}

const ticketEvents: ReadonlySet<string> = new Set([
  "ticket.created",
  "ticket.assigned",
  "ticket.status_changed",
  "ticket.closed",
]);

const least = (a: number | null, b: number): number => (a === null || b < a ? b : a);
const greatest = (a: number | null, b: number): number => (a === null || b > a ? b : a);

/** What events say of tickets, each ticket once. */
export class TicketFold {
  readonly tickets = new Map<string, IncomingTicket>();
  /** Rows that it makes. */
  rows = 0;

  /** Adds an event; one of no ticket and a test say nothing. */
  add(event: CountableEvent, words: OwnWordLists): void {
    const { tenantId, ticketId, occurredAtMs } = event;
    if (ticketId === null || event.test || !ticketEvents.has(event.name)) return;
    const key = `${tenantId}\n${ticketId}`;
    let ticket = this.tickets.get(key);
    if (ticket === undefined) {
      ticket = { facts: noFacts(tenantId, ticketId, occurredAtMs), changes: [] };
      this.tickets.set(key, ticket);
      this.rows++;
    }
    const change = ticketChangeOf(event, words);
    addEventToTicket(ticket.facts, event, change);
    if (change === null) return;
    ticket.changes.push(change);
    this.rows++;
  }
}

function noFacts(tenantId: string, ticketId: number, firstSeenMs: number): TicketFacts {
  return {
    tenantId,
    ticketId,
    firstSeenMs,
    createdMs: null,
    firstAssignedMs: null,
    firstClosedMs: null,
    lastClosedMs: null,
    firstReopenedMs: null,
    lastReopenedMs: null,
  };
}

function addEventToTicket(
  facts: TicketFacts,
  { name, occurredAtMs: at, attributes }: CountableEvent,
  change: TicketChange | null,
): void {
  facts.firstSeenMs = least(facts.firstSeenMs, at);
  if (name === "ticket.created") facts.createdMs = least(facts.createdMs, at);
  else if (name === "ticket.assigned") facts.firstAssignedMs = least(facts.firstAssignedMs, at);
  if (change === null) return;
  if (change.kind !== "reopened") {
    facts.firstClosedMs = least(facts.firstClosedMs, at);
    facts.lastClosedMs = greatest(facts.lastClosedMs, at);
  } else if (typeof attributes["from_status"] === "string") {
    facts.firstReopenedMs = least(facts.firstReopenedMs, at);
    facts.lastReopenedMs = greatest(facts.lastReopenedMs, at);
  }
}
