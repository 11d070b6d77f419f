import type { CountableEvent } from "../mapping/business-event.ts";
import { meaningOf } from "./words.ts";

/** What an agent is, as far as time is added up. */
export type AgentState = "online" | "away" | "busy" | "offline";

/** One change of an agent's state; from it on, until the next one, that is the state. */
export interface AgentStateRow {
  readonly tenantId: string;
  readonly agentId: number;
  readonly changedMs: number;
  readonly eventId: string;
  readonly state: AgentState;
}

/** First and last sign of life of an agent in half an hour. */
export interface AgentActivity {
  readonly tenantId: string;
  readonly agentId: number;
  readonly halfHourMs: number;
  firstMs: number;
  lastMs: number;
}

/** The span of one row of activity, and the shortest heartbeat that may be set: gaps within it are not kept. */
export const activitySpanMs = 1_800_000;

/**
 * The state that a product's status means. A word that no list knows is a reason to be away: the agent is logged in and takes
 * no customers.
 */
export function agentStateOf(status: string): AgentState {
  return meaningOf("agent_status", status) ?? "away";
}

/** The state that an event puts its agent into; null where it says nothing of it. */
export function stateAfter(event: CountableEvent): AgentState | null {
  switch (event.name) {
    case "agent.login":
      return "online";
    case "agent.logout":
      return "offline";
    case "agent.status_change": {
      const status = event.attributes["to_status"];
      return typeof status === "string" ? agentStateOf(status) : null;
    }
    default:
      return null;
  }
}
