import type { CountableEvent } from "../mapping/business-event.ts";
import { activitySpanMs, stateAfter } from "./agent-states.ts";
import type { AgentActivity, AgentStateRow } from "./agent-states.ts";

/** What a batch says of its agents; nothing if it names none. */
export class OperationFacts {
  readonly agentStates: AgentStateRow[] = [];
  readonly agentActivity = new Map<string, AgentActivity>();

  /** Adds an event that is no test. */
  addEvent(event: CountableEvent): void {
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
