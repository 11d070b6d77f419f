/**
 * Business days, ISO weeks and months: the periods that counters belong to, in the tenant's timezone.
 * Days are `YYYY-MM-DD`, weeks `YYYY-Www` (ISO 8601), months `YYYY-MM`.
 */

export type PeriodType = "day" | "week" | "month";

export interface LocalHour {
  readonly day: string;
  /** 0 to 23. */
  readonly hour: number;
}

export interface BusinessCalendar {
  readonly timezone: string;
  /** The local date at an instant. */
  dayOf(ms: number): string;
  /** The local date and hour at an instant. */
  hourOf(ms: number): LocalHour;
  /** The first instant (ms) at which the local date is `day`. */
  startOfDay(day: string): number;
}

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** About 35 days of minutes; beyond that the cache starts anew, so that memory stays flat. */
const maxCachedMinutes = 50_000;

/**
 * @param timezone an IANA name, e.g. `Asia/Shanghai`
 * @throws RangeError if the runtime does not know the timezone
 */
export function createBusinessCalendar(timezone: string): BusinessCalendar {
  const format = new Intl.DateTimeFormat("sv-SE", {
    timeZone: timezone,
    calendar: "iso8601",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    hourCycle: "h23",
  });
  // Cached by minute, not by hour or quarter: St John's changed its clocks at 00:01 local time
  // until 2011, so that the date goes back within a quarter of an hour.
  const hours = new Map<number, LocalHour>();
  const starts = new Map<string, number>();

  function hourOf(ms: number): LocalHour {
    const minute = Math.floor(ms / minuteMs);
    const known = hours.get(minute);
    if (known !== undefined) return known;
    if (hours.size >= maxCachedMinutes) hours.clear();
    // 2025-12-25 09
    const text = format.format(minute * minuteMs);
    const hour = { day: text.slice(0, 10), hour: Number(text.slice(11)) };
    hours.set(minute, hour);
    return hour;
  }

  const dayOf = (ms: number): string => hourOf(ms).day;

  function startOfDay(day: string): number {
    const known = starts.get(day);
    if (known !== undefined) return known;
    // Offsets lie between -12 h and +14 h; the first minute whose local date has come is wanted.
    const midnightUtc = utcMidnight(day);
    let before = Math.floor((midnightUtc - 15 * 3_600_000) / minuteMs);
    let after = Math.floor((midnightUtc + 13 * 3_600_000) / minuteMs);
    while (after - before > 1) {
      const middle = Math.floor((before + after) / 2);
      if (dayOf(middle * minuteMs) >= day) after = middle;
      else before = middle;
    }
    if (starts.size >= 10_000) starts.clear();
    starts.set(day, after * minuteMs);
    return after * minuteMs;
  }

  return { timezone, dayOf, hourOf, startOfDay };
}

/** Calendars by timezone, made once each. */
const calendars = new Map<string, BusinessCalendar>();

/** The shared calendar of a timezone (its caches serve every tenant that uses it). */
export function businessCalendarOf(timezone: string): BusinessCalendar {
  let calendar = calendars.get(timezone);
  if (calendar === undefined) {
    calendar = createBusinessCalendar(timezone);
    calendars.set(timezone, calendar);
  }
  return calendar;
}

function utcMidnight(day: string): number {
  return Date.UTC(Number(day.slice(0, 4)), Number(day.slice(5, 7)) - 1, Number(day.slice(8, 10)));
}

function dayFromUtc(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The day `count` days after `day` (before it, if negative). */
export function addDays(day: string, count: number): string {
  return dayFromUtc(utcMidnight(day) + count * dayMs);
}

/** Days from `from` to `to`, both `YYYY-MM-DD`; negative if `to` comes first. */
export function daysBetween(from: string, to: string): number {
  return Math.round((utcMidnight(to) - utcMidnight(from)) / dayMs);
}

/** The month of a day: `2025-12`. */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The month `count` months after `month`. */
export function addMonths(month: string, count: number): string {
  const index = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + count;
  return `${String(Math.floor(index / 12)).padStart(4, "0")}-${String((index % 12) + 1).padStart(2, "0")}`;
}

export function daysInMonth(month: string): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();
}

/** Monday of the day's ISO week. */
export function startOfWeek(day: string): string {
  const weekday = (new Date(utcMidnight(day)).getUTCDay() + 6) % 7;
  return addDays(day, -weekday);
}

/** The ISO 8601 week of a day: `2025-W52`; a week belongs to the year of its Thursday. */
export function weekOf(day: string): string {
  const thursday = addDays(startOfWeek(day), 3);
  const year = thursday.slice(0, 4);
  const week = Math.floor(daysBetween(`${year}-01-01`, thursday) / 7) + 1;
  return `${year}-W${String(week).padStart(2, "0")}`;
}

export interface Period {
  readonly type: PeriodType;
  readonly value: string;
  /** Its first day. */
  readonly start: string;
}

const periodCache = new Map<string, readonly [Period, Period, Period]>();

/** The day, week and month that a day belongs to. */
export function periodsOf(day: string): readonly [Period, Period, Period] {
  let periods = periodCache.get(day);
  if (periods === undefined) {
    if (periodCache.size >= 10_000) periodCache.clear();
    periods = [
      { type: "day", value: day, start: day },
      { type: "week", value: weekOf(day), start: startOfWeek(day) },
      { type: "month", value: monthOf(day), start: `${monthOf(day)}-01` },
    ];
    periodCache.set(day, periods);
  }
  return periods;
}
