import type { CountableEvent } from "../mapping/business-event.ts";
import { agentStateRowOf } from "./agent-states.ts";
import type { AgentStateRow } from "./agent-states.ts";

/** What a batch says of its agents; nothing if it names none. */
export class OperationFacts {
  readonly agentStates: AgentStateRow[] = [];

  /** Adds an event that is no test. */
  addEvent(event: CountableEvent): void {
    const row = agentStateRowOf(event);
    if (row !== null) this.agentStates.push(row);
  }
}
