import type { BusinessEventName } from "@spanledger/sdk/event-catalogue";
import type { CustomCounting } from "./custom-counting.ts";
import { attributeCounters } from "./attribute-counters.ts";

/**
 * Counters that single events move, each defined once. Incremental counting, `verify` and `rebuild`
 * read this list; the columns are those of `analytics_business_metrics` and, where `byAgent` is set,
 * of `analytics_agent_metrics`.
 */
export interface EventCounter<Column extends string = string> {
  readonly column: Column;
  readonly event: BusinessEventName;
  /** Counts only where this boolean attribute has this value. */
  readonly when?: { readonly attribute: string; readonly is: boolean };
  /** Adds the attribute × 10^`shift` as an integer; without it, 1. An event without the attribute adds nothing. */
  readonly sum?: { readonly attribute: string; readonly shift: number };
  /** True where the count needs the attribute to be there (denominator of an average). */
  readonly present?: string;
  /** Decimals of the stored `numeric`: the column is the integer / 10^`decimals`. */
  readonly decimals: number;
  readonly byAgent: boolean;
}

const count = <Column extends string>(column: Column, event: BusinessEventName) =>
  ({ column, event, decimals: 0, byAgent: false }) as const;
const countByAgent = <Column extends string>(column: Column, event: BusinessEventName) =>
  ({ column, event, decimals: 0, byAgent: true }) as const;

const counters = [
  count("total_messages", "session.message"),
  { ...count("responses_timed", "session.message"), present: "response_time_ms" },
  {
    ...count("total_response_time_ms", "session.message"),
    sum: { attribute: "response_time_ms", shift: 0 },
  },
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
  countByAgent("sessions_released", "agent.session_release"),
  {
    ...countByAgent("total_handle_time_sec", "agent.session_release"),
    sum: { attribute: "handle_duration_seconds", shift: 3 },
    decimals: 3,
  },
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
/** Columns that are kept by agent as well; the agents add up to the business metrics. */
export type AgentCounterColumn = Extract<(typeof counters)[number], { byAgent: true }>["column"];

/** In the order of the columns. Event counters come before `sessionCounters` in a business row. */
export const eventCounters: readonly EventCounter<EventCounterColumn>[] = counters;

/** Durations whose distribution is kept, in ms. */
export interface DurationHistogram {
  readonly metric: string;
  readonly event: BusinessEventName;
  readonly attribute: string;
  /** Milliseconds in one unit of the attribute. */
  readonly unitMs: number;
  /** Only what of the duration lies in the tenant's working hours; it ended when the event occurred. */
  readonly inWorkingHours?: true;
}

export const durationHistograms: readonly DurationHistogram[] = [
  { metric: "response_time", event: "session.message", attribute: "response_time_ms", unitMs: 1 },
  { metric: "first_token", event: "session.message", attribute: "first_token_ms", unitMs: 1 },
  { metric: "order_query_time", event: "query.order", attribute: "response_time_ms", unitMs: 1 },
  {
    metric: "tracking_query_time",
    event: "query.tracking",
    attribute: "response_time_ms",
    unitMs: 1,
  },
  {
    metric: "first_response",
    event: "agent.session_takeover",
    attribute: "wait_duration_seconds",
    unitMs: 1000,
  },
  {
    metric: "handle_time",
    event: "agent.session_release",
    attribute: "handle_duration_seconds",
    unitMs: 1000,
  },
  {
    metric: "resolution_time",
    event: "ticket.closed",
    attribute: "resolution_duration_hours",
    unitMs: 3_600_000,
  },
  {
    metric: "first_response_business",
    event: "agent.session_takeover",
    attribute: "wait_duration_seconds",
    unitMs: 1000,
    inWorkingHours: true,
  },
  {
    metric: "handle_time_business",
    event: "agent.session_release",
    attribute: "handle_duration_seconds",
    unitMs: 1000,
    inWorkingHours: true,
  },
  {
    metric: "resolution_time_business",
    event: "ticket.closed",
    attribute: "resolution_duration_hours",
    unitMs: 3_600_000,
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
  "channel",
  "user_id",
  "agent_name",
  "role",
  "from_status",
  "to_status",
]);

/**
 * As `countedAttributes`, with those that a product's own metrics read: what mapping captures and a recount selects.
 * @returns the same set where the product has none
 */
export function countedAttributesWith(custom: CustomCounting | null): ReadonlySet<string> {
  return custom === null ? countedAttributes : new Set([...countedAttributes, ...custom.attributes]);
}
