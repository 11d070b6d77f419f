/** Which days a document is about, and which days it is compared with. Pure. */
import {
  addDays,
  addMonths,
  daysBetween,
  daysInMonth,
  monthOf,
  startOfWeek,
  weekOf,
} from "../metrics/business-calendar.ts";
import type { PeriodType } from "../metrics/business-calendar.ts";
import { RequestError } from "./request-error.ts";

/** Business days, both ends included. */
export interface DayRange {
  readonly startDate: string;
  readonly endDate: string;
}

/** Rows of `analytics_business_metrics` that add up to a range. */
export interface CounterRange {
  readonly periodType: PeriodType;
  readonly first: string;
  readonly last: string;
}

export interface ReportPeriod extends DayRange {
  /** `2025-12` where the range is a calendar month. */
  readonly month: string | null;
  /** Today lies in it. */
  readonly running: boolean;
  readonly comparedWith: ComparedPeriod;
}

interface ComparedPeriod extends DayRange {
  /** The whole month, where it is one. */
  readonly month: string | null;
  /** A running period is compared with as many days of the one before. */
  readonly sameDays: boolean;
}

export interface PeriodQuery {
  readonly month?: string | undefined;
  readonly start_date?: string | undefined;
  readonly end_date?: string | undefined;
}

/** Ten years: more than is ever reported at once, and few enough rows to add. */
const maxRangeDays = 3660;

/**
 * The period that a query names; without one, the current month.
 * @param today the business day of now
 * @throws RequestError where parameters are wrong or contradict each other
 */
export function parsePeriod(query: PeriodQuery, today: string): ReportPeriod {
  const { month, start_date: startDate, end_date: endDate } = query;
  if (startDate === undefined && endDate === undefined) {
    return monthPeriod(month === undefined ? monthOf(today) : checkMonth(month, "month"), today);
  }
  if (month !== undefined) {
    throw new RequestError(
      "mixed_parameters",
      `month = "${month}" cannot be mixed with ${startDate === undefined ? "end_date" : "start_date"}; pass either month, or start_date and end_date`,
      "month",
    );
  }
  if (startDate === undefined || endDate === undefined) {
    const missing = startDate === undefined ? "start_date" : "end_date";
    const given = startDate === undefined ? `end_date = "${endDate}"` : `start_date = "${startDate}"`;
    throw new RequestError(
      "mixed_parameters",
      `${given} needs ${missing} too; pass both (both days are included), or month`,
      missing,
    );
  }
  return rangePeriod(checkDay(startDate, "start_date"), checkDay(endDate, "end_date"), today);
}

function monthPeriod(month: string, today: string): ReportPeriod {
  const startDate = `${month}-01`;
  const endDate = `${month}-${daysInMonth(month)}`;
  const running = startDate <= today && today <= endDate;
  const before = addMonths(month, -1);
  const lastDayBefore = daysInMonth(before);
  const elapsed = Math.min(daysBetween(startDate, today) + 1, lastDayBefore);
  return {
    month,
    startDate,
    endDate,
    running,
    comparedWith: {
      startDate: `${before}-01`,
      endDate: `${before}-${String(running ? elapsed : lastDayBefore).padStart(2, "0")}`,
      month: running && elapsed < lastDayBefore ? null : before,
      sameDays: running,
    },
  };
}

function rangePeriod(startDate: string, endDate: string, today: string): ReportPeriod {
  if (startDate > endDate) {
    throw new RequestError(
      "invalid_parameter",
      `start_date = "${startDate}" lies after end_date = "${endDate}"; swap them`,
      "start_date",
    );
  }
  const days = daysBetween(startDate, endDate) + 1;
  if (days > maxRangeDays) {
    throw new RequestError(
      "invalid_parameter",
      `start_date = "${startDate}" to end_date = "${endDate}" are ${days} days; at most ${maxRangeDays} are added up`,
      "start_date",
    );
  }
  const month = monthOf(startDate);
  if (startDate === `${month}-01` && endDate === `${month}-${daysInMonth(month)}`) {
    return monthPeriod(month, today);
  }
  const running = startDate <= today && today <= endDate;
  const compared = running ? daysBetween(startDate, today) + 1 : days;
  const comparedStart = addDays(startDate, -days);
  return {
    month: null,
    startDate,
    endDate,
    running,
    comparedWith: {
      startDate: comparedStart,
      endDate: addDays(comparedStart, compared - 1),
      month: null,
      sameDays: running,
    },
  };
}

/**
 * The rows that a range is read from: one month row, one week row, or its days. All give the same
 * sums; distinct customers are known only where it is one row.
 */
export function counterRangeOf(range: DayRange & { readonly month?: string | null }): CounterRange {
  if (range.month) return { periodType: "month", first: range.month, last: range.month };
  const isWeek = startOfWeek(range.startDate) === range.startDate && addDays(range.startDate, 6) === range.endDate;
  if (isWeek) {
    const week = weekOf(range.startDate);
    return { periodType: "week", first: week, last: week };
  }
  return { periodType: "day", first: range.startDate, last: range.endDate };
}

/** @throws RequestError where `value` is not a month of the years 1970 to 9998 */
export function checkMonth(value: string, parameter: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(value) && value >= "1970-01" && value < "9999-01") return value;
  throw new RequestError(
    "invalid_parameter",
    `${parameter} = "${shorten(value)}" is not a month; pass YYYY-MM, e.g. 2025-12`,
    parameter,
  );
}

/** @throws RequestError where `value` is no day of the calendar */
export function checkDay(value: string, parameter: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(value) && value >= "1970-01-01" && value < "9999-01-01") {
    const [month, day] = [value.slice(0, 7), Number(value.slice(8))];
    const monthIsReal = /-(0[1-9]|1[0-2])$/.test(month);
    if (monthIsReal && day >= 1 && day <= daysInMonth(month)) return value;
  }
  throw new RequestError(
    "invalid_parameter",
    `${parameter} = "${shorten(value)}" is not a day of the calendar; pass YYYY-MM-DD, e.g. 2025-12-25`,
    parameter,
  );
}

/** A value as an error quotes it: never more than a line. */
export function shorten(value: string): string {
  return value.length > 60 ? `${value.slice(0, 60)}…` : value;
}
