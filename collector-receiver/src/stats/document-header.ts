import { daysIn } from "../metrics/calendar-ranges.ts";
import type { Segment } from "../metrics/session-segments.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { describePeriod } from "./describe-period.ts";
import type { PeriodStatus } from "./period-status.ts";
import type { PeriodReading } from "./read-period.ts";

/** What every document of a period says of itself. */
export interface DocumentHeader {
  /** "2025年12月" */
  readonly period: string;
  /** Business days, both included. */
  readonly start_date: string;
  readonly end_date: string;
  readonly timezone: string;
  readonly currency: string;
  readonly locale: Locale;
  /** When the counters were read. */
  readonly as_of: string;
  readonly status: PeriodStatus;
  /** What the figures are filtered by. */
  readonly segment?: Segment;
  /** Null if nothing was asked to be compared. */
  readonly compared_with: ComparedWith | null;
}

/** The days that are compared. Rates of conversations may be compared over fewer: those up to `ended_through`. */
export interface ComparedWith {
  readonly mode: "previous" | "year";
  /** The days of the other period: "2025年11月1日至24日"; all of it if no day can be compared yet. */
  readonly period: string;
  readonly start_date: string;
  readonly end_date: string;
  /** The period is running: its days that are over are compared with as many of the other one. */
  readonly same_days: boolean;
  /** How many days of this period are compared, and how many of the other one: 0 if none is over. */
  readonly own_days: number;
  readonly days: number;
  /** Last day of this period that is compared. */
  readonly own_end_date: string | null;
  /** Last start day of this period whose conversations had time to end. */
  readonly ended_through: string | null;
}

export function documentHeader(reading: PeriodReading, locale: Locale): DocumentHeader {
  const { period, tenant } = reading;
  return {
    period: describePeriod(period, locale),
    start_date: period.startDate,
    end_date: period.endDate,
    timezone: tenant.timezone,
    currency: tenant.currency,
    locale,
    as_of: new Date(reading.nowMs).toISOString(),
    status: reading.status,
    ...(reading.segment === null ? {} : { segment: reading.segment }),
    compared_with: comparedWith(reading, locale),
  };
}

function comparedWith({ comparison }: PeriodReading, locale: Locale): ComparedWith | null {
  if (comparison === null) return null;
  const { over, ended } = comparison.days;
  const days = over?.before ?? comparison.whole;
  return {
    mode: comparison.mode,
    period: describePeriod(days, locale),
    start_date: days.startDate,
    end_date: days.endDate,
    same_days: comparison.sameDays,
    own_days: over === null ? 0 : daysIn(over.now),
    days: over === null ? 0 : daysIn(over.before),
    own_end_date: over?.now.endDate ?? null,
    ended_through: ended?.now.endDate ?? null,
  };
}
