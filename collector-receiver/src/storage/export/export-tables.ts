import { agentColumns, businessColumns } from "../../metrics/counter-columns.ts";
import { sessionMark } from "../../metrics/session-marks.ts";

/** How a value is written: text, a whole number, a double, true or false, an instant, a business day, or a JSON object. */
export type ExportType = "text" | "int" | "double" | "boolean" | "time" | "day" | "json";

/** A column of an exported table. Names and types stay; a release may add columns. */
export interface ExportColumn {
  readonly name: string;
  readonly type: ExportType;
  /** SQL of the value. */
  readonly from: string;
  /** True if it says who somebody is. */
  readonly person?: true;
  readonly meaning: string;
}

export interface ExportTable {
  readonly name: ExportTableName;
  readonly columns: readonly ExportColumn[];
  /** SQL behind `select …`: the rows of one business day, in a stable order. `$1` tenant, `$2` and `$3` its instants, `$4` the day. */
  readonly rows: string;
}

export const exportTableNames = ["events", "sessions", "tickets", "agent_days", "counters"] as const;
export type ExportTableName = (typeof exportTableNames)[number];

const column = (name: string, type: ExportType, meaning: string, from = name): ExportColumn => ({
  name,
  type,
  from,
  meaning,
});
const person = (name: string, meaning: string): ExportColumn => ({ ...column(name, "text", meaning), person: true });
const dayOf = column("day", "day", "Business day that the row belongs to", "$4::text::date");

const counters = (columns: readonly { readonly column: string; readonly decimals: number }[]): ExportColumn[] =>
  columns.map(({ column: name, decimals }) =>
    column(name, decimals === 0 ? "int" : "double", `The counter \`${name}\``),
  );

export const exportTables: readonly ExportTable[] = [
  {
    name: "events",
    columns: [
      dayOf,
      column("event_id", "text", "Identity of the event, a UUID"),
      column("event_name", "text", "Name in the catalogue, or a custom one"),
      column("occurred_at", "time", "When it occurred"),
      person("session_id", "Conversation"),
      person("agent_id", "Human agent"),
      column("ticket_id", "int", "Ticket"),
      column("service_name", "text", "Product that recorded it"),
      column("trace_id", "text", "Trace, 32 hex digits"),
      column(
        "test",
        "boolean",
        "True if it is stored and never counted",
        "coalesce(event_data -> 'test' = 'true', false)",
      ),
      column("event_data", "json", "Its attributes"),
    ],
    rows: `from analytics_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3 and $4::text is not null
      order by occurred_at, event_id`,
  },
  {
    name: "sessions",
    columns: [
      dayOf,
      person("session_id", "Conversation"),
      column("first_seen_at", "time", "First event of it; decides the day"),
      column("first_start_at", "time", "First `session.start`"),
      column("last_activity_at", "time", "Last event of it"),
      column("first_end_at", "time", "First `session.end`"),
      column("escalated_at", "time", "First escalation"),
      column("taken_over_at", "time", "First takeover by a human"),
      column("first_answer_at", "time", "First answer of the AI"),
      column("channel", "text", "Channel of the first start"),
      person("user_id", "Customer"),
      person("first_takeover_agent_id", "Agent of the first takeover"),
      column("first_wait_ms", "int", "Wait until the first takeover"),
      column("rating", "int", "Latest rating, 1 to 5", "rating & 7"),
      column("test", "boolean", "True if it counts nowhere", `(marks & ${sessionMark.test}) <> 0`),
    ],
    rows: `from analytics_sessions where tenant_id = $1 and first_seen_at >= $2 and first_seen_at < $3 and $4::text is not null
      order by first_seen_at, session_id`,
  },
  {
    name: "tickets",
    columns: [
      dayOf,
      column("ticket_id", "int", "Ticket"),
      column("first_seen_at", "time", "First event of it; decides the day"),
      column("created_at", "time", "When it was created"),
      column("first_assigned_at", "time", "First assignment"),
      column("first_closed_at", "time", "First close"),
      column("last_closed_at", "time", "Last close"),
      column("last_reopened_at", "time", "Last reopening"),
    ],
    rows: `from analytics_tickets where tenant_id = $1 and first_seen_at >= $2 and first_seen_at < $3 and $4::text is not null
      order by first_seen_at, ticket_id`,
  },
  {
    name: "agent_days",
    columns: [
      { ...dayOf, from: "day" },
      person("agent_id", "Human agent; empty for what names none"),
      person("agent_name", "Latest name on that day"),
      ...counters(agentColumns),
    ],
    rows: `from analytics_agent_metrics where tenant_id = $1 and day = $4::text::date and $2::timestamptz < $3::timestamptz
      order by agent_id`,
  },
  {
    name: "counters",
    columns: [
      { ...dayOf, from: "period_start" },
      ...counters(businessColumns),
      column("unique_customers", "int", "Distinct customers of the day: they do not add up over days"),
    ],
    rows: `from analytics_business_metrics where tenant_id = $1 and period_type = 'day' and period_value = $4::text
      and $2::timestamptz < $3::timestamptz`,
  },
];
