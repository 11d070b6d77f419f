/** Which days a document is about. Pure. */
import { addDays, daysInMonth, monthOf, startOfWeek, weekOf } from "../metrics/business-calendar.ts";
import type { PeriodType } from "../metrics/business-calendar.ts";
import { calendarPeriodOf, daysIn, parseCalendarPeriod } from "../metrics/calendar-ranges.ts";
import type { DayRange } from "../metrics/calendar-ranges.ts";
import { comparisonModes } from "./compare-periods.ts";
import type { ComparisonMode } from "./compare-periods.ts";
import { RequestError } from "./request-error.ts";
import type { SegmentQuery } from "./segment-query.ts";

export type { DayRange } from "../metrics/calendar-ranges.ts";

/** Rows of `analytics_business_metrics` that add up to a range. */
export interface CounterRange {
  readonly periodType: PeriodType;
  readonly first: string;
  readonly last: string;
}

export interface ReportPeriod extends DayRange {
  /** `2025-12` if the range is a calendar month. */
  readonly month: string | null;
  /** Today lies in it. */
  readonly running: boolean;
}

export interface PeriodQuery extends SegmentQuery {
  readonly month?: string | undefined;
  readonly period?: string | undefined;
  readonly start_date?: string | undefined;
  readonly end_date?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly compare?: string | undefined;
}

/** Ten years: more than is ever reported at once, and few enough rows to add. */
const maxRangeDays = 3660;

/** The ways to name a period: each alone, a pair together. */
const waysToName = [["month"], ["period"], ["start_date", "end_date"], ["from", "to"]] as const;

/**
 * The period that a query names; without one, the current month.
 * @param today the business day of now
 * @throws RequestError if parameters are wrong or contradict each other
 */
export function parsePeriod(query: PeriodQuery, today: string): ReportPeriod {
  const range = rangeIn(query, today);
  const calendar = calendarPeriodOf(range);
  return {
    ...range,
    month: calendar?.kind === "month" ? calendar.value : null,
    running: range.startDate <= today && today <= range.endDate,
  };
}

/**
 * What a query asks to compare with; the period before unless it says otherwise.
 * @throws RequestError if `compare` is none of the modes
 */
export function parseComparison({ compare = "previous" }: PeriodQuery): ComparisonMode {
  const mode = comparisonModes.find((one) => one === compare);
  if (mode !== undefined) return mode;
  throw new RequestError(
    "invalid_parameter",
    `compare = "${shorten(compare)}" is not a comparison; pass ${comparisonModes.join(", ")}`,
    "compare",
  );
}

function rangeIn(query: PeriodQuery, today: string): DayRange {
  const named = waysToName.filter((names) => names.some((name) => query[name] !== undefined));
  const [way, other] = named;
  if (way === undefined) return rangeOf(parseCalendarPeriod(monthOf(today)) as DayRange);
  if (other !== undefined) {
    const first = way.find((name) => query[name] !== undefined) as keyof PeriodQuery;
    const second = other.find((name) => query[name] !== undefined);
    throw new RequestError(
      "mixed_parameters",
      `${first} = "${shorten(query[first] as string)}" cannot be mixed with ${second}; pass ${waysToName.map((names) => names.join(" and ")).join(", or ")}`,
      first,
    );
  }
  const [name, last] = way;
  if (name === "month") return rangeOf(parseCalendarPeriod(checkMonth(query.month as string, name)) as DayRange);
  if (name === "period") return rangeOf(checkPeriod(query.period as string));
  return daysFrom(query, name, last);
}

const rangeOf = ({ startDate, endDate }: DayRange): DayRange => ({ startDate, endDate });

function daysFrom(query: PeriodQuery, first: "start_date" | "from", last: "end_date" | "to"): DayRange {
  const [from, to] = [query[first], query[last]];
  if (from === undefined || to === undefined) {
    const missing = from === undefined ? first : last;
    const given = from === undefined ? `${last} = "${shorten(to as string)}"` : `${first} = "${shorten(from)}"`;
    throw new RequestError(
      "mixed_parameters",
      `${given} needs ${missing} too; pass both (both days are included), or month`,
      missing,
    );
  }
  const range = { startDate: checkDay(from, first), endDate: checkDay(to, last) };
  if (range.startDate > range.endDate) {
    throw new RequestError("invalid_parameter", `${first} = "${from}" lies after ${last} = "${to}"; swap them`, first);
  }
  if (daysIn(range) > maxRangeDays) {
    throw new RequestError(
      "invalid_parameter",
      `${first} = "${from}" to ${last} = "${to}" are ${daysIn(range)} days; at most ${maxRangeDays} are added up`,
      first,
    );
  }
  return range;
}

/**
 * The rows that a range is read from: its months if it is whole ones, one week row, or its days. All give the same
 * sums; distinct customers are known only if it is one row.
 */
export function counterRangeOf(range: DayRange): CounterRange {
  const [first, last] = [monthOf(range.startDate), monthOf(range.endDate)];
  if (range.startDate === `${first}-01` && range.endDate === `${last}-${daysInMonth(last)}`) {
    return { periodType: "month", first, last };
  }
  const isWeek = startOfWeek(range.startDate) === range.startDate && addDays(range.startDate, 6) === range.endDate;
  if (isWeek) {
    const week = weekOf(range.startDate);
    return { periodType: "week", first: week, last: week };
  }
  return { periodType: "day", first: range.startDate, last: range.endDate };
}

/** @throws RequestError if `value` is not a day, ISO week, month, quarter or year of the years 1970 to 9998 */
function checkPeriod(value: string): DayRange {
  const period = parseCalendarPeriod(value);
  if (period !== null && period.startDate >= "1970-01-01" && period.endDate < "9999-01-01") return period;
  throw new RequestError(
    "invalid_parameter",
    `period = "${shorten(value)}" is not a period; pass a day (2025-12-25), an ISO week (2025-W52), a month (2025-12), a quarter (2025-Q4) or a year (2025)`,
    "period",
  );
}

/** @throws RequestError if `value` is not a month of the years 1970 to 9998 */
export function checkMonth(value: string, parameter: string): string {
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(value) && value >= "1970-01" && value < "9999-01") return value;
  throw new RequestError(
    "invalid_parameter",
    `${parameter} = "${shorten(value)}" is not a month; pass YYYY-MM, e.g. 2025-12`,
    parameter,
  );
}

/** @throws RequestError if `value` is not a day of the calendar */
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
