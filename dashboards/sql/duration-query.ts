/** Quantiles and distributions from `analytics_duration_histograms`. */
import { asNumber } from "./metric-expression.ts";
import { quoteName, quoteText } from "./quote-sql.ts";
import { daysOfSpan, spanOfDays } from "./span-of-days.ts";

/**
 * Bounds and value (ms) of every bucket: the rule of `duration-histogram.ts` in the same double arithmetic.
 * dashboard-queries.test.ts compares each bucket with that file.
 */
export const bucketBounds = `bound (bucket, lower_ms, upper_ms) as (
  select 0, 0::double precision, 0::double precision
  union all
  select bucket + 1, upper_ms + 1,
    greatest(upper_ms + 1, floor((upper_ms + 1) * ((1 + 0.02::double precision) / (1 - 0.02::double precision))))
  from bound
  where upper_ms < 87600 * 3600000::double precision
),
bucket_value as (
  select bucket, case when bucket = 0 then 0 else 2 * lower_ms * upper_ms / (lower_ms + upper_ms) end as ms
  from bound
)`;

export interface QuantileColumn {
  /** Above 0, below 1. */
  readonly quantile: number;
  readonly name: string;
}

/** The least value that at least a share `quantile` of all durations do not exceed (nearest rank). */
const quantileOf = ({ quantile, name }: QuantileColumn): string =>
  `${asNumber(`min(ms) filter (where reached >= greatest(1, ceil(${quantile}::double precision * total)))`)} as ${quoteName(name)}`;

const ranked = (histogram: string, over: string): string => `counted as (
  select day, bucket, sum(count)::double precision as count
  from analytics_duration_histograms, span
  where tenant_id = '$tenant' and metric = ${quoteText(histogram)} and day between first_day and last_day
  group by day, bucket
),
ranked as (
  select day, ms, sum(count) over (${over} order by bucket) as reached, sum(count) over (${over}) as total
  from (${over === "" ? "select null::date as day, bucket, sum(count) as count from counted group by bucket" : "select * from counted"}) as merged
  join bucket_value using (bucket)
)`;

/** One row: quantiles of the range (ms), null if no duration is known. */
export function quantileFigureQuery(histogram: string, columns: readonly QuantileColumn[]): string {
  return `with recursive ${spanOfDays},
${bucketBounds},
${ranked(histogram, "")}
select ${columns.map(quantileOf).join(",\n  ")}
from ranked`;
}

/** A series: quantiles by business day (ms), null on a day without any. */
export function quantileSeriesQuery(histogram: string, columns: readonly QuantileColumn[]): string {
  return `with recursive ${spanOfDays},
${daysOfSpan},
${bucketBounds},
${ranked(histogram, "partition by day")}
select days."time",
  ${columns.map(quantileOf).join(",\n  ")}
from days
left join ranked using (day)
group by days."time"
order by 1`;
}

export interface DurationRange {
  /** Exclusive, ms; null for the last range. */
  readonly below: number | null;
  readonly label: string;
}

/** How many durations lie in each range; a bucket belongs to the range of its value, so a bound is at most 2 % off. */
export function distributionQuery(
  histogram: string,
  ranges: readonly DurationRange[],
  names: { readonly range: string; readonly count: string },
): string {
  const rows = ranges.map(({ below, label }, place) => {
    const from = place === 0 ? 0 : (ranges[place - 1] as DurationRange).below;
    return `(${place}, ${quoteText(label)}, ${from}::double precision, ${below ?? "'infinity'"}::double precision)`;
  });
  return `with recursive ${spanOfDays},
${bucketBounds},
counted as (
  select ms, count
  from span
  join analytics_duration_histograms on tenant_id = '$tenant' and metric = ${quoteText(histogram)}
    and day between first_day and last_day
  join bucket_value using (bucket)
)
select label as ${quoteName(names.range)}, coalesce(sum(count), 0)::double precision as ${quoteName(names.count)}
from (values ${rows.join(", ")}) as wanted (place, label, from_ms, below_ms)
left join counted on ms >= from_ms and ms < below_ms
group by place, label
order by place`;
}
