import type { CountableEvent } from "../mapping/business-event.ts";
import { meaningOf } from "./words.ts";
import type { OwnWordLists } from "./words.ts";

/** What an agent is, as far as time is added up. */
export type AgentState = "online" | "away" | "busy" | "offline";

/** What an event of an agent is to the time that the agent is there. */
export type AgentEventKind = "login" | "logout" | "status" | "takeover" | "message" | "release" | "transfer" | "ticket";

/** An event of an agent. From one with a state on, until the next one, that is the state. */
export interface AgentStateRow {
  readonly tenantId: string;
  readonly agentId: number;
  readonly changedMs: number;
  readonly eventId: string;
  /** Null: the event says nothing of it. */
  readonly state: AgentState | null;
  readonly kind: AgentEventKind;
  /** Of an event about a session. */
  readonly sessionId: string | null;
  /** Tells the devices of an agent apart; null if the product does not. */
  readonly loginId: string | null;
}

/**
 * An agent's event that is this much behind the watermark is late: it makes the days void that are kept of agents' time. No day
 * is kept that an event may change which is not late.
 */
export const lateAfterMs = 3_600_000;

const kinds: ReadonlyMap<string, AgentEventKind> = new Map([
  ["agent.login", "login"],
  ["agent.logout", "logout"],
  ["agent.status_change", "status"],
  ["agent.session_takeover", "takeover"],
  ["agent.session_message", "message"],
  ["agent.session_release", "release"],
  ["agent.session_transfer", "transfer"],
  ["ticket.created", "ticket"],
  ["ticket.assigned", "ticket"],
  ["ticket.status_changed", "ticket"],
  ["ticket.closed", "ticket"],
]);

/** What an event says of its agent's time; null if it names no agent, or is another one's. */
export function agentStateRowOf(event: CountableEvent, words: OwnWordLists): AgentStateRow | null {
  const kind = kinds.get(event.name);
  if (kind === undefined || event.agentId === null) return null;
  const { login_id: loginId } = event.attributes;
  return {
    tenantId: event.tenantId,
    agentId: event.agentId,
    changedMs: event.occurredAtMs,
    eventId: event.eventId,
    state: stateAfter(event, words),
    kind,
    sessionId: kind === "ticket" ? null : event.sessionId,
    loginId: typeof loginId === "string" && loginId !== "" ? loginId : null,
  };
}

/**
 * The state that a product's status means. A word that no list knows is a reason to be away: the agent is logged in and takes
 * no customers.
 */
export function agentStateOf(status: string, words: OwnWordLists): AgentState {
  return meaningOf("agent_status", status, words) ?? "away";
}

/** The state that an event puts its agent into; null if it says nothing of it. */
function stateAfter(event: CountableEvent, words: OwnWordLists): AgentState | null {
  switch (event.name) {
    case "agent.login":
      return "online";
    case "agent.logout":
      return "offline";
    case "agent.status_change": {
      const status = event.attributes["to_status"];
      return typeof status === "string" ? agentStateOf(status, words) : null;
    }
    default:
      return null;
  }
}
