import { eventCounters } from "./event-counters.ts";
import type { AgentEventColumn, EventCounterColumn } from "./event-counters.ts";
import { sessionCounters, takeoverCounters } from "./session-contribution.ts";
import type { SessionCounterColumn, TakeoverCounterColumn } from "./session-contribution.ts";
import { ticketCounters } from "./ticket-contribution.ts";
import type { TicketAgentColumn, TicketCounterColumn } from "./ticket-contribution.ts";

/**
 * The columns of counters, derived from where each counter is defined (`eventCounters`, `sessionCounters`, `takeoverCounters`, `ticketCounters`). Writing, reading,
 * `verify`, `rebuild`, live and dashboards take them from here.
 */
export interface StoredCounter<Column extends string = string> {
  readonly column: Column;
  /** The stored number is the scaled integer / 10^`decimals`. */
  readonly decimals: number;
}

type BusinessColumn = EventCounterColumn | SessionCounterColumn | TakeoverCounterColumn | TicketCounterColumn;
/** A counter that is kept by segment as well. */
export type SegmentColumn = SessionCounterColumn | TakeoverCounterColumn;
/** A counter that is kept by agent as well; the agents add up to the business metrics. */
export type AgentCounterColumn = AgentEventColumn | TakeoverCounterColumn | TicketAgentColumn;

/** Counters of a business row that add up, in the order of its `amounts`. */
export const businessColumns: readonly StoredCounter<BusinessColumn>[] = [
  ...eventCounters,
  ...sessionCounters,
  ...takeoverCounters,
  ...ticketCounters,
].map(({ column, decimals }) => ({ column, decimals }));

/** Counters of an agent row in the order of its `amounts`. */
export const agentColumns: readonly StoredCounter<AgentCounterColumn>[] = [
  ...eventCounters.filter((counter) => counter.byAgent),
  ...takeoverCounters,
  ...ticketCounters.filter((counter) => counter.byAgent),
].map(({ column, decimals }) => ({ column: column as AgentCounterColumn, decimals }));

/** Counters of a segment's row in the order of its `amounts`: what sessions contribute. */
export const segmentColumns: readonly StoredCounter<SegmentColumn>[] = [...sessionCounters, ...takeoverCounters].map(
  ({ column, decimals }) => ({ column, decimals }),
);

/** Distinct customers: moved by the statement that stores a business row, because they do not add up. */
const customerColumn = "unique_customers";

/** A counter of `analytics_business_metrics`. */
export type CounterColumn = BusinessColumn | typeof customerColumn;

/** Every counter of `analytics_business_metrics`. */
export const businessCounterColumns: readonly CounterColumn[] = [
  ...businessColumns.map(({ column }) => column),
  customerColumn,
];

/** Every counter of `analytics_agent_metrics`. */
export const agentCounterColumns: readonly AgentCounterColumn[] = agentColumns.map(({ column }) => column);

/** Every counter of `analytics_segment_counters`. */
export const segmentCounterColumns: readonly SegmentColumn[] = segmentColumns.map(({ column }) => column);
