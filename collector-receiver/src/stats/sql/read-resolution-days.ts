import type { Pool } from "pg";
import type { DayRange } from "../report-period.ts";

/** What became of the AI resolutions of a day; none of them is left to be judged. */
export interface ResolutionDay {
  readonly judged: number;
  readonly durable: number;
  readonly unattributed: number;
}

/** The days of a range whose AI resolutions have been judged. */
export async function readResolutionDays(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { startDate, endDate }: DayRange,
): Promise<ReadonlyMap<string, ResolutionDay>> {
  const { rows } = await pool.query<ResolutionDay & { day: string }>({
    name: "stats-read-resolution-days",
    text: `
      select day::text, judged, durable, unattributed from analytics_resolution_days
      where tenant_id = $1 and day between $2::date and $3::date and judged is not null`,
    values: [tenantId, startDate, endDate],
  });
  return new Map(rows.map(({ day, judged, durable, unattributed }) => [day, { judged, durable, unattributed }]));
}
