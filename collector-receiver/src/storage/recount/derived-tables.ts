import { aiColumns, aiPriceKeys } from "../../metrics/ai-calls.ts";
import { agentCounterColumns, businessCounterColumns, segmentCounterColumns } from "../../metrics/counter-columns.ts";
import { hourCounters } from "../../metrics/hour-contribution.ts";
import type { TenantRules } from "../../metrics/session-contribution.ts";
import { bucketColumns } from "../counters/bucket-columns.ts";
import { sessionColumns } from "../facts/session-columns.ts";
import { ticketColumns } from "../facts/upsert-tickets.ts";
import type { DerivedTable } from "./shadow-tables.ts";

/** Everything that is computed from `analytics_events`: what `verify` compares and `rebuild` mends. */
export const sessionTable: DerivedTable = {
  table: "analytics_sessions",
  key: ["session_id"],
  counters: [],
  facts: Object.keys(sessionColumns),
};

export const counterTables: readonly DerivedTable[] = [
  {
    table: "analytics_business_metrics",
    key: ["period_type", "period_value"],
    fromKey: ["period_start"],
    counters: businessCounterColumns,
    facts: [],
    hasRevision: true,
  },
  {
    table: "analytics_agent_metrics",
    key: ["day", "coalesce(agent_id::text, 'unattributed')"],
    ids: ["day", "agent_id"],
    counters: agentCounterColumns,
    facts: ["agent_name", "agent_name_at", "agent_name_event_id"],
    hasRevision: true,
  },
  { table: "analytics_event_counts", key: ["day", "event_name"], counters: ["events"], facts: [] },
  {
    table: "analytics_attribute_counts",
    key: ["day", "event_name", "attribute", "value"],
    counters: ["events", "succeeded"],
    facts: [],
  },
  {
    table: "analytics_segment_counters",
    key: ["day", "dimension", "value"],
    counters: segmentCounterColumns,
    facts: [],
  },
  { table: "analytics_ai_tokens", key: ["day", ...aiPriceKeys], counters: aiColumns, facts: [] },
  {
    table: "analytics_hour_counters",
    key: ["day", "hour"],
    counters: hourCounters.map(({ column }) => column),
    facts: [],
  },
  {
    table: "analytics_data_quality",
    key: ["day", "code", "attribute", "detail", "event_name"],
    counters: ["events"],
    facts: [],
    evidence: ["example"],
  },
  {
    table: "analytics_duration_counters",
    key: ["day", "metric", "first_bucket"],
    counters: bucketColumns,
    facts: [],
    readAt: ([day, metric, firstBucket], column) => ({
      table: "analytics_duration_histograms",
      row: `${day} ${metric} ${Number(firstBucket) + bucketColumns.indexOf(column)}`,
      column: "count",
    }),
  },
];

/** Counts in bits (customer-months.ts): equal counts are equal rows, but they cannot be subtracted as columns. */
export const customerTable: DerivedTable = {
  table: "analytics_customers",
  key: ["month", "user_id"],
  counters: ["days"],
  facts: ["repeats"],
};

/** Facts of agents and tickets: `rebuild` replaces the rows that drift. Counters depend on those of tickets. */
export const operationTables = {
  tickets: {
    table: "analytics_tickets",
    key: ["ticket_id"],
    counters: [],
    facts: Object.keys(ticketColumns),
  },
  ticketChanges: {
    table: "analytics_ticket_changes",
    key: ["ticket_id", "changed_at", "event_id"],
    counters: [],
    facts: ["kind", "sla_met", "resolution_ms", "agent_id"],
  },
  agentStates: {
    table: "analytics_agent_states",
    key: ["agent_id", "changed_at", "event_id"],
    counters: [],
    facts: ["state", "kind", "session_id", "login_id"],
  },
} as const satisfies Record<string, DerivedTable>;

/** Counts and sums of a product's own metrics. */
export const customCounterTable: DerivedTable = {
  table: "analytics_custom_counters",
  key: ["day", "metric", "group_value"],
  counters: ["events", "total"],
  facts: [],
};

/** Their distinct sessions: mended together, by correct-custom-sessions.ts. */
const customSessionTables: readonly DerivedTable[] = [
  {
    table: "analytics_custom_sessions",
    key: ["metric", "group_value", "period_type", "period_value", "session_id"],
    counters: ["events"],
    facts: [],
  },
  {
    table: "analytics_custom_session_counts",
    key: ["period_type", "period_value", "metric", "group_value"],
    counters: ["sessions"],
    facts: [],
  },
];

/** What every tenant has. */
export const derivedTables: readonly DerivedTable[] = [
  sessionTable,
  ...counterTables,
  customerTable,
  ...Object.values(operationTables),
];

/** What own metrics need beyond the tables of every tenant. */
export const customTables: readonly DerivedTable[] = [customCounterTable, ...customSessionTables];

/** Everything that is computed from the events of these tenants; what own metrics need only if one of them has some. */
export function derivedTablesOf(tenants: Iterable<Pick<TenantRules, "custom">>): readonly DerivedTable[] {
  for (const { custom } of tenants) if (custom !== null) return [...derivedTables, ...customTables];
  return derivedTables;
}
