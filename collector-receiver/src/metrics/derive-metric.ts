import type { HistogramBucket } from "./duration-histogram.ts";
import { quantileOf } from "./duration-histogram.ts";
import { add, divide, fractionOf, multiply, subtract, toNumber, zero } from "./exact-fraction.ts";
import type { Fraction } from "./exact-fraction.ts";
import { formatMetric } from "./format-metric.ts";
import type { Locale } from "./format-metric.ts";
import type { MetricUnit } from "../catalogue/metric-unit.ts";
import type { CounterSum, MetricDefinition, MetricPresentation, SumOrRatio } from "./metric-definition.ts";

/** Fewer than this and a rate is quoted as n of N. */
export const minSample = 30;

/** A metric's value with what it was made of. */
export interface MetricValue {
  /** In `unit`, rounded half up to 6 decimals; null if there is no number. */
  readonly value: number | null;
  readonly unit: MetricUnit;
  readonly formatted: string;
  readonly numerator: number | null;
  /** Null for a plain count. */
  readonly denominator: number | null;
  /** The denominator is under 30. */
  readonly low_sample: boolean;
  /** Set if the value is an estimate. */
  readonly estimate?: true;
  /** Set if a part of it is not known: the true value is at least this, or at most this. `formatted` says so too. */
  readonly bound?: "at_least" | "at_most";
}

/** The exact parts of a metric over counters. */
export interface MetricParts {
  readonly value: Fraction | null;
  readonly numerator: Fraction | null;
  readonly denominator: Fraction | null;
}

/** The exact value of a metric: a pure function of (definition, counters). */
export function partsOf<Term extends string>(
  metric: SumOrRatio<Term>,
  counters: Readonly<Record<Term, string | null>>,
): MetricParts {
  const numerator = sumOf(metric.numerator, counters);
  if (metric.kind === "sum") return { value: numerator, numerator, denominator: null };
  const denominator = sumOf(metric.denominator, counters);
  if (numerator === null || denominator === null) return { value: null, numerator, denominator };
  const factor = { numerator: BigInt(metric.factor), denominator: BigInt(metric.divisor ?? 1) };
  return { value: divide(multiply(numerator, factor), denominator), numerator, denominator };
}

function sumOf<Term extends string>(
  sum: CounterSum<Term>,
  counters: Readonly<Record<Term, string | null>>,
): Fraction | null {
  let total = zero;
  for (const column of sum.add) {
    const text = counters[column];
    if (text === null) return null;
    total = add(total, fractionOf(text));
  }
  for (const column of sum.subtract ?? []) {
    const text = counters[column];
    if (text === null) return null;
    total = subtract(total, fractionOf(text));
  }
  return total;
}

/** A metric of a period: a pure function of (definition, counters, locale, currency). */
export function deriveMetric<Term extends string>(
  metric: SumOrRatio<Term> & MetricPresentation,
  counters: Readonly<Record<Term, string | null>>,
  locale: Locale,
  currency: string,
): MetricValue {
  const parts = partsOf(metric, counters);
  const denominator = parts.denominator === null ? null : toNumber(parts.denominator);
  return {
    value: parts.value === null ? null : toNumber(parts.value),
    unit: metric.unit,
    formatted: formatMetric(parts.value, metric.unit, metric.display, locale, currency),
    numerator: parts.numerator === null ? null : toNumber(parts.numerator),
    denominator,
    low_sample: denominator !== null && denominator < minSample,
    ...(metric.estimate ? { estimate: true as const } : {}),
  };
}

/**
 * A quantile of a period; the denominator is the number of durations behind it.
 * @param buckets those of the metric's histogram, in any order
 */
export function deriveQuantile(
  metric: Extract<MetricDefinition, { kind: "quantile" }>,
  buckets: readonly HistogramBucket[],
  locale: Locale,
): MetricValue {
  const ms = quantileOf(buckets, metric.quantile);
  // Microseconds: finer than the buckets, and plain decimal text.
  const value = ms === null ? null : fractionOf(ms.toFixed(3));
  let samples = 0;
  for (const { count } of buckets) samples += count;
  return {
    value: value === null ? null : toNumber(value),
    unit: metric.unit,
    formatted: formatMetric(value, metric.unit, metric.display, locale, ""),
    numerator: null,
    denominator: samples,
    low_sample: samples < minSample,
  };
}
