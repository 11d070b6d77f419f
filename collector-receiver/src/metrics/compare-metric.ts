import { partsOf } from "./derive-metric.ts";
import { divide, multiply, subtract, toNumber } from "./exact-fraction.ts";
import type { Fraction } from "./exact-fraction.ts";
import { formatPercent, formatSigned } from "./format-metric.ts";
import type { Locale } from "./format-metric.ts";
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import type { MetricPresentation, SumOrRatio } from "./metric-definition.ts";

/** How a metric moved against the period it is compared with. */
export interface MetricChange {
  /** Percent of the earlier value; for rates, percentage points. */
  readonly value: number;
  readonly unit: "percent" | "percentage_points";
  /** "+12.3%" or "+1.2". */
  readonly formatted: string;
  readonly direction: "up" | "down" | "same";
}

const hundred = { numerator: 100n, denominator: 1n };

/** How many days each side of a comparison has. */
export interface ComparedSpans {
  readonly nowDays: number;
  readonly beforeDays: number;
}

/**
 * The change from `before` to `now`, exact until it is written. Sums over unequal spans compare by the day.
 * @returns null if either has no number, or a relative change would divide by 0
 */
export function compareMetric<Term extends string>(
  metric: SumOrRatio<Term> & Pick<MetricPresentation, "unit">,
  now: Readonly<Record<Term, string | null>>,
  before: Readonly<Record<Term, string | null>>,
  locale: Locale,
  spans: ComparedSpans,
): MetricChange | null {
  const [current, earlier] = [partsOf(metric, now).value, partsOf(metric, before).value];
  const isSum = metric.kind === "sum";
  return compareValues(
    isSum ? byTheDay(current, spans.nowDays) : current,
    isSum ? byTheDay(earlier, spans.beforeDays) : earlier,
    metric.unit,
    locale,
  );
}

function byTheDay(value: Fraction | null, days: number): Fraction | null {
  return value && divide(value, { numerator: BigInt(days), denominator: 1n });
}

/**
 * The change between two exact values of a unit.
 * @returns null if either is missing, or if a relative change would divide by 0
 */
export function compareValues(
  current: Fraction | null,
  earlier: Fraction | null,
  unit: MetricUnit,
  locale: Locale,
): MetricChange | null {
  if (current === null || earlier === null) return null;
  const difference = subtract(current, earlier);
  const direction = difference.numerator > 0n ? "up" : difference.numerator < 0n ? "down" : "same";
  if (unit === "percent") {
    return {
      value: toNumber(difference),
      unit: "percentage_points",
      formatted: formatSigned(difference, 1, locale),
      direction,
    };
  }
  const relative = divide(multiply(difference, hundred), earlier);
  if (relative === null) return null;
  return {
    value: toNumber(relative),
    unit: "percent",
    formatted: formatPercent(relative, 1, locale, true),
    direction,
  };
}

/** A change as text without its sign. */
export function unsigned(formatted: string): string {
  return formatted.replace(/^[+\-\u2212]/, "");
}

/** Whether a change without its sign reads as none: "0.0%". */
export function isZero(amount: string): boolean {
  return Number.parseFloat(amount.replaceAll(",", "")) === 0;
}
