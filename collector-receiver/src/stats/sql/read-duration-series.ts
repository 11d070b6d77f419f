import type { Pool } from "pg";
import type { CalendarKind } from "../../metrics/calendar-ranges.ts";
import type { HistogramBucket } from "../../metrics/duration-histogram.ts";
import type { DayRange } from "../report-period.ts";

/** The buckets of one histogram by period of a range of days. */
export async function readDurationSeries(
  pool: Pick<Pool, "query">,
  tenantId: string,
  histogram: string,
  by: CalendarKind,
  days: DayRange,
): Promise<Map<string, HistogramBucket[]>> {
  const { rows } = await pool.query<{ period_value: string; bucket: number; count: string }>({
    name: "stats-read-duration-series",
    text: readDurationSeriesSql,
    values: [tenantId, histogram, days.startDate, days.endDate, by],
  });
  const periods = new Map<string, HistogramBucket[]>();
  for (const { period_value, bucket, count } of rows) {
    const buckets = periods.get(period_value) ?? [];
    buckets.push({ bucket, count: Number(count) });
    periods.set(period_value, buckets);
  }
  return periods;
}

const readDurationSeriesSql = `
select to_char(day, case $5::text when 'day' then 'YYYY-MM-DD' when 'week' then 'IYYY-"W"IW' when 'month' then 'YYYY-MM'
    when 'quarter' then 'YYYY-"Q"Q' else 'YYYY' end) as period_value,
  bucket, sum(count)::bigint as count
from analytics_duration_histograms
where tenant_id = $1 and metric = $2 and day between $3::date and $4::date
group by 1, 2
`;
