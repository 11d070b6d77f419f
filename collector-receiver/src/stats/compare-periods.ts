/** Which days of a period are compared with which days of another one, so that constant traffic shows no change. Pure. */
import { addDays } from "../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import { daysIn, previousRangeOf, yearBeforeOf } from "../metrics/calendar-ranges.ts";
import type { DayRange } from "../metrics/calendar-ranges.ts";

/** What a period is compared with. */
export const comparisonModes = ["previous", "year", "none"] as const;
export type ComparisonMode = (typeof comparisonModes)[number];

/** Days of a period and the days of the other one that stand against them. */
export interface ComparedDays {
  readonly now: DayRange;
  readonly before: DayRange;
}

/**
 * Up to which day of a period something can be compared:
 * - `over`: business days that are over; what happens on them is known
 * - `ended`: start days whose conversations had time to end: a day more to go on, and the idle timeout, up to the watermark
 * - `judged`: as `ended`, and time to show whether a resolution lasts
 */
export type ComparedPart = "over" | "ended" | "judged";

export interface Comparison {
  readonly mode: Exclude<ComparisonMode, "none">;
  /** The other period as a whole. */
  readonly whole: DayRange;
  /** The period runs: only its days that are over are compared, with as many of the other one. */
  readonly sameDays: boolean;
  /** Null: no day of the period can be compared yet. */
  readonly days: Readonly<Record<ComparedPart, ComparedDays | null>>;
}

/** Where a tenant stands in time. */
export interface ComparedAt {
  readonly calendar: BusinessCalendar;
  readonly today: string;
  readonly idleTimeoutMs: number;
  /** The watermark; null before the first sweep. */
  readonly idleThroughMs: number | null;
}

const dayMs = 86_400_000;
/** Conversations that begin before midnight go on after it: without this, the last day would always look worse. */
const goesOnMs = dayMs;
/** How long after the end of its conversations a day's resolutions are judged. */
const judgedAfterMs = 7 * dayMs;

/**
 * What a period is compared with; null if nothing is asked for. A period whose last days cannot be compared yet, because it
 * runs or its conversations go on, is compared up to there with as many days of the other one, at most all of it; any
 * other with the whole of it.
 */
export function comparePeriods(period: DayRange, mode: ComparisonMode, at: ComparedAt): Comparison | null {
  if (mode === "none") return null;
  const whole = mode === "year" ? yearBeforeOf(period) : previousRangeOf(period);
  const sameDays = period.startDate <= at.today && at.today <= period.endDate;
  const daysUntil = (part: ComparedPart): ComparedDays | null => {
    const lastDay = lastComparableDay(part, at);
    return lastDay === null ? null : daysUpTo(lastDay, period, whole);
  };
  return {
    mode,
    whole,
    sameDays,
    days: {
      over: daysUntil("over"),
      ended: daysUntil("ended"),
      judged: daysUntil("judged"),
    },
  };
}

/** The last day up to which something can be compared; null before the first sweep. */
export function lastComparableDay(part: ComparedPart, at: ComparedAt): string | null {
  const over = addDays(at.today, -1);
  if (part === "over") return over;
  const ended = lastEndedDay(at, part === "judged" ? judgedAfterMs : 0);
  return ended === null || ended < over ? ended : over;
}

/** The days of a period whose conversations had time to end, if they are some of it and not all; else null. */
export function endedDaysOf(period: DayRange, at: ComparedAt): DayRange | null {
  const last = lastEndedDay(at, 0);
  const days = last === null ? null : upToDay(period, last);
  return days?.endDate === period.endDate ? null : days;
}

/** The last day whose conversations ended, at the latest expected, `moreMs` before the watermark. */
function lastEndedDay({ calendar, idleTimeoutMs, idleThroughMs }: ComparedAt, moreMs: number): string | null {
  return idleThroughMs === null ? null : addDays(calendar.dayOf(idleThroughMs - idleTimeoutMs - goesOnMs - moreMs), -1);
}

function daysUpTo(lastDay: string, period: DayRange, whole: DayRange): ComparedDays | null {
  const now = upToDay(period, lastDay);
  if (now === null) return null;
  const isPart = now.endDate < period.endDate;
  const counterpart = isPart ? addDays(whole.startDate, daysIn(now) - 1) : whole.endDate;
  const before = upToDay(upToDay(whole, counterpart) as DayRange, lastDay);
  return before === null ? null : { now, before };
}

function upToDay({ startDate, endDate }: DayRange, day: string): DayRange | null {
  if (day < startDate) return null;
  return { startDate, endDate: day < endDate ? day : endDate };
}
