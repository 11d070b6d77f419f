import type { Pool } from "pg";
import type { CustomDefinitions } from "../../catalogue/custom-definitions.ts";
import type { PeriodType } from "../../metrics/business-calendar.ts";
import { termOf } from "../../metrics/custom-metrics.ts";
import type { HistogramBucket } from "../../metrics/duration-histogram.ts";
import type { DayRange } from "../report-period.ts";

/** Days that are asked for, and the row of distinct sessions that is exactly them; they do not add up over days. */
export interface CustomRange extends DayRange {
  readonly row: { readonly periodType: PeriodType; readonly periodValue: string } | null;
}

/** What is stored of a tenant's own metrics over a range. */
export interface CustomNumbers {
  /** By `termOf(metric, group)`; what is missing is 0. */
  readonly terms: ReadonlyMap<string, string>;
  /** Metrics that are not known for such a range. */
  readonly unknown: ReadonlySet<string>;
  readonly buckets: ReadonlyMap<string, readonly HistogramBucket[]>;
}

/**
 * The numbers of a tenant's own metrics over several ranges, in the order asked for.
 * @param metrics keys of the definitions; only those of a series, or all of them
 */
export async function readCustomNumbers(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { metrics: defined }: CustomDefinitions,
  metrics: readonly string[],
  ranges: readonly CustomRange[],
): Promise<CustomNumbers[]> {
  const days = [ranges.map((range) => range.startDate), ranges.map((range) => range.endDate)];
  const rows = [ranges.map((range) => range.row?.periodType), ranges.map((range) => range.row?.periodValue)];
  const ofKind = (...kinds: string[]) => metrics.filter((metric) => kinds.includes(defined[metric]?.kind ?? ""));
  const [counters, sessions, durations] = await Promise.all([
    pool.query<CounterRow>({
      name: "stats-read-custom-counters",
      text: readCountersSql,
      values: [tenantId, ofKind("count", "sum"), ...days],
    }),
    pool.query<SessionRow>({
      name: "stats-read-custom-sessions",
      text: readSessionsSql,
      values: [tenantId, ofKind("sessions"), ...rows],
    }),
    pool.query<BucketRow>({
      name: "stats-read-custom-durations",
      text: readDurationsSql,
      values: [tenantId, ofKind("duration"), ...days],
    }),
  ]);
  const numbers = ranges.map((range) => ({
    terms: new Map<string, string>(),
    unknown: new Set(range.row === null ? ofKind("sessions") : []),
    buckets: new Map<string, HistogramBucket[]>(),
  }));
  for (const { place, metric, group_value: group, events, total } of counters.rows) {
    numbers[place - 1]?.terms.set(termOf(metric, group), defined[metric]?.kind === "sum" ? total : events);
  }
  for (const { place, metric, group_value: group, sessions: count } of sessions.rows) {
    numbers[place - 1]?.terms.set(termOf(metric, group), count);
  }
  for (const { place, metric, bucket, count } of durations.rows) {
    const { buckets } = numbers[place - 1] as (typeof numbers)[number];
    const known = buckets.get(metric) ?? [];
    known.push({ bucket, count: Number(count) });
    buckets.set(metric, known);
  }
  return numbers;
}

interface CounterRow {
  place: number;
  metric: string;
  group_value: string;
  events: string;
  total: string;
}
interface SessionRow {
  place: number;
  metric: string;
  group_value: string;
  sessions: string;
}
interface BucketRow {
  place: number;
  metric: string;
  bucket: number;
  count: string;
}

const readCountersSql = `
select wanted.place::int as place, counter.metric, counter.group_value,
  sum(counter.events)::text as events, sum(counter.total)::text as total
from unnest($3::date[], $4::date[]) with ordinality as wanted (first_day, last_day, place)
join analytics_custom_counters counter on counter.tenant_id = $1 and counter.metric = any ($2::text[])
  and counter.day between wanted.first_day and wanted.last_day
group by wanted.place, counter.metric, counter.group_value
`;

const readSessionsSql = `
select wanted.place::int as place, counter.metric, counter.group_value, counter.sessions::text as sessions
from unnest($3::text[], $4::text[]) with ordinality as wanted (period_type, period_value, place)
join analytics_custom_session_counts counter on counter.tenant_id = $1 and counter.metric = any ($2::text[])
  and counter.period_type = wanted.period_type and counter.period_value = wanted.period_value
`;

/** A group's histogram is called \`metric:group\`. */
const readDurationsSql = `
select wanted.place::int as place, histogram.metric, histogram.bucket, sum(histogram.count)::text as count
from unnest($3::date[], $4::date[]) with ordinality as wanted (first_day, last_day, place)
join analytics_duration_histograms histogram on histogram.tenant_id = $1
  and split_part(histogram.metric, ':', 1) = any ($2::text[])
  and histogram.day between wanted.first_day and wanted.last_day
group by wanted.place, histogram.metric, histogram.bucket
`;
