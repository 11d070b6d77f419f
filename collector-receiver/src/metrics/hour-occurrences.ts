import { addDays } from "./business-calendar.ts";
import type { BusinessCalendar } from "./business-calendar.ts";
import type { DayRange, InstantRange } from "./calendar-ranges.ts";

const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** 1 for Monday to 7 for Sunday. */
export function weekdayOf(day: string): number {
  return new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
}

/**
 * How often each hour of each weekday has begun in a range of days, by `[weekday - 1][hour]`. Where clocks are changed, an hour
 * occurs twice, never, or half as long.
 */
export function hourOccurrences(
  { startDate, endDate }: DayRange,
  calendar: BusinessCalendar,
  nowMs: number,
): number[][] {
  const minutes = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0));
  const add = (day: string, hour: number, count: number): void => {
    const ofDay = minutes[weekdayOf(day) - 1] as number[];
    ofDay[hour] = (ofDay[hour] as number) + count;
  };
  const today = calendar.dayOf(nowMs);
  for (let day = startDate; day <= endDate && day <= today; day = addDays(day, 1)) {
    const [startMs, endMs] = [calendar.startOfDay(day), calendar.startOfDay(addDays(day, 1))];
    if (endMs - startMs === dayMs) {
      const begun = day < today ? 24 : Math.min(24, Math.floor((nowMs - startMs) / hourMs) + 1);
      for (let hour = 0; hour < begun; hour++) add(day, hour, 60);
      continue;
    }
    const lastHour = day < today ? null : calendar.hourOf(nowMs).hour;
    for (let ms = startMs; ms < endMs; ms += minuteMs) {
      const { hour } = calendar.hourOf(ms);
      // The hour that has begun counts as a whole.
      if (lastHour === null || ms <= nowMs || hour === lastHour) add(day, hour, 1);
    }
  }
  return minutes.map((ofDay) => ofDay.map((count) => count / 60));
}

/** A local hour of a weekday; 1 is Monday. */
export interface HourOfWeek {
  readonly weekday: number;
  readonly hour: number;
}

/** When an hour of the week occurs in a range of days; an hour that occurs twice in a row, because clocks are changed, is one range. */
export function rangesOfHour(
  { startDate, endDate }: DayRange,
  calendar: BusinessCalendar,
  { weekday, hour }: HourOfWeek,
): InstantRange[] {
  const ranges: InstantRange[] = [];
  for (let day = startDate; day <= endDate; day = addDays(day, 1)) {
    if (weekdayOf(day) !== weekday) continue;
    const [startMs, endMs] = [calendar.startOfDay(day), calendar.startOfDay(addDays(day, 1))];
    if (endMs - startMs === dayMs) {
      ranges.push({ fromMs: startMs + hour * hourMs, toMs: startMs + (hour + 1) * hourMs });
      continue;
    }
    let fromMs: number | null = null;
    for (let ms = startMs; ms <= endMs; ms += minuteMs) {
      const isIn = ms < endMs && calendar.hourOf(ms).hour === hour;
      if (isIn) fromMs ??= ms;
      else if (fromMs !== null) {
        ranges.push({ fromMs, toMs: ms });
        fromMs = null;
      }
    }
  }
  return ranges;
}
