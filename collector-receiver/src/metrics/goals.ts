/** What a metric shall reach, and whether it did. Pure. */
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import { daysInMonth, addDays, monthOf } from "./business-calendar.ts";
import type { PeriodType } from "./business-calendar.ts";
import { calendarPeriodOf } from "./calendar-ranges.ts";
import type { DayRange } from "./calendar-ranges.ts";
import { add, divide, fractionOf, multiply, roundHalfUp, subtract, zero } from "./exact-fraction.ts";
import type { Fraction } from "./exact-fraction.ts";

export const goalComparisons = [">=", "<="] as const;
export type GoalComparison = (typeof goalComparisons)[number];

/** What a metric shall reach from a business day on, until the next goal of the same metric. */
export interface Goal {
  readonly metric: string;
  readonly validFrom: string;
  readonly comparison: GoalComparison;
  /** In the metric's unit, as decimal text. */
  readonly target: string;
  /** The calendar period whose sum the target is; null for rates, means and stocks. */
  readonly per: PeriodType | null;
}

/** `open`: the period can still reach or miss it. */
export const goalVerdicts = ["met", "missed", "open"] as const;
export type GoalVerdict = (typeof goalVerdicts)[number];

/** What a goal needs to know of a metric. */
export interface GoalMetric {
  readonly key: string;
  readonly unit: MetricUnit;
  /** It adds up over days. */
  readonly isSum: boolean;
  /** Days do not add up to a longer period: distinct customers. */
  readonly isDistinct: boolean;
}

/** What was written is not a goal; `message` names the value and what to write. */
export class GoalError extends Error {
  override readonly name = "GoalError";
  readonly code = "invalid_goal";
}

const goalPattern =
  /^(?<metric>[a-z][a-z0-9_]*)\s*(?<sign>>=|<=|≥|≤)\s*(?<number>\d{1,15}(?:\.\d{1,6})?)\s*(?<suffix>%|ms|s|min|h)?$/;
const unitMs = { ms: 1n, s: 1000n, min: 60_000n, h: 3_600_000n } as const;
type TimeSuffix = keyof typeof unitMs;
const isTime = (unit: string): unit is TimeSuffix => Object.hasOwn(unitMs, unit);

/** The key that a goal's text names; null if the text does not read as a goal. */
export function metricNamedIn(text: string): string | null {
  return goalPattern.exec(text.trim())?.groups?.["metric"] ?? null;
}

/**
 * Reads `ai_resolution_rate >= 85`, `avg_first_response_ms <= 45s` or `total_sessions >= 5000`.
 * @param metric the one that the text names
 * @throws GoalError if the text, its unit or its number does not fit the metric
 */
export function parseGoal(text: string, metric: GoalMetric): Pick<Goal, "metric" | "comparison" | "target"> {
  const parts = goalPattern.exec(text.trim())?.groups;
  if (parts === undefined) throw unreadable(text);
  const sign = parts["sign"];
  const target = targetIn(metric, parts["number"] ?? "", parts["suffix"]);
  if (metric.unit === "percent" && Number(target) > 100) {
    throw new GoalError(`"${text}" asks for more than 100 %: write a number from 0 to 100.`);
  }
  return { metric: metric.key, comparison: sign === ">=" || sign === "≥" ? ">=" : "<=", target };
}

/** What to say of a text that does not read as a goal. */
export function unreadable(text: string): GoalError {
  return new GoalError(
    `"${text}" is not a goal: write a metric, >= or <=, and a number, such as "ai_resolution_rate >= 85" or "avg_first_response_ms <= 45s".`,
  );
}

function targetIn({ key, unit }: GoalMetric, number: string, suffix: string | undefined): string {
  if (suffix === undefined || suffix === unit || (suffix === "%" && unit === "percent")) return number;
  if (isTime(suffix) && isTime(unit)) {
    const factor = { numerator: unitMs[suffix], denominator: unitMs[unit] };
    return roundHalfUp(multiply(fractionOf(number), factor), 6).replace(/\.?0+$/, "");
  }
  throw new GoalError(`${key} is measured in ${unit === "percent" ? "%" : unit}, not in "${suffix}".`);
}

/** The goal of a metric that holds on a business day, or null. */
export function goalOn(goals: readonly Goal[], metric: string, day: string): Goal | null {
  let found: Goal | null = null;
  for (const goal of goals) {
    if (goal.metric !== metric || goal.validFrom > day) continue;
    if (found === null || goal.validFrom > found.validFrom) found = goal;
  }
  return found;
}

/**
 * What a goal asks of a range of days: of a sum, as much as the days are of its period (a tenth of a month's target for
 * three days of thirty).
 * @returns null for distinct customers over anything but the goal's own period: they do not add up
 */
export function targetOver(goal: Goal, range: DayRange, isDistinct: boolean): Fraction | null {
  const target = fractionOf(goal.target);
  if (goal.per === null || calendarPeriodOf(range)?.kind === goal.per) return target;
  if (isDistinct) return null;
  let share = zero;
  for (let day = range.startDate; day <= range.endDate;) {
    const end = goal.per === "month" ? `${monthOf(day)}-${daysInMonth(monthOf(day))}` : range.endDate;
    const last = end < range.endDate ? end : range.endDate;
    const days = BigInt(Math.round((Date.parse(last) - Date.parse(day)) / 86_400_000) + 1);
    share = add(share, { numerator: days, denominator: daysOf(goal.per, day) });
    day = addDays(last, 1);
  }
  return multiply(target, share);
}

const daysOf = (per: PeriodType, day: string): bigint =>
  per === "day" ? 1n : per === "week" ? 7n : BigInt(daysInMonth(monthOf(day)));

/** Whether a value reaches a target. */
export function reaches(comparison: GoalComparison, value: Fraction, target: Fraction): boolean {
  const { numerator } = subtract(value, target);
  return comparison === ">=" ? numerator >= 0n : numerator <= 0n;
}

/**
 * Whether a goal is met.
 * @param growsYet the value is a sum that can still grow: then only a target that is passed decides
 * @returns null if there is no value
 */
export function judgeGoal(
  comparison: GoalComparison,
  target: Fraction,
  value: Fraction | null,
  growsYet: boolean,
): GoalVerdict | null {
  if (value === null) return null;
  const isReached = reaches(comparison, value, target);
  if (growsYet && isReached !== (comparison === ">=")) return "open";
  return isReached ? "met" : "missed";
}

/** The exact value of a figure from the parts that documents show: numerator × factor / divisor / denominator. */
export function exactValue(
  { numerator, denominator, value }: Readonly<Record<"numerator" | "denominator" | "value", number | null>>,
  factor: { readonly factor: number; readonly divisor?: number } | null,
): Fraction | null {
  if (value === null) return null;
  if (factor === null || numerator === null || denominator === null) return fractionOf(String(value));
  const scale = { numerator: BigInt(factor.factor), denominator: BigInt(factor.divisor ?? 1) };
  return divide(multiply(fractionOf(String(numerator)), scale), fractionOf(String(denominator)));
}
