import type { CountableEvent } from "../mapping/business-event.ts";
import { activitySpanMs, stateAfter } from "./agent-states.ts";
import type { AgentActivity, AgentStateRow } from "./agent-states.ts";
import { addEventToTicket } from "./ticket-facts.ts";
import type { TicketFacts } from "./ticket-facts.ts";

const ticketEvents: ReadonlySet<string> = new Set([
  "ticket.created",
  "ticket.assigned",
  "ticket.status_changed",
  "ticket.closed",
]);

/** What a batch says of its agents and tickets; nothing where it names none. */
export class OperationFacts {
  readonly tickets = new Map<string, TicketFacts>();
  readonly agentStates: AgentStateRow[] = [];
  readonly agentActivity = new Map<string, AgentActivity>();

  /** Adds an event that is no test. */
  addEvent(event: CountableEvent): void {
    if (event.ticketId !== null && ticketEvents.has(event.name)) {
      const key = `${event.tenantId}\n${event.ticketId}`;
      this.tickets.set(key, addEventToTicket(this.tickets.get(key), event));
    }
    if (event.agentId !== null) this.#addSignOfLife(event, event.agentId);
  }

  #addSignOfLife(event: CountableEvent, agentId: number): void {
    const { tenantId, occurredAtMs } = event;
    const state = stateAfter(event);
    if (state !== null) {
      this.agentStates.push({ tenantId, agentId, changedMs: occurredAtMs, eventId: event.eventId, state });
    }
    const halfHourMs = Math.floor(occurredAtMs / activitySpanMs) * activitySpanMs;
    const key = `${tenantId}\n${agentId}\n${halfHourMs}`;
    const known = this.agentActivity.get(key);
    if (known === undefined) {
      this.agentActivity.set(key, { tenantId, agentId, halfHourMs, firstMs: occurredAtMs, lastMs: occurredAtMs });
    } else if (occurredAtMs < known.firstMs) known.firstMs = occurredAtMs;
    else if (occurredAtMs > known.lastMs) known.lastMs = occurredAtMs;
  }
}
