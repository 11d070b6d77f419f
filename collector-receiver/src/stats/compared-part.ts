/** How each kind of figure is compared fairly. Pure. */
import { daysIn } from "../metrics/calendar-ranges.ts";
import type { ComparedSpans } from "../metrics/compare-metric.ts";
import type { DefinedMetric } from "../metrics/metric-dictionary.ts";
import type { ComparedDays, ComparedPart } from "./compare-periods.ts";
import type { PeriodReading } from "./read-period.ts";

/**
 * Why a figure is not compared:
 * - `not_asked`: `compare=none`
 * - `no_day_yet`: no day of the period is over, or its conversations had no time to end
 * - `unequal_days`: distinct customers over unequal numbers of days
 * - `still_changing`: it grows with age (reopened tickets, resolutions not yet judged)
 * - `other_rules`: the other period was sealed by older counting rules
 * - `incomplete`: on one side at least, only a bound is known
 */
export const notComparedReasons = [
  "not_asked",
  "no_day_yet",
  "unequal_days",
  "still_changing",
  "other_rules",
  "incomplete",
] as const;
export type NotCompared = (typeof notComparedReasons)[number];

/** Known when a conversation starts; all else about it needs time to end. */
const knownAtStart: ReadonlySet<string> = new Set(["total_sessions", "unique_customers"]);
/** What of resolutions becomes known a week after they end. */
const judgedLater: ReadonlySet<string> = new Set([
  "ai_resolution_durable_rate",
  "ai_resolutions_durable",
  "ai_resolutions_unattributed",
]);
/** Grows for as long as anybody waits: old periods and new ones differ by their age. */
export const growsWithAge: ReadonlySet<string> = new Set([
  "ticket_reopen_rate",
  "tickets_reopened",
  "ai_resolutions_pending",
]);
/** Neither sums over days nor means: a longer span has more of them, but not in proportion. */
export const distinct: ReadonlySet<string> = new Set(["unique_customers"]);

/** Up to where a metric is compared. */
export function comparedPartOf({ cohort, key }: Pick<DefinedMetric, "cohort" | "key">): ComparedPart {
  if (judgedLater.has(key)) return "judged";
  return cohort === "session_start" && !knownAtStart.has(key) ? "ended" : "over";
}

/** Why a metric is not compared; null if it is. */
export function notComparedBecause(
  metric: Pick<DefinedMetric, "key" | "since">,
  { comparison, tenant, period }: Pick<PeriodReading, "comparison" | "tenant" | "period">,
  { nowDays, beforeDays }: ComparedSpans,
): NotCompared | null {
  if (comparison === null) return "not_asked";
  if (nowDays === 0) return "no_day_yet";
  if (growsWithAge.has(metric.key)) return "still_changing";
  if (distinct.has(metric.key) && nowDays !== beforeDays) return "unequal_days";
  const { rulesSince } = tenant;
  const acrossSeam = rulesSince !== null && comparison.whole.startDate < rulesSince && rulesSince <= period.endDate;
  return acrossSeam && metric.since !== firstRelease ? "other_rules" : null;
}

/** Definitions of this release are those of counting rules 1. */
export const firstRelease = "0.1.0";

/** How many days the sides of a metric's comparison have; a stock has no days, so its sides count as equal. */
export function spansOf(metric: Pick<DefinedMetric, "cohort">, days: ComparedDays | null): ComparedSpans {
  if (days === null) return { nowDays: 0, beforeDays: 0 };
  if (metric.cohort === "period_end") return { nowDays: 1, beforeDays: 1 };
  return { nowDays: daysIn(days.now), beforeDays: daysIn(days.before) };
}
