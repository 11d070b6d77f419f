import type { Pool } from "pg";
import type { HistogramBucket } from "../../metrics/duration-histogram.ts";
import type { DayRange } from "../report-period.ts";

/** The buckets of every histogram over a range of days, by histogram. */
export async function readDurations(
  pool: Pick<Pool, "query">,
  tenantId: string,
  days: DayRange,
): Promise<Map<string, HistogramBucket[]>> {
  const { rows } = await pool.query<{ metric: string; buckets: number[]; counts: string[] }>({
    name: "stats-read-durations",
    text: readDurationsSql,
    values: [tenantId, days.startDate, days.endDate],
  });
  return new Map(
    rows.map(({ metric, buckets, counts }) => [
      metric,
      buckets.map((bucket, index) => ({ bucket, count: Number(counts[index]) })),
    ]),
  );
}

export const readDurationsSql = `
select metric, array_agg(bucket) as buckets, array_agg(count) as counts
from (
  select metric, bucket, sum(count)::bigint as count
  from analytics_duration_histograms
  where tenant_id = $1 and day between $2::date and $3::date
  group by metric, bucket
) as bucket_sums
group by metric
`;
