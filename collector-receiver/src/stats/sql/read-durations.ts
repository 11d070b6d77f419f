import type { Pool } from "pg";
import { bucketColumns } from "../../storage/counters/bucket-columns.ts";
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

/** Rows of days are added up before they are taken apart into buckets: a year has some thousand rows, and 32 times as many buckets. */
const readDurationsSql = `
select place::int, metric, (first_bucket + bucket.place_in_row - 1)::int as bucket, bucket.count::bigint::text as count
from (
  select wanted.place, counter.metric, counter.first_bucket,
    ${bucketColumns.map((column) => `sum(counter.${column}) as ${column}`).join(", ")}
  from unnest($3::date[], $4::date[]) with ordinality as wanted (first_day, last_day, place)
  join analytics_duration_counters counter on counter.day between wanted.first_day and wanted.last_day
  where counter.tenant_id = $1 and counter.metric = any ($2::text[])
  group by wanted.place, counter.metric, counter.first_bucket
) as summed
cross join lateral unnest(array[${bucketColumns.join(", ")}]) with ordinality as bucket (count, place_in_row)
where bucket.count <> 0
`;
