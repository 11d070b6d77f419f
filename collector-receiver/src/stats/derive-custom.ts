import type { OwnMetric, OwnQuantile } from "../metrics/custom-metrics.ts";
import { compareMetric, compareValues } from "../metrics/compare-metric.ts";
import type { ComparedSpans, MetricChange } from "../metrics/compare-metric.ts";
import { deriveMetric, deriveQuantile } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import { quantileOf } from "../metrics/duration-histogram.ts";
import { fractionOf } from "../metrics/exact-fraction.ts";
import type { Fraction } from "../metrics/exact-fraction.ts";
import type { Locale } from "../metrics/format-metric.ts";
import type { MetricDefinition, SumOrRatio } from "../metrics/metric-definition.ts";
import type { CustomNumbers } from "./sql/read-custom-numbers.ts";

type Terms = Readonly<Record<string, string | null>>;

/**
 * The value of a product's own metric in a group: a pure function of (definition, numbers, locale, currency).
 * @param group `noGroup` for all of them together
 * @param numbers null for a period that has not begun
 */
export function deriveCustom(
  metric: OwnMetric,
  group: string,
  numbers: CustomNumbers | null,
  locale: Locale,
  currency: string,
): MetricValue {
  const computation = metric.computationOf(group);
  if (computation.kind === "quantile") {
    const quantile = { ...computation, unit: metric.unit, display: metric.display };
    const buckets = numbers?.buckets.get(computation.histogram) ?? [];
    return deriveQuantile(quantile as Extract<MetricDefinition, { kind: "quantile" }>, buckets, locale);
  }
  const presented = { ...computation, unit: metric.unit, display: metric.display };
  return deriveMetric(presented, termsOf(computation, numbers), locale, currency);
}

/** How a metric moved between two ranges, sums by the day; null if either has no number. */
export function compareCustom(
  metric: OwnMetric,
  group: string,
  now: CustomNumbers,
  before: CustomNumbers,
  locale: Locale,
  spans: ComparedSpans,
): MetricChange | null {
  const computation = metric.computationOf(group);
  if (computation.kind === "quantile") {
    return compareValues(quantileIn(computation, now), quantileIn(computation, before), metric.unit, locale);
  }
  const compared = { ...computation, unit: metric.unit };
  return compareMetric(compared, termsOf(computation, now), termsOf(computation, before), locale, spans);
}

/** Whether a metric adds up over days: counts and sums do. */
export function isSum(metric: OwnMetric, group: string): boolean {
  return metric.computationOf(group).kind === "sum";
}

/** Whether anything was counted of any metric. */
export function hasNumbers(numbers: CustomNumbers): boolean {
  return numbers.buckets.size > 0 || [...numbers.terms.values()].some((value) => Number(value) !== 0);
}

function quantileIn({ histogram, quantile }: OwnQuantile, { buckets }: CustomNumbers): Fraction | null {
  const ms = quantileOf(buckets.get(histogram) ?? [], quantile);
  return ms === null ? null : fractionOf(ms.toFixed(3));
}

/** Every term that a computation reads: 0 if nothing was counted, null if it is not known. */
function termsOf(computation: SumOrRatio<string>, numbers: CustomNumbers | null): Terms {
  const names = [...computation.numerator.add, ...(computation.kind === "ratio" ? computation.denominator.add : [])];
  return Object.fromEntries(
    names.map((name) => {
      const metric = name.slice(0, name.indexOf("|"));
      const known = numbers !== null && !numbers.unknown.has(metric);
      return [name, known ? (numbers.terms.get(name) ?? "0") : null];
    }),
  );
}
