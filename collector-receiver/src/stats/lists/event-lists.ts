import type { BusinessEventName } from "@spanledger/sdk/event-catalogue";

/** Which events stand behind a figure that is a flow: the ones that a counter counted, and nothing else. */
export interface EventListDefinition {
  readonly event: BusinessEventName;
  /** What the partial index that serves it names its events by. */
  readonly by: "agent" | "ticket" | "miss";
  /** A boolean attribute that has to have this value. */
  readonly when?: { readonly attribute: string; readonly is: boolean };
  /** The counter that is as long as the list; null if the dictionary has none. */
  readonly counter: string | null;
}

/**
 * The lists of events, by the name that `of` takes. The same rules as `metrics/event-counters.ts`; a test
 * holds the length of each list against its counter.
 */
export const eventLists = {
  sessions_handled: { event: "agent.session_takeover", by: "agent", counter: "sessions_handled" },
  sessions_released: { event: "agent.session_release", by: "agent", counter: "sessions_released" },
  sessions_transferred: { event: "agent.session_transfer", by: "agent", counter: "sessions_transferred" },
  agent_messages_sent: { event: "agent.session_message", by: "agent", counter: "agent_messages_sent" },
  agent_logins: { event: "agent.login", by: "agent", counter: "agent_logins" },
  agent_logouts: { event: "agent.logout", by: "agent", counter: null },
  agent_status_changes: { event: "agent.status_change", by: "agent", counter: null },
  tickets_created: { event: "ticket.created", by: "ticket", counter: "tickets_created" },
  tickets_closed: { event: "ticket.closed", by: "ticket", counter: "tickets_closed" },
  tickets_sla_missed: {
    event: "ticket.closed",
    by: "miss",
    when: { attribute: "sla_met", is: false },
    counter: null,
  },
  order_queries_failed: {
    event: "query.order",
    by: "miss",
    when: { attribute: "success", is: false },
    counter: "order_queries_failed",
  },
  tracking_queries_failed: {
    event: "query.tracking",
    by: "miss",
    when: { attribute: "success", is: false },
    counter: "tracking_queries_failed",
  },
} as const satisfies Record<string, EventListDefinition>;

export type EventList = keyof typeof eventLists;
export const eventListNames = Object.keys(eventLists) as EventList[];

const listsOfFigure: Readonly<Record<string, readonly EventList[]>> = {
  sessions_handled: ["sessions_handled"],
  sessions_released: ["sessions_released"],
  sessions_transferred: ["sessions_transferred"],
  agent_messages_sent: ["agent_messages_sent"],
  agent_logins: ["agent_logins"],
  total_work_minutes: ["agent_logouts"],
  agent_online_ms: ["agent_status_changes", "agent_logins"],
  agent_busy_ms: ["agent_status_changes"],
  agent_away_ms: ["agent_status_changes"],
  agent_occupancy_rate: ["sessions_released"],
  first_response_p50_ms: ["sessions_handled"],
  first_response_p90_ms: ["sessions_handled"],
  first_response_business_p50_ms: ["sessions_handled"],
  first_response_business_p90_ms: ["sessions_handled"],
  handle_time_p50_ms: ["sessions_released"],
  handle_time_p90_ms: ["sessions_released"],
  handle_time_business_p50_ms: ["sessions_released"],
  handle_time_business_p90_ms: ["sessions_released"],
  avg_first_response_ms: ["sessions_handled"],
  avg_handle_time_sec: ["sessions_released"],
  messages_per_session_handled: ["agent_messages_sent"],
  transfer_rate: ["sessions_transferred"],
  tickets_created: ["tickets_created"],
  tickets_closed: ["tickets_closed"],
  tickets_sla_met: ["tickets_closed"],
  sla_met_rate: ["tickets_sla_missed"],
  order_queries_failed: ["order_queries_failed"],
  tracking_queries_failed: ["tracking_queries_failed"],
  order_query_success_rate: ["order_queries_failed"],
  tracking_query_success_rate: ["tracking_queries_failed"],
};

/** The lists of events behind a figure, the one that it counts first; none if it rests on sessions of a cohort. */
export function eventListsOf(figureKey: string): readonly EventList[] {
  return listsOfFigure[figureKey] ?? [];
}

/** Lists of an agent's own events: those that can be asked for one agent. */
export const isAgentList = (list: EventList): boolean =>
  eventLists[list].by !== "miss" || list === "tickets_sla_missed";
