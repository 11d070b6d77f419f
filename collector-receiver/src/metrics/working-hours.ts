import { addDays, businessCalendarOf } from "./business-calendar.ts";
import type { BusinessCalendar } from "./business-calendar.ts";

export const weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof weekdays)[number];

/**
 * A tenant's working hours as they are written down. A range is `09:00-18:00` in local time; one that does not
 * end after it begins goes on past midnight, and `00:00-24:00` is a whole day.
 */
export interface WorkingHours {
  /** By weekday; one that is missing is free. */
  readonly week: Readonly<Partial<Record<Weekday, readonly string[]>>>;
  /** Business days (`YYYY-MM-DD`) that are free whatever their weekday. */
  readonly holidays: readonly string[];
  /** Days with hours of their own, before holiday and weekday: a Sunday that is worked, a short Christmas Eve. */
  readonly days: Readonly<Record<string, readonly string[]>>;
}

/** The text is not a calendar; `message` names the value and what to write. */
export class WorkingHoursError extends Error {
  override readonly name = "WorkingHoursError";
  readonly code = "invalid_working_hours";
}

interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Working hours of a timezone, ready to be measured with. */
export interface WorkingCalendar {
  /** The working time that begins on a local day, in order, without overlaps within the day. */
  spansOf(day: string): readonly Span[];
  readonly calendar: BusinessCalendar;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * Checks what a person wrote.
 * @throws WorkingHoursError naming what is wrong with which value
 */
export function parseWorkingHours(value: unknown): WorkingHours {
  const { week = {}, holidays = [], days = {}, ...unknown } = objectOf(value, "the calendar");
  const stranger = Object.keys(unknown)[0];
  if (stranger !== undefined) {
    throw new WorkingHoursError(`"${stranger}" is not a part of working hours: write week, holidays and days.`);
  }
  for (const [weekday, ranges] of Object.entries(objectOf(week, "week"))) {
    if (!weekdays.includes(weekday as Weekday)) {
      throw new WorkingHoursError(`week has "${weekday}": write ${weekdays.join(", ")}.`);
    }
    parseRanges(ranges, `week.${weekday}`);
  }
  if (!Array.isArray(holidays)) throw new WorkingHoursError("holidays is not a list of days such as 2026-01-01.");
  for (const day of holidays) checkDay(day, "holidays");
  for (const [day, ranges] of Object.entries(objectOf(days, "days"))) {
    checkDay(day, "days");
    parseRanges(ranges, `days.${day}`);
  }
  return { week, holidays, days } as WorkingHours;
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new WorkingHoursError(`${what} is ${JSON.stringify(value)}, not an object.`);
}

function checkDay(day: unknown, where: string): void {
  const isDay =
    typeof day === "string" &&
    /^\d{4}-\d{2}-\d{2}$/.test(day) &&
    !Number.isNaN(Date.parse(day)) &&
    addDays(day, 0) === day;
  if (!isDay) throw new WorkingHoursError(`${where} has ${JSON.stringify(day)}, which is not a day: write 2026-01-01.`);
}

interface LocalRange {
  /** Minutes from local midnight; the end may lie on the next day. */
  readonly from: number;
  readonly to: number;
}

function parseRanges(ranges: unknown, where: string): LocalRange[] {
  if (!Array.isArray(ranges)) throw new WorkingHoursError(`${where} is not a list of ranges such as ["09:00-18:00"].`);
  const parsed = ranges.map((range) => parseRange(range, where)).toSorted((a, b) => a.from - b.from);
  parsed.forEach((range, i) => {
    const before = parsed[i - 1];
    if (before !== undefined && range.from < before.to) {
      throw new WorkingHoursError(`${where} has ranges that overlap: ${ranges.join(", ")}.`);
    }
  });
  return parsed;
}

function parseRange(range: unknown, where: string): LocalRange {
  const match = typeof range === "string" ? /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(range) : null;
  const [from, to] = match === null ? [0, 1441] : [minutes(match[1], match[2]), minutes(match[3], match[4])];
  if (to > 1440) {
    throw new WorkingHoursError(`${where} has ${JSON.stringify(range)}, which is not a time range: write 09:00-18:00.`);
  }
  return { from, to: to > from ? to : to + 1440 };
}

const minutes = (hour: string | undefined, minute: string | undefined): number => Number(hour) * 60 + Number(minute);

const calendars = new Map<string, WorkingCalendar>();

/**
 * The working calendar of a timezone and of working hours as they are stored; made once each.
 * @param stored JSON text of `WorkingHours`
 */
export function workingCalendarOf(timezone: string, stored: string): WorkingCalendar {
  const key = `${timezone}\n${stored}`;
  let calendar = calendars.get(key);
  if (calendar === undefined) {
    if (calendars.size >= 1000) calendars.clear();
    calendar = createWorkingCalendar(timezone, parseWorkingHours(JSON.parse(stored)));
    calendars.set(key, calendar);
  }
  return calendar;
}

/** @throws RangeError if the runtime does not know the timezone */
export function createWorkingCalendar(timezone: string, hours: WorkingHours): WorkingCalendar {
  const calendar = businessCalendarOf(timezone);
  const week = weekdays.map((weekday) => parseRanges(hours.week[weekday] ?? [], weekday));
  const own = new Map(Object.entries(hours.days).map(([day, ranges]) => [day, parseRanges(ranges, day)]));
  const free = new Set(hours.holidays);
  const instantOf = localInstants(timezone);
  const known = new Map<string, readonly Span[]>();

  function rangesOf(day: string): readonly LocalRange[] {
    const ownRanges = own.get(day);
    if (ownRanges !== undefined) return ownRanges;
    return free.has(day) ? [] : (week[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? []);
  }

  return {
    calendar,
    spansOf(day) {
      let spans = known.get(day);
      if (spans === undefined) {
        if (known.size >= 10_000) known.clear();
        spans = rangesOf(day).map(({ from, to }) => ({ startMs: instantOf(day, from), endMs: instantOf(day, to) }));
        known.set(day, spans);
      }
      return spans;
    },
  };
}

/**
 * When a clock on the wall shows a local time: the first such instant where it is shown twice, and where clocks
 * jump over it, the instant of the jump.
 */
function localInstants(timezone: string): (day: string, minute: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: timezone,
    calendar: "iso8601",
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  /** What the wall shows at an instant, read as if it were UTC. */
  const wallAt = (ms: number): number => {
    const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(part["year"] ?? 0, (part["month"] ?? 1) - 1, part["day"], part["hour"], part["minute"]);
  };
  return (day, minute) => {
    const wall = Date.parse(`${day}T00:00:00Z`) + minute * minuteMs;
    const offsets = [wall - 15 * hourMs, wall + 15 * hourMs].map((ms) => wallAt(ms) - ms);
    const candidates = offsets.map((offset) => wall - offset).toSorted((a, b) => a - b);
    const shown = candidates.find((ms) => wallAt(ms) === wall);
    if (shown !== undefined) return shown;
    // The wall never shows it: the first minute at which it shows a later time.
    let [before, after] = [(candidates[0] as number) - minuteMs, (candidates.at(-1) as number) + minuteMs];
    while (after - before > minuteMs) {
      const middle = before + Math.floor((after - before) / minuteMs / 2) * minuteMs;
      if (wallAt(middle) > wall) after = middle;
      else before = middle;
    }
    return after;
  };
}

/** The part of [`fromMs`, `toMs`) that lies in working hours, in ms. Ranges of two days that overlap count once. */
export function workingMsBetween({ calendar, spansOf }: WorkingCalendar, fromMs: number, toMs: number): number {
  let total = 0;
  let doneMs = fromMs;
  const lastDay = calendar.dayOf(toMs);
  // A range of the day before may reach past midnight.
  for (let day = addDays(calendar.dayOf(fromMs), -1); day <= lastDay; day = addDays(day, 1)) {
    for (const { startMs, endMs } of spansOf(day)) {
      const start = Math.max(startMs, doneMs);
      const end = Math.min(endMs, toMs);
      if (end <= start) continue;
      total += end - start;
      doneMs = end;
    }
  }
  return total;
}

/** What of a duration that ended at an instant lies in working hours. */
export function workingMsUntil(endMs: number, ms: number, working: WorkingCalendar): number {
  return workingMsBetween(working, endMs - ms, endMs);
}
