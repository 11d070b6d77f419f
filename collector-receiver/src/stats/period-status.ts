import { addDays } from "../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import type { Counters } from "../metrics/metric-definition.ts";
import { isSettledPeriod } from "../metrics/settled-period.ts";
import type { SettlingRules } from "../metrics/settled-period.ts";
import type { ReportPeriod } from "./report-period.ts";

/**
 * - `empty`: nothing was counted
 * - `running`: the period is not over
 * - `provisional`: it is over, but a session of it has not ended, or may end by silence once the
 *   watermark has passed the period's end by the idle timeout
 * - `settled`: only late events or later activity can still change it
 */
export type PeriodStatus = "empty" | "running" | "provisional" | "settled";

export function statusOf(
  period: ReportPeriod,
  counters: Counters,
  rules: SettlingRules & { readonly calendar: BusinessCalendar; readonly nowMs: number },
): PeriodStatus {
  if (Object.values(counters).every((value) => value === null || Number(value) === 0)) {
    return "empty";
  }
  const endMs = rules.calendar.startOfDay(addDays(period.endDate, 1));
  if (rules.nowMs < endMs) return "running";
  return isSettledPeriod(endMs, counters, rules) ? "settled" : "provisional";
}
