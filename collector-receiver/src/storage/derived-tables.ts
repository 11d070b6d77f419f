import { agentColumns, businessColumns } from "../metrics/counter-changes.ts";
import type { DerivedTable } from "./shadow-tables.ts";

/** Everything that is computed from `analytics_events`: what `verify` compares and `rebuild` mends. */
export const sessionTable: DerivedTable = {
  table: "analytics_sessions",
  key: ["session_id"],
  counters: [],
  facts: [
    "first_start_at",
    "first_start_event_id",
    "channel",
    "last_start_at",
    "first_seen_at",
    "last_activity_at",
    "first_end_at",
    "escalated_at",
    "taken_over_at",
    "user_id",
  ],
};

export const counterTables: readonly DerivedTable[] = [
  {
    table: "analytics_business_metrics",
    key: ["period_type", "period_value"],
    counters: [...businessColumns.map(({ column }) => column), "unique_customers"],
    facts: [],
  },
  {
    table: "analytics_agent_metrics",
    key: ["day", "coalesce(agent_id::text, 'unattributed')"],
    counters: agentColumns.map(({ column }) => column),
    facts: ["agent_name", "agent_name_at", "agent_name_event_id"],
  },
  { table: "analytics_event_counts", key: ["day", "event_name"], counters: ["events"], facts: [] },
  {
    table: "analytics_attribute_counts",
    key: ["day", "event_name", "attribute", "value"],
    counters: ["events"],
    facts: [],
  },
  {
    table: "analytics_duration_histograms",
    key: ["day", "metric", "bucket"],
    counters: ["count"],
    facts: [],
  },
];

/** Counts in bits (customer-months.ts): equal counts are equal rows, but they cannot be subtracted as columns. */
export const customerTable: DerivedTable = {
  table: "analytics_customers",
  key: ["month", "user_id"],
  counters: ["days"],
  facts: ["repeats"],
};

export const derivedTables: readonly DerivedTable[] = [sessionTable, ...counterTables, customerTable];
