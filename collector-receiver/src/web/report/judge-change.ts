/** How a change reads: whether it is good or bad, if that can be said. */
import { isZero, unsigned } from "../../metrics/compare-metric.ts";
import { formatMetric } from "../../metrics/format-metric.ts";
import type { Locale } from "../../metrics/format-metric.ts";
import { fractionOf } from "../../metrics/exact-fraction.ts";
import { definedMetrics } from "../../metrics/metric-dictionary.ts";
import type { ComparedMetric } from "../../stats/compared-metric.ts";

const words = {
  en: {
    unchanged: "unchanged",
    points: (amount: string) => `${amount} ${amount === "1.0" ? "point" : "points"}`,
    better: (amount: string) => `${amount} better`,
    worse: (amount: string) => `${amount} worse`,
    up: (amount: string) => `up by ${amount}`,
    down: (amount: string) => `down by ${amount}`,
    faster: (amount: string) => `${amount} faster`,
    slower: (amount: string) => `${amount} slower`,
    more: (amount: string) => `${amount} more`,
    fewer: (amount: string) => `${amount} fewer`,
    moreSaved: (amount: string) => `${amount} more saved`,
    lessSaved: (amount: string) => `${amount} less saved`,
  },
  "zh-CN": {
    unchanged: "持平",
    points: (amount: string) => `${amount} 个百分点`,
    better: (amount: string) => `改善 ${amount}`,
    worse: (amount: string) => `变差 ${amount}`,
    up: (amount: string) => `上升 ${amount}`,
    down: (amount: string) => `下降 ${amount}`,
    faster: (amount: string) => `快了 ${amount}`,
    slower: (amount: string) => `慢了 ${amount}`,
    more: (amount: string) => `增加 ${amount}`,
    fewer: (amount: string) => `减少 ${amount}`,
    moreSaved: (amount: string) => `多节省 ${amount}`,
    lessSaved: (amount: string) => `少节省 ${amount}`,
  },
} as const satisfies Record<Locale, unknown>;

type ChangeWords = (typeof words)[Locale];

/** Figures of which more is better. */
const higherIsBetter: ReadonlySet<string> = new Set([
  "ai_resolution_rate",
  "ai_resolution_confirmed_rate",
  "ai_resolution_durable_rate",
  "ai_resolved_confirmed",
  "estimated_cost_saved",
  "net_saved",
  "ai_return",
  "order_query_success_rate",
  "tracking_query_success_rate",
  "sla_met_rate",
  "csat_rate",
  "avg_rating",
  "feedback_resolved_rate",
]);

/** Figures of which less is better. Times are faster or slower. */
const lowerIsBetter: ReadonlySet<string> = new Set([
  "avg_response_time_ms",
  "avg_first_response_ms",
  "avg_later_wait_ms",
  "avg_handle_time_sec",
  "avg_resolution_hours",
  "avg_first_resolution_hours",
  "escalation_rate",
  "ai_spend_per_session",
  "ai_spend_per_ai_resolved_session",
  "ai_failed_calls",
  "ai_call_error_rate",
  "transfer_rate",
  "outcome_escalated_untaken",
  "outcome_unanswered",
  "outcome_not_resolved",
]);

const durations: ReadonlySet<string> = new Set(["ms", "s", "min", "h"]);

export type Judgement = "good" | "bad" | "neutral";

export interface JudgedChange {
  readonly judgement: Judgement;
  /** "▲ 1.2 points better", "▼ 4 s faster", "＝ unchanged": an arrow and words, so that no colour is needed. */
  readonly text: string;
}

/** A change in words. Rates move by points, times by their difference, all else by a percentage. */
export function judgeChange(key: string, metric: ComparedMetric, locale: Locale): JudgedChange | null {
  const { change } = metric;
  if (change === null) return null;
  const own = words[locale];
  const isTime = durations.has(metric.unit) && lowerIsBetter.has(key);
  const amount = isTime ? differenceOf(key, metric, locale) : unsigned(change.formatted);
  if (change.direction === "same" || isZero(amount)) return { judgement: "neutral", text: `＝ ${own.unchanged}` };
  const isUp = change.direction === "up";
  const judgement = judge(key, isUp);
  const text = isTime
    ? (isUp ? own.slower : own.faster)(amount)
    : change.unit === "percentage_points"
      ? pointsText(judgement, isUp, amount, own)
      : relativeText(key, metric, isUp, amount, own);
  return { judgement, text: `${isUp ? "▲" : "▼"} ${text}` };
}

function judge(key: string, isUp: boolean): Judgement {
  if (higherIsBetter.has(key)) return isUp ? "good" : "bad";
  if (lowerIsBetter.has(key)) return isUp ? "bad" : "good";
  return "neutral";
}

function pointsText(judgement: Judgement, isUp: boolean, amount: string, own: ChangeWords): string {
  const points = own.points(amount);
  if (judgement === "neutral") return (isUp ? own.up : own.down)(points);
  return (judgement === "good" ? own.better : own.worse)(points);
}

function relativeText(key: string, { unit }: ComparedMetric, isUp: boolean, amount: string, own: ChangeWords): string {
  if (key === "estimated_cost_saved") return (isUp ? own.moreSaved : own.lessSaved)(amount);
  if (unit === "count") return (isUp ? own.more : own.fewer)(amount);
  return (isUp ? own.up : own.down)(amount);
}

/** By how much a time moved, written as the time itself is: "4 s". */
function differenceOf(key: string, { compared, previous, unit }: ComparedMetric, locale: Locale): string {
  const metric = definedMetrics.find((one) => one.key === key);
  if (metric === undefined || compared.value === null || previous.value === null) return "";
  const difference = fractionOf(Math.abs(compared.value - previous.value).toFixed(6));
  return formatMetric(difference, unit, metric.display, locale, "");
}
