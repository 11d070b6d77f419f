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
  readonly compared_with: {
    readonly period: string;
    readonly start_date: string;
    readonly end_date: string;
    /** The period is running: only as many days of the one before are compared. */
    readonly same_days: boolean;
  };
}

export function documentHeader(reading: PeriodReading, locale: Locale): DocumentHeader {
  const { period, tenant } = reading;
  const compared = period.comparedWith;
  return {
    period: describePeriod(period, locale),
    start_date: period.startDate,
    end_date: period.endDate,
    timezone: tenant.timezone,
    currency: tenant.currency,
    locale,
    as_of: new Date(reading.nowMs).toISOString(),
    status: reading.status,
    compared_with: {
      period: describePeriod(compared, locale),
      start_date: compared.startDate,
      end_date: compared.endDate,
      same_days: compared.sameDays,
    },
  };
}
