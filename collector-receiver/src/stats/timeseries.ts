import { daysInMonth, monthOf } from "../metrics/business-calendar.ts";
import { calendarKindsAt, calendarPeriodOf, nextRangeOf } from "../metrics/calendar-ranges.ts";
import type { CalendarKind, CalendarPeriod } from "../metrics/calendar-ranges.ts";
import { deriveMetric, deriveQuantile } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { findMetric } from "../metrics/metric-dictionary.ts";
import { noCounters } from "../metrics/metric-definition.ts";
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import type { Counters, MetricDefinition } from "../metrics/metric-definition.ts";
import { findAiCostMetric } from "../metrics/ai-cost-metrics.ts";
import type { AiCostMetric } from "../metrics/ai-cost-metrics.ts";
import { deriveAiMetric } from "./ai-metrics.ts";
import { aiCountsOf, unknownAiCounts } from "./ai-reading.ts";
import { noAiUse, readAiUse } from "./sql/read-ai-spend.ts";
import { parseSegment } from "./segment-query.ts";
import type { SegmentQuery } from "./segment-query.ts";
import { isKeptBySegment } from "./kept-by-segment.ts";
import { readSegmentCounters } from "./sql/read-segment-counters.ts";
import type { Segment } from "../metrics/session-segments.ts";
import { checkDimension, readTenantToday } from "./read-period.ts";
import type { StatsReader, TenantToday } from "./read-period.ts";
import { checkDay, checkMonth, counterRangeOf, shorten } from "./report-period.ts";
import type { DayRange } from "./report-period.ts";
import { deriveCustom } from "./derive-custom.ts";
import { unknownCounters } from "./period-metrics.ts";
import { findOwnMetric } from "./custom-metrics.ts";
import type { FoundOwnMetric } from "./custom-metrics.ts";
import { readCustomNumbers } from "./sql/read-custom-numbers.ts";
import { readCounterSeries } from "./sql/read-counter-series.ts";
import { readCounters } from "./sql/read-counters.ts";
import { readDurationSeries } from "./sql/read-duration-series.ts";
import { readGoals } from "./sql/read-goals.ts";
import type { Goal } from "../metrics/goals.ts";
import { describeGoal, goalMetricOf, ownGoalMetricOf, targetOfPoint } from "./figure-goal.ts";
import type { DescribedGoal } from "./figure-goal.ts";
import { RequestError } from "./request-error.ts";

export interface SeriesQuery extends SegmentQuery {
  readonly metric: string;
  /** A group of a product's own metric; without it, all of them together. */
  readonly group?: string | undefined;
  /** A day or a month; without it, the start of the current month. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** How long a point is. */
  readonly by: CalendarKind;
}

interface SeriesPoint extends Omit<MetricValue, "unit"> {
  /** What the metric's goal asks of the point; missing if it has none, and of a group. */
  readonly target?: number | null;
  /** `2025-12-25`, `2025-W52`, `2025-12`, `2025-Q4` or `2025`. */
  readonly period: string;
  /** Its first business day. */
  readonly start_date: string;
}

export interface Series {
  readonly metric: string;
  readonly name: string;
  readonly unit: MetricUnit;
  /** How long a point is. */
  readonly period: CalendarKind;
  readonly from: string;
  readonly to: string;
  readonly timezone: string;
  readonly currency: string;
  readonly as_of: string;
  /** First business day that is counted by the present rules, if earlier ones were sealed by others. */
  readonly rules_since: string | null;
  /** The metric's goals, by day. */
  readonly goals: DescribedGoal[];
  readonly points: SeriesPoint[];
}

/** A year of days and a little more: what a chart can show. */
export const maxPoints = 400;

/**
 * A metric over time, empty periods included: 0 for counts, null for rates, and null for periods
 * that have not begun.
 * @throws RequestError if the query is wrong
 */
export async function readTimeseries(
  reader: StatsReader,
  tenantId: string,
  query: SeriesQuery,
  locale: Locale,
): Promise<Series> {
  const ofCalls = findAiCostMetric(query.metric);
  const known = findMetric(query.metric) ?? ofCalls;
  const own = known === undefined ? await findOwnMetric(reader.pool, tenantId, query.metric, query.group) : undefined;
  const metric = known ?? own?.metric;
  if (metric === undefined) {
    throw new RequestError(
      "unknown_metric",
      `metric = "${shorten(query.metric)}" is not in the dictionary; GET /api/analytics/metrics lists the keys`,
      "metric",
    );
  }
  const segment = parseSegment(query);
  if (segment !== null) {
    refuseUnfiltered(metric.key, own !== undefined || ofCalls !== undefined ? null : (metric as MetricDefinition));
    await checkDimension(reader, tenantId, segment);
  }
  const at = await readTenantToday(reader, tenantId);
  const days = rangeOf(query, at.today);
  const periods = periodsIn(days, query.by);
  const goals = query.group === undefined && segment === null ? await goalsOf(reader, tenantId, metric.key) : [];
  const goalMetric = own === undefined ? goalMetricOf(metric as MetricDefinition) : ownGoalMetricOf(own.metric);
  const derive =
    own === undefined
      ? ofCalls === undefined
        ? await pointSource(reader, tenantId, metric as MetricDefinition, query.by, periods, at, locale, segment)
        : await aiPointSource(reader, tenantId, ofCalls, query.by, periods, at, locale)
      : await ownPointSource(reader, tenantId, own, query.by, periods, at, locale);
  return {
    metric: metric.key,
    name: locale === "zh-CN" ? metric.name.zh : metric.name.en,
    unit: metric.unit,
    period: query.by,
    from: days.startDate,
    to: days.endDate,
    timezone: at.tenant.timezone,
    currency: at.tenant.currency,
    as_of: new Date(at.nowMs).toISOString(),
    rules_since: at.tenant.rulesSince,
    goals: goals.map(describeGoal),
    points: periods.map(({ value, start, end }) => {
      const { unit: _, ...point } = derive(value, start);
      const target = targetOfPoint(goals, goalMetric, { startDate: start, endDate: end });
      return { period: value, start_date: start, ...point, ...(goals.length === 0 ? {} : { target }) };
    }),
  };
}

async function goalsOf({ pool }: StatsReader, tenantId: string, key: string): Promise<Goal[]> {
  return (await readGoals(pool, tenantId)).filter(({ metric }) => metric === key);
}

interface SeriesPeriod {
  readonly value: string;
  readonly start: string;
  readonly end: string;
}

/** Reads what the points are made of, once, and gives the function that makes one. */
async function pointSource(
  reader: StatsReader,
  tenantId: string,
  metric: MetricDefinition,
  by: CalendarKind,
  periods: readonly SeriesPeriod[],
  at: TenantToday,
  locale: Locale,
  segment: Segment | null,
): Promise<(period: string, start: string) => MetricValue> {
  const [first, last] = [periods[0] as SeriesPeriod, periods.at(-1) as SeriesPeriod];
  const isUnknown = metric.needsAiAnswers === true && !at.tenant.aiAnswered;
  const notBegun = (start: string): boolean => start > at.today;
  if (metric.kind === "quantile") {
    const days: DayRange = { startDate: first.start, endDate: last.end };
    const buckets = await readDurationSeries(reader.pool, tenantId, metric.histogram, by, days);
    return (period) => deriveQuantile(metric, buckets.get(period) ?? [], locale);
  }
  const counters = await (segment === null
    ? countersBy(reader, tenantId, by, periods, at.today)
    : segmentCountersBy(reader, tenantId, segment, periods, at.today));
  const unknown = unknownCounters(noCounters);
  return (period, start) => {
    const known = isUnknown ? unknown : (counters.get(period) ?? (notBegun(start) ? unknown : noCounters));
    return deriveMetric(metric, known, locale, at.tenant.currency);
  };
}

/** @throws RequestError if a metric is not kept by segment */
function refuseUnfiltered(key: string, metric: MetricDefinition | null): void {
  if (metric !== null && metric.kind !== "quantile" && isKeptBySegment(metric)) return;
  throw new RequestError(
    "not_filtered",
    `metric = "${key}" is not kept by channel or another dimension; leave the filter out, or choose a figure of conversations`,
    "metric",
  );
}

/** The counters of a segment in each period that has begun. */
async function segmentCountersBy(
  { pool }: StatsReader,
  tenantId: string,
  segment: Segment,
  periods: readonly SeriesPeriod[],
  today: string,
): Promise<ReadonlyMap<string, Counters>> {
  const begun = periods.filter(({ start }) => start <= today);
  const ranges = begun.map(({ start, end }) => ({ startDate: start, endDate: end }));
  const counters = await readSegmentCounters(pool, tenantId, segment, ranges);
  return new Map(begun.map(({ value }, place) => [value, counters[place] as Counters]));
}

/** As `pointSource`, of a metric of calls of models. */
async function aiPointSource(
  reader: StatsReader,
  tenantId: string,
  metric: AiCostMetric,
  by: CalendarKind,
  periods: readonly SeriesPeriod[],
  at: TenantToday,
  locale: Locale,
): Promise<(period: string, start: string) => MetricValue> {
  const ranges = periods.map(({ start, end }) => ({ startDate: start, endDate: end }));
  const [counters, uses] = await Promise.all([
    countersBy(reader, tenantId, by, periods, at.today),
    readAiUse(reader.pool, tenantId, ranges),
  ]);
  const useOf = new Map(periods.map(({ value }, place) => [value, uses[place] ?? noAiUse]));
  const { currency } = at.tenant;
  return (period, start) => {
    if (start > at.today) return deriveMetric(metric, unknownAiCounts, locale, currency);
    const use = useOf.get(period) ?? noAiUse;
    const counts = aiCountsOf(use, counters.get(period) ?? noCounters, at.tenant);
    return deriveAiMetric(metric, counts, use, locale, currency);
  };
}

/** The counters of each period that has any. Quarters and years have no rows of their own: they are sums of months. */
async function countersBy(
  { pool }: StatsReader,
  tenantId: string,
  by: CalendarKind,
  periods: readonly SeriesPeriod[],
  today: string,
): Promise<ReadonlyMap<string, Counters>> {
  if (by === "quarter" || by === "year") {
    const begun = periods.filter(({ start }) => start <= today);
    const ranges = begun.map(({ start, end }) => counterRangeOf({ startDate: start, endDate: end }));
    const sums = await readCounters(pool, tenantId, ranges);
    return new Map(begun.map(({ value }, place) => [value, sums[place] as Counters]));
  }
  const [first, last] = [periods[0] as SeriesPeriod, periods.at(-1) as SeriesPeriod];
  return readCounterSeries(pool, tenantId, { periodType: by, first: first.value, last: last.value });
}

/** As `pointSource`, of a product's own metric. */
async function ownPointSource(
  reader: StatsReader,
  tenantId: string,
  { metric, group, definitions, reads }: FoundOwnMetric,
  by: CalendarKind,
  periods: readonly SeriesPeriod[],
  at: TenantToday,
  locale: Locale,
): Promise<(period: string, start: string) => MetricValue> {
  const ranges = periods.map(({ value, start, end }) => ({
    startDate: start,
    endDate: end,
    row: by === "quarter" || by === "year" ? null : { periodType: by, periodValue: value },
  }));
  const numbers = await readCustomNumbers(reader.pool, tenantId, definitions, reads, ranges);
  const byPeriod = new Map(periods.map(({ value }, place) => [value, numbers[place] ?? null]));
  return (period, start) => {
    const known = start > at.today ? null : (byPeriod.get(period) ?? null);
    return deriveCustom(metric, group, known, locale, at.tenant.currency);
  };
}

function rangeOf(query: SeriesQuery, today: string): DayRange {
  const month = monthOf(today);
  const startDate = query.from === undefined ? `${month}-01` : firstDay(query.from, "from");
  const endDate = query.to === undefined ? `${month}-${daysInMonth(month)}` : lastDay(query.to, "to");
  if (startDate > endDate) {
    throw new RequestError(
      "invalid_parameter",
      `from = "${query.from ?? startDate}" lies after to = "${query.to ?? endDate}"; swap them`,
      "from",
    );
  }
  return { startDate, endDate };
}

function firstDay(value: string, parameter: string): string {
  return value.length === 7 ? `${checkMonth(value, parameter)}-01` : checkDay(value, parameter);
}

function lastDay(value: string, parameter: string): string {
  if (value.length !== 7) return checkDay(value, parameter);
  const month = checkMonth(value, parameter);
  return `${month}-${daysInMonth(month)}`;
}

/** The whole periods that a range of days touches. */
function periodsIn(days: DayRange, by: CalendarKind): SeriesPeriod[] {
  const periods: SeriesPeriod[] = [];
  for (let range = calendarKindsAt(days.startDate)[by]; range.startDate <= days.endDate; range = nextRangeOf(range)) {
    if (periods.length === maxPoints) {
      throw new RequestError(
        "too_many_points",
        `from = "${days.startDate}" to = "${days.endDate}" gives more than ${maxPoints} points by ${by}; pass a shorter range or a longer period`,
        "by",
      );
    }
    const { value } = calendarPeriodOf(range) as CalendarPeriod;
    periods.push({ value, start: range.startDate, end: range.endDate });
  }
  return periods;
}
