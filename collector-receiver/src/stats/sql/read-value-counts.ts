import type { Pool } from "pg";
import type { DayRange } from "../report-period.ts";

/** How often a value of an attribute came with an event. */
export interface CountedValue {
  readonly event: string;
  readonly attribute: string;
  readonly value: string;
  readonly events: number;
  /** Of them, those with `success: true`. */
  readonly succeeded: number;
}

/** The values of look-ups and tickets in a range of days, the most frequent of each attribute first. */
export async function readValueCounts(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { startDate, endDate }: DayRange,
): Promise<CountedValue[]> {
  const { rows } = await pool.query<CountedValue>({
    name: "stats-read-value-counts",
    text: `
      select event_name as event, attribute, value, sum(events)::float8 as events, sum(succeeded)::float8 as succeeded
      from analytics_attribute_counts
      where tenant_id = $1 and day between $2::date and $3::date and event_name <> 'session.escalate'
      group by event_name, attribute, value having sum(events) > 0
      order by event_name, attribute, sum(events) desc, value`,
    values: [tenantId, startDate, endDate],
  });
  return rows;
}
