import type { BusinessEventName } from "@spanledger/sdk/event-catalogue";
import type { CustomCounting } from "./custom-counting.ts";
import { aiCallAttributes } from "./ai-calls.ts";
import { attributeCounters } from "./attribute-counters.ts";

/**
 * Counters that single events move, each defined once. Incremental counting, `verify` and `rebuild`
 * read this list; the columns are those of `analytics_business_metrics` and, if `byAgent` is set,
 * of `analytics_agent_metrics`.
 */
export interface EventCounter<Column extends string = string> {
  readonly column: Column;
  /** The events that it counts. */
  readonly events: readonly BusinessEventName[];
  /** True if only messages of the AI count. */
  readonly ofAi?: true;
  /** Counts only if this boolean attribute has this value. */
  readonly when?: { readonly attribute: string; readonly is: boolean };
  /** Adds the attribute × 10^`shift` as an integer; without it, 1. An event without the attribute adds nothing. */
  readonly sum?: { readonly attribute: string; readonly shift: number };
  /** Counts only if the attribute is there (denominator of an average or a share). */
  readonly present?: string;
  /** Decimals of the stored `numeric`: the column is the integer / 10^`decimals`. */
  readonly decimals: number;
  readonly byAgent: boolean;
}

const count = <Column extends string>(column: Column, ...events: BusinessEventName[]) =>
  ({ column, events, decimals: 0, byAgent: false }) as const;
const countByAgent = <Column extends string>(column: Column, ...events: BusinessEventName[]) =>
  ({ column, events, decimals: 0, byAgent: true }) as const;

/** With these an agent's work on a session ends. */
const handled = ["agent.session_release", "agent.session_transfer"] as const;

const counters = [
  count("total_messages", "session.message"),
  { ...count("responses_timed", "session.message"), present: "response_time_ms", ofAi: true },
  {
    ...count("total_response_time_ms", "session.message"),
    ofAi: true,
    sum: { attribute: "response_time_ms", shift: 0 },
  },
  { ...count("feedback_resolved", "session.feedback"), when: { attribute: "resolved", is: true } },
  { ...count("feedback_unresolved", "session.feedback"), when: { attribute: "resolved", is: false } },
  { ...count("order_queries_success", "query.order"), when: { attribute: "success", is: true } },
  { ...count("order_queries_failed", "query.order"), when: { attribute: "success", is: false } },
  {
    ...count("tracking_queries_success", "query.tracking"),
    when: { attribute: "success", is: true },
  },
  {
    ...count("tracking_queries_failed", "query.tracking"),
    when: { attribute: "success", is: false },
  },
  countByAgent("agent_logins", "agent.login"),
  {
    ...countByAgent("total_work_minutes", "agent.logout"),
    sum: { attribute: "work_duration_minutes", shift: 3 },
    decimals: 3,
  },
  countByAgent("sessions_handled", "agent.session_takeover"),
  {
    ...countByAgent("total_first_response_ms", "agent.session_takeover"),
    sum: { attribute: "wait_duration_seconds", shift: 3 },
  },
  { ...countByAgent("waits_known", "agent.session_takeover"), present: "wait_duration_seconds" },
  countByAgent("sessions_released", "agent.session_release"),
  {
    ...countByAgent("total_handle_time_sec", "agent.session_release"),
    sum: { attribute: "handle_duration_seconds", shift: 3 },
    decimals: 3,
  },
  { ...countByAgent("handles_known", ...handled), present: "handle_duration_seconds" },
  { ...countByAgent("handle_ms", ...handled), sum: { attribute: "handle_duration_seconds", shift: 3 } },
  countByAgent("agent_messages_sent", "agent.session_message"),
  countByAgent("sessions_transferred", "agent.session_transfer"),
  countByAgent("tickets_created", "ticket.created"),
  countByAgent("tickets_closed", "ticket.closed"),
  { ...countByAgent("tickets_sla_met", "ticket.closed"), when: { attribute: "sla_met", is: true } },
  {
    ...countByAgent("total_resolution_hours", "ticket.closed"),
    sum: { attribute: "resolution_duration_hours", shift: 6 },
    decimals: 6,
  },
] satisfies readonly EventCounter[];

export type EventCounterColumn = (typeof counters)[number]["column"];
/** Columns that are kept by agent as well. */
export type AgentEventColumn = Extract<(typeof counters)[number], { byAgent: true }>["column"];

/** In the order of the columns. Event counters come before `sessionCounters` in a business row. */
export const eventCounters: readonly EventCounter<EventCounterColumn>[] = counters;

/** Durations whose distribution is kept, in ms. */
export interface DurationHistogram {
  readonly metric: string;
  readonly events: readonly BusinessEventName[];
  readonly ofAi?: true;
  readonly attribute: string;
  /** Milliseconds in one unit of the attribute. */
  readonly unitMs: number;
  /** Only what of the duration lies in the tenant's working hours; it ended when the event occurred. */
  readonly inWorkingHours?: true;
}

export const durationHistograms: readonly DurationHistogram[] = [
  { metric: "response_time", events: ["session.message"], ofAi: true, attribute: "response_time_ms", unitMs: 1 },
  { metric: "first_token", events: ["session.message"], ofAi: true, attribute: "first_token_ms", unitMs: 1 },
  { metric: "order_query_time", events: ["query.order"], attribute: "response_time_ms", unitMs: 1 },
  {
    metric: "tracking_query_time",
    events: ["query.tracking"],
    attribute: "response_time_ms",
    unitMs: 1,
  },
  {
    metric: "handle_time",
    events: handled,
    attribute: "handle_duration_seconds",
    unitMs: 1000,
  },
  {
    metric: "handle_time_business",
    events: handled,
    attribute: "handle_duration_seconds",
    unitMs: 1000,
    inWorkingHours: true,
  },
];

/** Events whose `agent_name` is the latest known name of the agent. */
export const agentNameEvent: BusinessEventName = "agent.login";

/** Attributes that counters, histograms and session facts read: what mapping has to capture. */
export const countedAttributes: ReadonlySet<string> = new Set([
  ...eventCounters.flatMap((counter) => [
    ...(counter.when ? [counter.when.attribute] : []),
    ...(counter.sum ? [counter.sum.attribute] : []),
    ...(counter.present === undefined ? [] : [counter.present]),
  ]),
  ...durationHistograms.map((histogram) => histogram.attribute),
  ...attributeCounters.map((counter) => counter.attribute),
  ...aiCallAttributes,
  "channel",
  "user_id",
  "agent_name",
  "role",
  "from_status",
  "to_status",
  "login_id",
  "resolved",
  "rating",
]);

/**
 * As `countedAttributes`, with those that a product's own metrics read: what mapping captures and a recount selects.
 * @returns the same set if the product has none
 */
export function countedAttributesWith(custom: CustomCounting | null): ReadonlySet<string> {
  return custom === null ? countedAttributes : new Set([...countedAttributes, ...custom.attributes]);
}
