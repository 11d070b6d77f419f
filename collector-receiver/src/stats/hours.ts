import { divide, fractionOf, toNumber } from "../metrics/exact-fraction.ts";
import { hourCounters } from "../metrics/hour-contribution.ts";
import type { HourColumn } from "../metrics/hour-contribution.ts";
import { hourOccurrences } from "../metrics/hour-occurrences.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import type { PeriodReading, StatsReader } from "./read-period.ts";
import { readHours } from "./sql/read-hours.ts";
import { readFirstDay } from "./sql/read-started-sessions.ts";

/** Counts of an hour, or of all hours. */
interface HourCounts {
  /** By the hour of their start. */
  readonly conversations: number;
  /** First ones, by their own hour. */
  readonly escalations: number;
  readonly takeovers: number;
  /** Takeovers that say how long the customer waited. */
  readonly waits_known: number;
  /** Of these, in ms; null without one. */
  readonly avg_wait_ms: number | null;
}

/** An hour of a weekday. */
export interface WeekHour extends HourCounts {
  /** 1 is Monday. */
  readonly weekday: number;
  readonly hour: number;
  /** How often it occurred in the days that are counted; half if clocks cut it in two. */
  readonly occurrences: number;
  /** Means of one such hour; null if none has occurred. */
  readonly conversations_per_hour: number | null;
  readonly escalations_per_hour: number | null;
}

export interface WeekHours {
  /** The days that are counted; null if none is. */
  readonly counted_from: string | null;
  readonly counted_to: string | null;
  readonly total: HourCounts;
  /** Monday 0 o'clock first; all 168. */
  readonly hours: WeekHour[];
}

export interface HoursDocument extends DocumentHeader, WeekHours {}

/**
 * Conversations, escalations and waits of a period by weekday and local hour. Days before the first event, days to come and days
 * that were sealed by rules without hours are not among those that are counted.
 */
export async function readWeekHours(
  { pool }: Pick<StatsReader, "pool">,
  tenantId: string,
  { period, today, tenant, calendar, nowMs }: PeriodReading,
): Promise<WeekHours> {
  const [rows, firstDay] = await Promise.all([readHours(pool, tenantId, period), readFirstDay(pool, tenantId)]);
  const begins = [period.startDate, firstDay ?? "9999-12-31", tenant.rulesSince ?? ""].toSorted().at(-1) as string;
  const ends = today < period.endDate ? today : period.endDate;
  const isNone = begins > ends;
  const occurrences = hourOccurrences({ startDate: begins, endDate: ends }, calendar, nowMs);
  const known = new Map(rows.map((row) => [row.weekday * 24 + row.hour, row]));
  const hours = Array.from({ length: 7 * 24 }, (_, place): WeekHour => {
    const [weekday, hour] = [Math.floor(place / 24) + 1, place % 24];
    const times = occurrences[weekday - 1]?.[hour] ?? 0;
    const counts = countsOf(known.get(weekday * 24 + hour));
    return {
      weekday,
      hour,
      occurrences: times,
      ...counts,
      conversations_per_hour: quotientOf(counts.conversations, times),
      escalations_per_hour: quotientOf(counts.escalations, times),
    };
  });
  return {
    counted_from: isNone ? null : begins,
    counted_to: isNone ? null : ends,
    total: countsOf(Object.fromEntries(hourCounters.map(({ column }) => [column, sumOf(rows, column)]))),
    hours,
  };
}

export function hoursDocument(reading: PeriodReading, hours: WeekHours, locale: Locale): HoursDocument {
  return { ...documentHeader(reading, locale), ...hours };
}

const sumOf = (rows: readonly Partial<Record<HourColumn, number>>[], column: HourColumn): number =>
  rows.reduce((sum, row) => sum + (row[column] ?? 0), 0);

function countsOf(row: Partial<Record<HourColumn, number>> = {}): HourCounts {
  const { conversations = 0, escalations = 0, takeovers = 0, waits_known: known = 0, wait_ms: ms = 0 } = row;
  return { conversations, escalations, takeovers, waits_known: known, avg_wait_ms: quotientOf(ms, known) };
}

/** @param divisor in whole 60ths */
function quotientOf(sum: number, divisor: number): number | null {
  const quotient = divide(fractionOf(String(sum * 60)), fractionOf(String(Math.round(divisor * 60))));
  return quotient === null ? null : toNumber(quotient);
}
