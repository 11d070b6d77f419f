import type { Pool } from "pg";
import type { HistogramBucket } from "../../metrics/duration-histogram.ts";
import type { DayRange } from "../report-period.ts";

/** The buckets of histograms in each range of days, by the histogram's name, in the order asked for. */
export async function readDurations(
  pool: Pick<Pool, "query">,
  tenantId: string,
  histograms: readonly string[],
  ranges: readonly DayRange[],
): Promise<ReadonlyMap<string, HistogramBucket[]>[]> {
  const { rows } = await pool.query<{ place: number; metric: string; bucket: number; count: string }>({
    name: "stats-read-durations",
    text: readDurationsSql,
    values: [tenantId, histograms, ranges.map((range) => range.startDate), ranges.map((range) => range.endDate)],
  });
  return ranges.map((_, index) => {
    const own = rows.filter(({ place }) => place === index + 1);
    return new Map(
      histograms.map((metric) => [
        metric,
        own.filter((row) => row.metric === metric).map(({ bucket, count }) => ({ bucket, count: Number(count) })),
      ]),
    );
  });
}

const readDurationsSql = `
select wanted.place::int as place, metric, bucket, sum(count)::bigint::text as count
from unnest($3::date[], $4::date[]) with ordinality as wanted (first_day, last_day, place)
join analytics_duration_histograms on day between first_day and last_day
where tenant_id = $1 and metric = any ($2::text[])
group by wanted.place, metric, bucket
`;
