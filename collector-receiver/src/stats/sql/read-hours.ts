import type { Pool } from "pg";
import { hourCounters } from "../../metrics/hour-contribution.ts";
import type { HourColumn } from "../../metrics/hour-contribution.ts";
import type { DayRange } from "../report-period.ts";

/** What was counted in one hour of one weekday, over all days of a range. */
export interface HourRow extends Readonly<Record<HourColumn, number>> {
  /** 1 is Monday. */
  readonly weekday: number;
  readonly hour: number;
}

/** The counters of each weekday and local hour that has any. */
export async function readHours(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { startDate, endDate }: DayRange,
): Promise<HourRow[]> {
  const { rows } = await pool.query<HourRow>({
    name: "stats-read-hours",
    text: readHoursSql,
    values: [tenantId, startDate, endDate],
  });
  return rows;
}

const readHoursSql = `
select extract(isodow from day)::int as weekday, hour::int,
  ${hourCounters.map(({ column }) => `sum(${column})::float8 as ${column}`).join(", ")}
from analytics_hour_counters
where tenant_id = $1 and day between $2 and $3
group by 1, 2
order by 1, 2
`;
