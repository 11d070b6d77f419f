import { aiColumns, aiPriceKeys } from "../../metrics/ai-calls.ts";
import { segmentCounterColumns } from "../../metrics/counter-columns.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** A column of text that may name a person. */
interface TextColumn {
  readonly table: string;
  readonly column: string;
  /** Characters that it holds. */
  readonly maxLength: number;
  /** Set if the column is part of the key: rows that get the same text are added up. */
  readonly counted?: { readonly key: readonly string[]; readonly amounts: readonly string[] };
  /** SQL that is true of the rows whose text may name somebody; all unless given. */
  readonly where?: string;
}

/** Every such column but those of events and rejected events. A test holds this list against the schema. */
export const censoredColumns: readonly TextColumn[] = [
  {
    table: "analytics_event_counts",
    column: "event_name",
    maxLength: 50,
    counted: { key: ["day"], amounts: ["events"] },
  },
  {
    table: "analytics_attribute_counts",
    column: "event_name",
    maxLength: 50,
    counted: { key: ["day", "attribute", "value"], amounts: ["events", "succeeded"] },
  },
  {
    table: "analytics_attribute_counts",
    column: "value",
    maxLength: Infinity,
    counted: { key: ["day", "event_name", "attribute"], amounts: ["events", "succeeded"] },
    // The values of all others are of lists.
    where: "event_name = 'session.escalate' and attribute = 'reason'",
  },
  {
    table: "analytics_data_quality",
    column: "event_name",
    maxLength: 50,
    counted: { key: ["day", "code", "attribute", "detail"], amounts: ["events"] },
  },
  {
    table: "analytics_data_quality",
    column: "detail",
    maxLength: Infinity,
    counted: { key: ["day", "code", "attribute", "event_name"], amounts: ["events"] },
    where: "code = 'unknown_word'",
  },
  {
    table: "analytics_segment_counters",
    column: "value",
    maxLength: Infinity,
    counted: { key: ["day", "dimension"], amounts: segmentCounterColumns },
    where: "dimension = 'product'",
  },
  ...aiPriceKeys.map((column) => ({
    table: "analytics_ai_tokens",
    column,
    maxLength: 64,
    counted: { key: ["day", ...aiPriceKeys.filter((name) => name !== column)], amounts: aiColumns },
  })),
  { table: "analytics_agent_metrics", column: "agent_name", maxLength: Infinity },
  { table: "analytics_agent_states", column: "session_id", maxLength: 64 },
  { table: "analytics_agent_states", column: "login_id", maxLength: Infinity },
  { table: "analytics_sessions", column: "channel", maxLength: Infinity },
  { table: "analytics_sessions", column: "segments", maxLength: Infinity },
  { table: "analytics_sessions", column: "prev_segments", maxLength: Infinity },
  { table: "analytics_sources", column: "service_name", maxLength: Infinity },
  { table: "analytics_notes", column: "text", maxLength: 200 },
  { table: "analytics_rejected_events", column: "event_name", maxLength: 50 },
  { table: "analytics_rejected_events", column: "service_name", maxLength: Infinity },
  { table: "analytics_rejected_events", column: "reason", maxLength: Infinity },
  { table: "analytics_waiting_events", column: "service_name", maxLength: Infinity },
];

/**
 * Writes the texts of a column anew that hold `id`.
 * @param censor from a stored text to what stands there afterwards
 * @returns how many rows changed
 */
export async function censorColumn(
  client: WriterConnection,
  tenantId: string,
  id: string,
  { table, column, maxLength, counted, where = "true" }: TextColumn,
  censor: (text: string, maxLength: number) => string,
): Promise<number> {
  const { rows } = await client.query<{ text: string }>({
    text: `
      select distinct ${column} as text from ${table}
      where tenant_id = $1 and ${where} and (position($2 in ${column}) > 0 or position('#' in $2) > 0 and ${column} is not null)`,
    values: [tenantId, id],
  });
  const pairs = rows
    .map(({ text }) => [text, censor(text, maxLength)] as const)
    .filter(([before, after]) => before !== after);
  if (pairs.length === 0) return 0;
  const values = [tenantId, pairs.map(([before]) => before), pairs.map(([, after]) => after)];
  const renamed = "unnest($2::text[], $3::text[]) as renamed (before, after)";
  if (counted === undefined) {
    const changed = await client.query({
      text: `update ${table} t set ${column} = renamed.after from ${renamed} where t.tenant_id = $1 and t.${column} = renamed.before and ${where}`,
      values,
    });
    return changed.rowCount ?? 0;
  }
  const { key, amounts } = counted;
  const names = amounts.join(", ");
  const moved = await client.query<{ rows: number }>({
    text: `
      with taken as (
        delete from ${table} t using ${renamed}
        where t.tenant_id = $1 and t.${column} = renamed.before and ${where}
        returning ${key.map((name) => `t.${name}`).join(", ")}, renamed.after, ${amounts.map((name) => `t.${name}`).join(", ")}
      ), added as (
        insert into ${table} as t (tenant_id, ${key.join(", ")}, ${column}, ${names})
        select $1, ${key.join(", ")}, after, ${amounts.map((name) => `sum(${name})`).join(", ")} from taken group by ${key.join(", ")}, after
        on conflict (tenant_id, ${[...key, column].join(", ")}) do update set
          ${amounts.map((name) => `${name} = t.${name} + excluded.${name}`).join(", ")}
      )
      select count(*)::int as rows from taken`,
    values,
  });
  return moved.rows[0]?.rows ?? 0;
}
