import type pg from "pg";
import { exportTables } from "./export-tables.ts";
import type { ExportColumn, ExportTable, ExportTableName, ExportType } from "./export-tables.ts";

/** A business day of a tenant. */
export interface ExportDay {
  readonly tenantId: string;
  readonly day: string;
  /** First instant, and that of the next day, ms since 1970. */
  readonly startMs: number;
  readonly endMs: number;
}

const fetchRows = 5000;

/** All values come as text: a double would change large integers, and times come as milliseconds. */
const textOf: Readonly<Record<ExportType, (sql: string) => string>> = {
  text: (sql) => `(${sql})::text`,
  int: (sql) => `(${sql})::text`,
  double: (sql) => `(${sql})::text`,
  boolean: (sql) => `(${sql})::text`,
  time: (sql) => `floor(extract(epoch from ${sql}) * 1000)::bigint::text`,
  day: (sql) => `to_char(${sql}, 'YYYY-MM-DD')`,
  json: (sql) => `(${sql})::text`,
};

const selected = ({ name, type, from }: ExportColumn): string => `${textOf[type](from)} as ${name}`;

/** The rows of a table that belong to a day, in groups, in an open transaction. Values are texts in the order of its columns. */
export async function* readExportRows(
  client: pg.Client,
  { columns, rows }: ExportTable,
  { tenantId, day, startMs, endMs }: ExportDay,
): AsyncGenerator<readonly (readonly (string | null)[])[]> {
  await client.query({
    text: `declare exported no scroll cursor for select ${columns.map(selected).join(", ")} ${rows}`,
    values: [tenantId, new Date(startMs).toISOString(), new Date(endMs).toISOString(), day],
  });
  for (;;) {
    const fetched = await client.query<(string | null)[]>({
      text: `fetch ${fetchRows} from exported`,
      rowMode: "array",
    });
    if (fetched.rows.length === 0) break;
    yield fetched.rows;
  }
  await client.query("close exported");
}

/** SQL of a number that changes with what is exported of the rows of a day. */
function factsOf(name: ExportTableName): string {
  const columns = exportTables.find((table) => table.name === name)!.columns.filter((column) => column.name !== "day");
  return `sum(hash_record_extended(row(${columns.map(({ from }) => from).join(", ")}), 0))`;
}

/**
 * What tells whether a day has changed: revisions of its counters, how many rows it has, and what they say. A late event of another
 * day may change what a session or a ticket says.
 * @returns by day; a day of which nothing is stored is missing
 */
export async function readDayRevisions(client: pg.Client, days: readonly ExportDay[]): Promise<Map<string, string>> {
  const { rows } = await client.query<{ day: string; revision: string }>({
    text: `
      select day, concat_ws(':', counter.revision, agents.revision, events.rows, events.newest, sessions.rows, sessions.facts,
        tickets.rows, tickets.facts) as revision
      from unnest($2::text[], $3::timestamptz[], $4::timestamptz[]) as wanted (day, starts, ends)
      left join lateral (
        select revision from analytics_business_metrics
        where tenant_id = $1 and period_type = 'day' and period_value = wanted.day) as counter on true
      cross join lateral (
        select sum(revision) as revision from analytics_agent_metrics where tenant_id = $1 and day = wanted.day::date) as agents
      cross join lateral (
        select count(*) as rows, max(id) as newest from analytics_events
        where tenant_id = $1 and occurred_at >= starts and occurred_at < ends) as events
      cross join lateral (
        select count(*) as rows, ${factsOf("sessions")} as facts from analytics_sessions
        where tenant_id = $1 and first_seen_at >= starts and first_seen_at < ends) as sessions
      cross join lateral (
        select count(*) as rows, ${factsOf("tickets")} as facts from analytics_tickets
        where tenant_id = $1 and first_seen_at >= starts and first_seen_at < ends) as tickets
      where counter.revision is not null or events.rows > 0 or sessions.rows > 0 or tickets.rows > 0`,
    values: [
      days[0]?.tenantId ?? "",
      days.map(({ day }) => day),
      days.map(({ startMs }) => new Date(startMs).toISOString()),
      days.map(({ endMs }) => new Date(endMs).toISOString()),
    ],
  });
  return new Map(rows.map(({ day, revision }) => [day, revision]));
}

/** What a tenant has to be exported. */
export interface ExportBounds {
  readonly timezone: string;
  /** The first event that is stored, ms since 1970. */
  readonly firstMs: number | null;
  /** What occurred before is gone by retention, ms since 1970. */
  readonly retainedFromMs: number | null;
  /** When somebody was erased last. */
  readonly lastErase: string | null;
}

/** Reads what bounds an export. */
export async function readExportBounds(client: pg.Client, tenantId: string): Promise<ExportBounds> {
  const { rows } = await client.query<{
    timezone: string;
    first: string | null;
    retained_from: string | null;
    last_erase: string | null;
  }>(
    `select timezone, (extract(epoch from retained_from) * 1000)::text as retained_from,
       (select (extract(epoch from min(occurred_at)) * 1000)::text from analytics_events where tenant_id = $1) as first,
       (select max(performed_at)::text from analytics_audit where tenant_id = $1 and action = 'erase') as last_erase
     from analytics_settings where tenant_id = $1`,
    [tenantId],
  );
  const [row] = rows;
  return {
    timezone: row?.timezone ?? "UTC",
    firstMs: row?.first == null ? null : Number(row.first),
    retainedFromMs: row?.retained_from == null ? null : Number(row.retained_from),
    lastErase: row?.last_erase ?? null,
  };
}
