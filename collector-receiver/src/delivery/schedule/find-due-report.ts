import { Cron } from "croner";
import type { ReportSchedule, ScheduledPeriod } from "../../catalogue/delivery-targets.ts";
import { businessCalendarOf } from "../../metrics/business-calendar.ts";
import { calendarKindsAt, previousRangeOf, type DayRange } from "../../metrics/calendar-ranges.ts";

/** What is stored of a schedule for a tenant. */
export interface ScheduleState {
  /** When a receiver first saw the schedule, in ms. Reports that were due before are not sent. */
  readonly sinceMs: number;
  /** The last day of the period that was sent last, if it was of this kind; null: none was. */
  readonly sentThrough: string | null;
}

/** When a cron line came last. */
export type LastRun = (cron: string, timezone: string, nowMs: number) => number | null;

/**
 * The period whose report is due: of the last time that the schedule came, if no report of that period or a later one was sent.
 * However long nobody looked, there is one at most. Periods are what is compared, not times, so a timezone that has changed
 * sends none twice and leaves none out.
 */
export function findDueReport(
  { cron, period }: Pick<ReportSchedule, "cron" | "period">,
  timezone: string,
  { sinceMs, sentThrough }: ScheduleState,
  nowMs: number,
  lastRun: LastRun = findLastRun,
): DayRange | null {
  const ranMs = lastRun(cron, timezone, nowMs);
  if (ranMs === null || ranMs < sinceMs) return null;
  const range = periodBefore(period, businessCalendarOf(timezone).dayOf(ranMs));
  return sentThrough !== null && range.endDate <= sentThrough ? null : range;
}

/** The last period that is over when a day begins. */
function periodBefore(period: ScheduledPeriod, day: string): DayRange {
  return previousRangeOf(calendarKindsAt(day)[period]);
}

/** In ms; null if a line never came. A time that a clock change leaves out comes right after it; one that it repeats comes once. */
export function findLastRun(cron: string, timezone: string, nowMs: number): number | null {
  // The time itself counts: `previousRuns` looks before the one it is given.
  const [last] = new Cron(cron, { mode: "5-part", timezone, paused: true }).previousRuns(1, new Date(nowMs + 1));
  return last?.getTime() ?? null;
}

/** Remembers what was asked: tenants of a timezone ask the same at the same moment. */
export function rememberRuns(lastRun: LastRun = findLastRun): LastRun {
  const known = new Map<string, number | null>();
  return (cron, timezone, nowMs) => {
    const key = `${cron}\n${timezone}\n${nowMs}`;
    if (!known.has(key)) known.set(key, lastRun(cron, timezone, nowMs));
    return known.get(key) ?? null;
  };
}
