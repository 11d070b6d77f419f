import type { Pool } from "pg";
import { qualityCodes } from "../../metrics/quality-codes.ts";
import type { QualityCode, QualityKind } from "../../metrics/quality-codes.ts";
import type { DayRange } from "../report-period.ts";

/** How many entries the ledger of data quality has of each kind; a kind without any is missing. */
export type QualityTotals = ReadonlyMap<QualityKind, number>;

/** What the ledger counts in a range of business days, by kind. */
export async function readQualityTotals(
  pool: Pick<Pool, "query">,
  tenantId: string,
  days: DayRange,
): Promise<QualityTotals> {
  const { rows } = await pool.query<{ code: QualityCode; events: string }>({
    name: "stats-read-quality-totals",
    text: readTotalsSql,
    values: [tenantId, days.startDate, days.endDate],
  });
  const totals = new Map<QualityKind, number>();
  for (const { code, events } of rows) {
    const { kind } = qualityCodes[code];
    totals.set(kind, (totals.get(kind) ?? 0) + Number(events));
  }
  return totals;
}

const readTotalsSql = `
select code, sum(events)::text as events
from analytics_data_quality
where tenant_id = $1 and day between $2::date and $3::date
group by code
having sum(events) > 0
`;

/** What identifies an entry of the ledger, whatever its day. */
export interface QualityKey {
  readonly code: QualityCode;
  readonly attribute: string;
  readonly detail: string;
  /** Empty for a rejected event without a name. */
  readonly eventName: string;
}

export interface QualityRow extends QualityKey {
  readonly events: number;
  /** First and last business day of the range that has one. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** At most three, the latest days first. */
  readonly examples: readonly string[];
}

/** The ledger of a range of business days, the most frequent first, at most `limit` rows. */
export async function readQualityRows(
  pool: Pick<Pool, "query">,
  tenantId: string,
  days: DayRange,
  limit: number,
): Promise<QualityRow[]> {
  const { rows } = await pool.query<{
    code: QualityCode;
    attribute: string;
    detail: string;
    event_name: string;
    events: string;
    first_day: string;
    last_day: string;
    examples: string[];
  }>({
    name: "stats-read-quality-rows",
    text: readRowsSql,
    values: [tenantId, days.startDate, days.endDate, limit],
  });
  return rows.map((row) => ({
    code: row.code,
    attribute: row.attribute,
    detail: row.detail,
    eventName: row.event_name,
    events: Number(row.events),
    firstDay: row.first_day,
    lastDay: row.last_day,
    examples: row.examples,
  }));
}

const readRowsSql = `
select code, attribute, detail, event_name, sum(events)::text as events,
  min(day) filter (where events > 0)::text as first_day, max(day) filter (where events > 0)::text as last_day,
  (array_remove(array_agg(example order by day desc) filter (where events > 0), null))[:3] as examples
from analytics_data_quality
where tenant_id = $1 and day between $2::date and $3::date
group by code, attribute, detail, event_name
having sum(events) > 0
order by sum(events) desc, code, attribute, detail, event_name
limit $4
`;

/** A business day on which the ledger has an entry. */
export interface QualityDay {
  readonly day: string;
  readonly events: number;
  /** All events of the day that are counted: about so many are read to find those. */
  readonly outOf: number;
}

/** The business days of a range on which the ledger has an entry, in order. */
export async function readQualityDays(
  pool: Pick<Pool, "query">,
  tenantId: string,
  days: DayRange,
  key: QualityKey,
): Promise<QualityDay[]> {
  const { rows } = await pool.query<{ day: string; events: string; out_of: string }>({
    name: "stats-read-quality-days",
    text: readDaysSql,
    values: [tenantId, days.startDate, days.endDate, key.code, key.attribute, key.detail, key.eventName],
  });
  return rows.map((row) => ({ day: row.day, events: Number(row.events), outOf: Number(row.out_of) }));
}

const readDaysSql = `
select day::text, events::text, (
    select coalesce(sum(c.events), 0)::text from analytics_event_counts c where c.tenant_id = $1 and c.day = q.day) as out_of
from analytics_data_quality q
where tenant_id = $1 and day between $2::date and $3::date and code = $4 and attribute = $5 and detail = $6
  and event_name = $7 and events > 0
order by day
`;

/** Events that are counted in a range of business days, and rejected ones that were counted alone because their tenant had had its bound. */
export async function readQualityBase(
  pool: Pick<Pool, "query">,
  tenantId: string,
  days: DayRange,
): Promise<{ readonly events: number; readonly unkept: number }> {
  const { rows } = await pool.query<{ events: string; unkept: string }>({
    name: "stats-read-quality-base",
    text: readBaseSql,
    values: [tenantId, days.startDate, days.endDate],
  });
  return { events: Number(rows[0]?.events), unkept: Number(rows[0]?.unkept) };
}

const readBaseSql = `
select
  (select coalesce(sum(events), 0)::text from analytics_event_counts
    where tenant_id = $1 and day between $2::date and $3::date) as events,
  (select coalesce(sum(unkept_events), 0)::text from analytics_rejection_days
    where tenant_id = $1 and day between $2::date and $3::date) as unkept
`;
