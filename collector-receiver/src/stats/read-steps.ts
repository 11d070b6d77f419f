/** A period in steps: what charts over time and their tables are made of. */
import { addDays, addMonths, monthOf, periodsOf, startOfWeek } from "../metrics/business-calendar.ts";
import type { PeriodType } from "../metrics/business-calendar.ts";
import { daysIn } from "../metrics/calendar-ranges.ts";
import type { DayRange } from "../metrics/calendar-ranges.ts";
import type { Counters } from "../metrics/metric-definition.ts";
import { counterRangeOf } from "./report-period.ts";
import type { StatsReader } from "./read-period.ts";
import { readCounterSeries } from "./sql/read-counter-series.ts";
import type { Segment } from "../metrics/session-segments.ts";
import { readSegmentCounters } from "./sql/read-segment-counters.ts";
import { readCounters } from "./sql/read-counters.ts";

/** A quarter by day is as much as a chart can show; a year and a little more by week. */
const maxDays = 92;
const maxDaysByWeek = 400;

/** How long the steps of a range are, so that a chart can show them all. Whole months are never cut into weeks. */
export function stepTypeOf(range: DayRange): PeriodType {
  const days = daysIn(range);
  if (days <= maxDays) return "day";
  const isMonths = counterRangeOf(range).periodType === "month";
  return days <= maxDaysByWeek && !isMonths ? "week" : "month";
}

/** The steps of a range in order; the first and the last are cut at its ends. */
export function stepsIn({ startDate, endDate }: DayRange, type: PeriodType): DayRange[] {
  const steps: DayRange[] = [];
  for (let start = startDate; start <= endDate;) {
    const next = startAfter(start, type);
    const last = addDays(next, -1);
    steps.push({ startDate: start, endDate: last < endDate ? last : endDate });
    start = next;
  }
  return steps;
}

function startAfter(day: string, type: PeriodType): string {
  if (type === "day") return addDays(day, 1);
  return type === "week" ? addDays(startOfWeek(day), 7) : `${addMonths(monthOf(day), 1)}-01`;
}

/**
 * The counters of each step that has any, by its first day: whole steps from their own rows, those that are cut at an end of
 * the range from their days.
 */
export async function readSteps(
  pool: StatsReader["pool"],
  tenantId: string,
  range: DayRange,
  type: PeriodType,
  segment: Segment | null = null,
): Promise<Map<string, Counters>> {
  if (segment !== null) {
    const ranges = stepsIn(range, type);
    const ofSegment = await readSegmentCounters(pool, tenantId, segment, ranges);
    return new Map(ranges.map(({ startDate }, place) => [startDate, ofSegment[place] as Counters]));
  }
  const place = { day: 0, week: 1, month: 2 }[type];
  const valueOf = (day: string): string => periodsOf(day)[place as 0].value;
  const steps = stepsIn(range, type);
  const cut = steps.filter(
    ({ startDate, endDate }) =>
      valueOf(addDays(startDate, -1)) === valueOf(startDate) || valueOf(addDays(endDate, 1)) === valueOf(endDate),
  );
  const [series, sums] = await Promise.all([
    readCounterSeries(pool, tenantId, {
      periodType: type,
      first: valueOf(range.startDate),
      last: valueOf(range.endDate),
    }),
    cut.length === 0 ? [] : readCounters(pool, tenantId, cut.map(counterRangeOf)),
  ]);
  const counters = new Map<string, Counters>();
  for (const step of steps) {
    const at = cut.indexOf(step);
    const own = at < 0 ? series.get(valueOf(step.startDate)) : sums[at];
    if (own !== undefined) counters.set(step.startDate, own);
  }
  return counters;
}
