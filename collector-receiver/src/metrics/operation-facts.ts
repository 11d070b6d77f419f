import type { CountableEvent } from "../mapping/business-event.ts";
import { agentStateRowOf } from "./agent-states.ts";
import type { AgentStateRow } from "./agent-states.ts";
import type { OwnWordLists } from "./words.ts";

/** What a batch says of its agents; nothing if it names none. */
export class OperationFacts {
  readonly agentStates: AgentStateRow[] = [];

  /** Adds an event that is not a test. */
  addEvent(event: CountableEvent, words: OwnWordLists): void {
    const row = agentStateRowOf(event, words);
    if (row !== null) this.agentStates.push(row);
  }
}
