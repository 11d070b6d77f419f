import { addDays } from "../metrics/business-calendar.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import type { Counters } from "../metrics/metric-definition.ts";
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
  rules: {
    readonly calendar: BusinessCalendar;
    readonly idleTimeoutMs: number;
    readonly idleThroughMs: number | null;
    readonly nowMs: number;
  },
): PeriodStatus {
  if (Object.values(counters).every((value) => value === null || Number(value) === 0)) {
    return "empty";
  }
  const endMs = rules.calendar.startOfDay(addDays(period.endDate, 1));
  if (rules.nowMs < endMs) return "running";
  const watermarkPassed = rules.idleThroughMs !== null && rules.idleThroughMs >= endMs + rules.idleTimeoutMs;
  const open = Number(counters.total_sessions) - Number(counters.sessions_ended) - Number(counters.sessions_ended_idle);
  return watermarkPassed && open <= 0 ? "settled" : "provisional";
}
