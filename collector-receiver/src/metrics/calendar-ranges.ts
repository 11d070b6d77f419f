/** Ranges of business days that the calendar has a name for, and where they lie beside each other. */
import { addDays, addMonths, daysBetween, daysInMonth, monthOf, startOfWeek, weekOf } from "./business-calendar.ts";

/** Business days, both ends included. */
export interface DayRange {
  readonly startDate: string;
  readonly endDate: string;
}

/** Instants, ms: from the one on and before the other. */
export interface InstantRange {
  readonly fromMs: number;
  readonly toMs: number;
}

export type CalendarKind = "day" | "week" | "month" | "quarter" | "year";

/** A day, an ISO week, a calendar month, quarter or year: `2025-12-25`, `2025-W52`, `2025-12`, `2025-Q4`, `2025`. */
export interface CalendarPeriod extends DayRange {
  readonly kind: CalendarKind;
  readonly value: string;
}

const monthsOf = { month: 1, quarter: 3, year: 12 } as const;

/** How many days a range has. */
export function daysIn({ startDate, endDate }: DayRange): number {
  return daysBetween(startDate, endDate) + 1;
}

/** `count` calendar months from the first day of `month` on. */
function monthsFrom(month: string, count: number): DayRange {
  const last = addMonths(month, count - 1);
  return { startDate: `${month}-01`, endDate: `${last}-${daysInMonth(last)}` };
}

/** The week that begins on a Monday. */
function weekFrom(monday: string): DayRange {
  return { startDate: monday, endDate: addDays(monday, 6) };
}

/** The calendar period that a range is exactly, or null. */
export function calendarPeriodOf({ startDate, endDate }: DayRange): CalendarPeriod | null {
  const range = { startDate, endDate };
  if (startDate === endDate) return { ...range, kind: "day", value: startDate };
  if (startOfWeek(startDate) === startDate && addDays(startDate, 6) === endDate) {
    return { ...range, kind: "week", value: weekOf(startDate) };
  }
  const month = monthOf(startDate);
  const is = (count: number): boolean => {
    const months = monthsFrom(month, count);
    return months.startDate === startDate && months.endDate === endDate;
  };
  const [year, number] = [month.slice(0, 4), Number(month.slice(5))];
  if (is(1)) return { ...range, kind: "month", value: month };
  if (is(3) && number % 3 === 1) return { ...range, kind: "quarter", value: `${year}-Q${(number + 2) / 3}` };
  if (is(12) && number === 1) return { ...range, kind: "year", value: year };
  return null;
}

/**
 * The days of a calendar period by its value.
 * @returns null if it is none: `2025-W54`, `2025-02-30`
 */
export function parseCalendarPeriod(value: string): CalendarPeriod | null {
  const range = rangeOf(value);
  if (range === null) return null;
  const period = calendarPeriodOf(range);
  // A day or a week that does not exist reads as another one.
  return period?.value === value ? period : null;
}

function rangeOf(value: string): DayRange | null {
  if (/^\d{4}$/.test(value)) return monthsFrom(`${value}-01`, 12);
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(value)) return monthsFrom(value, 1);
  const quarter = /^(\d{4})-Q([1-4])$/.exec(value);
  if (quarter !== null) return monthsFrom(`${quarter[1]}-${String(Number(quarter[2]) * 3 - 2).padStart(2, "0")}`, 3);
  const week = /^(\d{4})-W(\d{2})$/.exec(value);
  if (week !== null) return weekFrom(addDays(startOfWeek(`${week[1]}-01-04`), (Number(week[2]) - 1) * 7));
  if (!/^\d{4}-(0[1-9]|1[0-2])-\d{2}$/.test(value)) return null;
  const day = addDays(`${monthOf(value)}-01`, Number(value.slice(8)) - 1);
  return { startDate: day, endDate: day };
}

/** The day, ISO week, month, quarter and year that a day lies in. */
export function calendarKindsAt(day: string): Readonly<Record<CalendarKind, DayRange>> {
  const month = monthOf(day);
  const [year, number] = [month.slice(0, 4), Number(month.slice(5))];
  const firstOfQuarter = `${year}-${String(number - ((number - 1) % 3)).padStart(2, "0")}`;
  return {
    day: { startDate: day, endDate: day },
    week: weekFrom(startOfWeek(day)),
    month: monthsFrom(month, 1),
    quarter: monthsFrom(firstOfQuarter, 3),
    year: monthsFrom(`${year}-01`, 12),
  };
}

/** The range before: the calendar's own if it is a calendar period, else as many days that end the day before. */
export function previousRangeOf(range: DayRange): DayRange {
  const period = calendarPeriodOf(range);
  if (period?.kind === "month" || period?.kind === "quarter" || period?.kind === "year") {
    const count = monthsOf[period.kind];
    return monthsFrom(addMonths(monthOf(range.startDate), -count), count);
  }
  const days = daysIn(range);
  return { startDate: addDays(range.startDate, -days), endDate: addDays(range.startDate, -1) };
}

/** The range after, as `previousRangeOf` gives the one before. */
export function nextRangeOf(range: DayRange): DayRange {
  const period = calendarPeriodOf(range);
  if (period?.kind === "month" || period?.kind === "quarter" || period?.kind === "year") {
    const count = monthsOf[period.kind];
    return monthsFrom(addMonths(monthOf(range.startDate), count), count);
  }
  return { startDate: addDays(range.endDate, 1), endDate: addDays(range.endDate, daysIn(range)) };
}

/**
 * The same range a year earlier: the same months; the ISO week of that number (of a year with 52 weeks, week 52 for 53);
 * else the same dates, 28 February for 29 February.
 */
export function yearBeforeOf(range: DayRange): DayRange {
  const period = calendarPeriodOf(range);
  if (period?.kind === "month" || period?.kind === "quarter" || period?.kind === "year") {
    return monthsFrom(addMonths(monthOf(range.startDate), -12), monthsOf[period.kind]);
  }
  if (period?.kind === "week") {
    const [year, week] = [Number(period.value.slice(0, 4)) - 1, period.value.slice(5)];
    const same = parseCalendarPeriod(`${String(year).padStart(4, "0")}-${week}`);
    return same ?? (parseCalendarPeriod(`${String(year).padStart(4, "0")}-W52`) as DayRange);
  }
  return { startDate: yearBefore(range.startDate), endDate: yearBefore(range.endDate) };
}

function yearBefore(day: string): string {
  const month = addMonths(monthOf(day), -12);
  return `${month}-${String(Math.min(Number(day.slice(8)), daysInMonth(month))).padStart(2, "0")}`;
}
