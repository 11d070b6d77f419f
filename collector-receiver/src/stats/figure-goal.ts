/** What a figure of a document says of its goal. Pure. */
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import type { DayRange } from "../metrics/calendar-ranges.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import { fractionOf, toNumber } from "../metrics/exact-fraction.ts";
import type { Fraction } from "../metrics/exact-fraction.ts";
import { formatMetric } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { noGroup } from "../metrics/custom-counting.ts";
import type { OwnMetric } from "../metrics/custom-metrics.ts";
import { exactValue, goalOn, judgeGoal, targetOver } from "../metrics/goals.ts";
import type { Goal, GoalComparison, GoalMetric, GoalVerdict } from "../metrics/goals.ts";
import type { MetricDisplay } from "../metrics/metric-definition.ts";
import type { DefinedMetric } from "../metrics/metric-dictionary.ts";
import { comparedPartOf, distinct } from "./compared-part.ts";
import { isSum } from "./derive-custom.ts";
import type { PeriodReading } from "./read-period.ts";

/** The goal of a figure over a period. */
export interface FigureGoal {
  readonly comparison: GoalComparison;
  /** What is asked of this period, in the figure's unit. */
  readonly target: number;
  /** "≥ 85.0%" */
  readonly formatted: string;
  /** First business day on which it holds. */
  readonly since: string;
  /** Null if the figure has no value. */
  readonly verdict: GoalVerdict | null;
}

type GoalReading = Pick<PeriodReading, "goals" | "period" | "today" | "status"> & {
  readonly tenant: Pick<PeriodReading["tenant"], "currency">;
};

/** A figure that may be judged: its value, and what it is over the conversations that had time to end. */
export interface JudgedFigure extends Pick<MetricValue, "value" | "numerator" | "denominator"> {
  readonly ended?: Pick<MetricValue, "value" | "numerator" | "denominator">;
}

/** How a figure is judged. */
interface Judged extends GoalMetric {
  readonly display: MetricDisplay;
  readonly factor: { readonly factor: number; readonly divisor?: number } | null;
  /** It changes for as long as conversations of the period go on. */
  readonly ripens: boolean;
}

/** What a goal needs to know of a metric of the dictionary. */
export function goalMetricOf(metric: DefinedMetric): GoalMetric {
  const { key, unit, kind, cohort } = metric;
  return { key, unit, isSum: kind === "sum" && cohort !== "period_end", isDistinct: distinct.has(key) };
}

/** What a figure of the dictionary says of its goal; nothing without one. */
export function goalOf(
  metric: DefinedMetric,
  figure: JudgedFigure,
  reading: GoalReading,
  locale: Locale,
): { goal?: FigureGoal } {
  return judgedGoal(
    {
      ...goalMetricOf(metric),
      display: metric.display,
      factor: metric.kind === "ratio" ? metric : null,
      ripens: comparedPartOf(metric) !== "over",
    },
    figure,
    reading,
    locale,
  );
}

/** What a goal needs to know of a metric of the product's own. */
export function ownGoalMetricOf(metric: OwnMetric): GoalMetric {
  const { key, unit, kind } = metric;
  return { key, unit, isSum: isSum(metric, noGroup), isDistinct: kind === "sessions" };
}

/** As `goalOf`, of a metric of the product's own. */
export function ownGoalOf(
  metric: GoalMetric & { readonly display: MetricDisplay },
  figure: JudgedFigure,
  reading: GoalReading,
  locale: Locale,
): { goal?: FigureGoal } {
  return judgedGoal({ ...metric, factor: null, ripens: false }, figure, reading, locale);
}

function judgedGoal(metric: Judged, figure: JudgedFigure, reading: GoalReading, locale: Locale): { goal?: FigureGoal } {
  const { goals, period, today, status, tenant } = reading;
  const goal = goalOn(goals, metric.key, period.running ? today : period.endDate);
  const target = goal && targetOver(goal, period, metric.isDistinct);
  if (goal === null || target === null) return {};
  const isOpen = period.running || (status === "provisional" && metric.ripens);
  const mayRipen = isOpen && metric.ripens && !metric.isSum;
  const judged = mayRipen ? figure.ended : figure;
  const verdict =
    judged === undefined
      ? figure.value === null
        ? null
        : "open"
      : judgeGoal(goal.comparison, target, exactValue(judged, metric.factor), isOpen && metric.isSum);
  return {
    goal: {
      comparison: goal.comparison,
      target: toNumber(target),
      formatted: goalText(goal.comparison, target, metric.unit, metric.display, locale, tenant.currency),
      since: goal.validFrom,
      verdict,
    },
  };
}

/** "≥ 85.0%" */
export function goalText(
  comparison: GoalComparison,
  target: Fraction,
  unit: MetricUnit,
  display: MetricDisplay,
  locale: Locale,
  currency: string,
): string {
  return `${comparison === ">=" ? "≥" : "≤"} ${formatMetric(target, unit, display, locale, currency)}`;
}

/** What a series says of its goals: each with the number that a point of a range is to reach. */
export function targetOfPoint(goals: readonly Goal[], metric: GoalMetric, range: DayRange): number | null {
  const goal = goalOn(goals, metric.key, range.endDate);
  const target = goal && targetOver(goal, range, metric.isDistinct);
  return target === null ? null : toNumber(target);
}

/** A goal as the API lists it. */
export interface DescribedGoal {
  readonly metric: string;
  readonly from: string;
  readonly comparison: GoalComparison;
  readonly target: number;
  readonly per: Goal["per"];
}

export function describeGoal({ metric, validFrom, comparison, target, per }: Goal): DescribedGoal {
  return { metric, from: validFrom, comparison, target: toNumber(fractionOf(target)), per };
}
