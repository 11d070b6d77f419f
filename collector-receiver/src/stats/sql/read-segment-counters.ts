import type { Pool } from "pg";
import { segmentCounterColumns } from "../../metrics/counter-columns.ts";
import type { CounterColumn, SegmentColumn } from "../../metrics/counter-columns.ts";
import { noCounters } from "../../metrics/metric-definition.ts";
import type { Counters } from "../../metrics/metric-definition.ts";
import type { Segment } from "../../metrics/session-segments.ts";
import type { DayRange } from "../report-period.ts";

const sums = segmentCounterColumns
  .map((column) => `coalesce(sum(counter.${column}), 0)::text as ${column}`)
  .join(",\n  ");

/** What no segment has a counter of is not known. */
const notKept = Object.fromEntries(Object.keys(noCounters).map((column) => [column, null])) as Record<
  CounterColumn,
  null
>;

type Sums = Record<SegmentColumn, string>;

/** The counters of a segment in several ranges of days, in the order asked for; those that are not kept by segment are null. */
export async function readSegmentCounters(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { dimension, value }: Segment,
  ranges: readonly DayRange[],
): Promise<Counters[]> {
  if (ranges.length === 0) return [];
  const { rows } = await pool.query<Sums & { place: number }>({
    name: "stats-read-segment-counters",
    text: readSegmentCountersSql,
    values: [
      tenantId,
      dimension,
      value,
      ranges.map(({ startDate }) => startDate),
      ranges.map(({ endDate }) => endDate),
    ],
  });
  const byPlace = new Map(rows.map(({ place, ...counters }) => [place, counters]));
  return ranges.map((_, place) => ({ ...notKept, ...byPlace.get(place + 1) }));
}

const readSegmentCountersSql = `
select wanted.place::int as place,
  ${sums}
from unnest($4::date[], $5::date[]) with ordinality as wanted (first_day, last_day, place)
left join analytics_segment_counters counter
  on counter.tenant_id = $1 and counter.dimension = $2 and counter.value = $3
  and counter.day between wanted.first_day and wanted.last_day
group by wanted.place
`;

/** A segment with its counters. */
export interface CountedSegment extends Segment {
  readonly counters: Counters;
}

/** Every segment that counts anything in a range of days, those with the most conversations first in each dimension. */
export async function readSegments(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { startDate, endDate }: DayRange,
): Promise<CountedSegment[]> {
  const { rows } = await pool.query<Sums & Segment>({
    name: "stats-read-segments",
    text: readSegmentsSql,
    values: [tenantId, startDate, endDate],
  });
  return rows.map(({ dimension, value, ...counters }) => ({
    dimension,
    value,
    counters: { ...notKept, ...counters },
  }));
}

const readSegmentsSql = `
select counter.dimension, counter.value,
  ${sums}
from analytics_segment_counters counter
where counter.tenant_id = $1 and counter.day between $2::date and $3::date
group by counter.dimension, counter.value
having sum(counter.total_sessions) > 0 or sum(counter.first_takeovers) > 0
order by counter.dimension, sum(counter.total_sessions) desc, counter.value
`;
