import { addDays, businessCalendarOf } from "../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import { noCounters } from "../metrics/metric-definition.ts";
import type { Counters } from "../metrics/metric-definition.ts";
import { readAi, rangeKey } from "./ai-reading.ts";
import type { AiReading } from "./ai-reading.ts";
import { comparePeriods, endedDaysOf } from "./compare-periods.ts";
import type { ComparedAt, ComparedDays, ComparedPart, Comparison } from "./compare-periods.ts";
import { statusOf } from "./period-status.ts";
import type { PeriodStatus } from "./period-status.ts";
import { counterRangeOf, parseComparison, parsePeriod } from "./report-period.ts";
import type { DayRange, PeriodQuery, ReportPeriod } from "./report-period.ts";
import type { Goal } from "../metrics/goals.ts";
import { RequestError } from "./request-error.ts";
import { parseSegment } from "./segment-query.ts";
import { readCounters } from "./sql/read-counters.ts";
import { readCustomDefinitions } from "./sql/read-custom-definitions.ts";
import { readSegmentCounters } from "./sql/read-segment-counters.ts";
import { channelDimension, productDimension } from "../metrics/session-segments.ts";
import type { Segment } from "../metrics/session-segments.ts";
import { readGoals } from "./sql/read-goals.ts";
import { readQualityTotals } from "./sql/read-quality.ts";
import type { QualityTotals } from "./sql/read-quality.ts";
import { readSettledMonths } from "./sql/read-settled-months.ts";
import type { SettledMonth } from "./sql/read-settled-months.ts";
import type { InstantRange } from "../metrics/calendar-ranges.ts";
import { readTenant } from "./sql/read-tenant.ts";
import type { TenantRow } from "./sql/read-tenant.ts";
import type { StatsContext } from "./stats-options.ts";

/** Where a tenant stands in time. */
export interface TenantToday {
  readonly tenant: TenantRow;
  readonly calendar: BusinessCalendar;
  readonly nowMs: number;
  /** The business day of now. */
  readonly today: string;
}

/** The counters of both sides of a comparison. */
export interface ComparedCounters {
  readonly days: ComparedDays;
  readonly now: Counters;
  readonly before: Counters;
}

/** A period, what was counted in it, and what is compared with it. */
export interface PeriodReading extends TenantToday {
  readonly period: ReportPeriod;
  readonly status: PeriodStatus;
  readonly counters: Counters;
  /** Null: nothing was asked to be compared. */
  readonly comparison: Comparison | null;
  /** Null: no day can be compared up to there yet. */
  readonly compared: Readonly<Record<ComparedPart, ComparedCounters | null>>;
  /** The start days whose conversations had time to end, if they are some of the period's and not all. */
  readonly ended: { readonly days: DayRange; readonly counters: Counters } | null;
  /** Calls of models; null if there is none in the period, nor in the days that it is compared with. */
  readonly ai: AiReading | null;
  /** What the ledger of data quality counts in the period. */
  readonly quality: QualityTotals;
  /** The months that the period consists of, as far as they have been settled; none if it consists of days. */
  readonly settledMonths: readonly SettledMonth[];
  /** What the counters are filtered by; null: nothing. */
  readonly segment: Segment | null;
  /** What the tenant's metrics shall reach, of all days. */
  readonly goals: readonly Goal[];
}

export type StatsReader = Pick<StatsContext, "pool" | "now">;

export async function readTenantToday({ pool, now }: StatsReader, tenantId: string): Promise<TenantToday> {
  const tenant = await readTenant(pool, tenantId);
  const calendar = businessCalendarOf(tenant.timezone);
  const nowMs = now();
  return { tenant, calendar, nowMs, today: calendar.dayOf(nowMs) };
}

/** What decides which days of a tenant can be compared. */
export function comparedAt({ calendar, today, tenant }: TenantToday): ComparedAt {
  return { calendar, today, idleTimeoutMs: tenant.idleTimeoutMs, idleThroughMs: tenant.idleThroughMs };
}

/**
 * Two round trips, however many events there are: settings first (they say which day it is), then
 * the counters of the period and of the days that are compared.
 * @throws RequestError if the query is wrong
 */
export async function readPeriod(reader: StatsReader, tenantId: string, query: PeriodQuery): Promise<PeriodReading> {
  const segment = parseSegment(query);
  const at = await readTenantToday(reader, tenantId);
  const period = parsePeriod(query, at.today);
  const standing = comparedAt(at);
  const comparison = comparePeriods(period, parseComparison(query), standing);
  const ended = endedDaysOf(period, standing);
  const ranges: [DayRange, ...DayRange[]] = [
    period,
    ...(ended === null ? [] : [ended]),
    ...comparedParts.flatMap((part) => {
      const days = comparison?.days[part];
      return days == null ? [] : [days.now, days.before];
    }),
  ];
  const { periodType, first, last } = counterRangeOf(period);
  const [countersOf, ai, quality, settledMonths, goals] = await Promise.all([
    readRanges(reader, tenantId, ranges, segment),
    // All of these are of all conversations.
    ...(segment === null
      ? ([
          readAi(reader.pool, tenantId, ranges),
          readQualityTotals(reader.pool, tenantId, period),
          periodType === "month" ? readSettledMonths(reader.pool, tenantId, first, last) : [],
          readGoals(reader.pool, tenantId),
        ] as const)
      : ([null, new Map() as QualityTotals, [], [], checkDimension(reader, tenantId, segment)] as const)),
  ]);
  const comparedOf = (part: ComparedPart): ComparedCounters | null => {
    const days = comparison?.days[part];
    return days == null ? null : { days, now: countersOf(days.now), before: countersOf(days.before) };
  };
  const counters = countersOf(period);
  const status = statusOf(period, counters, { ...standing, nowMs: at.nowMs });
  return {
    ...at,
    period,
    status,
    counters,
    comparison,
    compared: { over: comparedOf("over"), ended: comparedOf("ended"), judged: comparedOf("judged") },
    ended: ended === null ? null : { days: ended, counters: countersOf(ended) },
    ai,
    quality,
    settledMonths,
    goals,
    segment,
  };
}

const comparedParts = ["over", "ended", "judged"] as const satisfies readonly ComparedPart[];

/** Reads each of the ranges once, and gives the function that knows their counters. */
async function readRanges(
  { pool }: Pick<StatsReader, "pool">,
  tenantId: string,
  ranges: readonly DayRange[],
  segment: Segment | null,
): Promise<(range: DayRange) => Counters> {
  const wanted = new Map(ranges.map((range) => [rangeKey(range), range]));
  const counters =
    segment === null
      ? await readCounters(pool, tenantId, [...wanted.values()].map(counterRangeOf))
      : await readSegmentCounters(pool, tenantId, segment, [...wanted.values()]);
  const known = new Map([...wanted.keys()].map((key, place) => [key, counters[place] as Counters]));
  return (range) => known.get(rangeKey(range)) as Counters;
}

/** @throws RequestError if nobody declares the dimension */
export async function checkDimension(
  { pool }: Pick<StatsReader, "pool">,
  tenantId: string,
  segment: Segment,
): Promise<void> {
  const { dimension } = segment;
  if (dimension === channelDimension || dimension === productDimension) return;
  const { definitions } = await readCustomDefinitions(pool, tenantId);
  const declared = Object.keys(definitions.segments?.["session.start"] ?? {}).filter((name) => name !== "service_name");
  if (declared.includes(dimension)) return;
  throw new RequestError(
    "invalid_parameter",
    `segment = "${dimension}:${segment.value}" names a dimension that spanledger.config does not declare; declared are ${declared.join(", ") || "none"}`,
    "segment",
  );
}

/** From the start of the first business day to the end of the last one, and never beyond now. */
export function instantsOf({ startDate, endDate }: DayRange, { calendar, nowMs }: TenantToday): InstantRange {
  const fromMs = calendar.startOfDay(startDate);
  return { fromMs, toMs: Math.min(calendar.startOfDay(addDays(endDate, 1)), Math.max(nowMs, fromMs)) };
}

/** The counters of the other period over the days that are over; without any, nothing was counted. */
export function countersBefore({ compared }: PeriodReading): Counters {
  return compared.over?.before ?? noCounters;
}
