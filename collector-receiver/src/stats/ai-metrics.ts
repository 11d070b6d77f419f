/** Metrics of calls of models, of a period beside the days that it is compared with. Pure. */
import { aiCostMetrics } from "../metrics/ai-cost-metrics.ts";
import type { AiCostCounts, AiCostMetric } from "../metrics/ai-cost-metrics.ts";
import { compareMetric, compareValues } from "../metrics/compare-metric.ts";
import { deriveMetric, deriveQuantile } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import { fractionOf } from "../metrics/exact-fraction.ts";
import type { Locale } from "../metrics/format-metric.ts";
import type { Counters, MetricDefinition } from "../metrics/metric-definition.ts";
import { quantileMetrics } from "../metrics/quantile-metrics.ts";
import { aiCountsOf, boundOf, rangeKey } from "./ai-reading.ts";
import type { AiRange } from "./ai-reading.ts";
import { noSide, sideFrom } from "./compared-metric.ts";
import type { ComparedMetric } from "./compared-metric.ts";
import { goalOf } from "./figure-goal.ts";
import { comparedPartOf, notComparedBecause, spansOf } from "./compared-part.ts";
import type { PeriodReading } from "./read-period.ts";
import type { DayRange } from "./report-period.ts";
import { noAiUse } from "./sql/read-ai-spend.ts";
import type { AiUse } from "./sql/read-ai-spend.ts";

type Quantile = Extract<MetricDefinition, { kind: "quantile" }>;

/** Median and p90 of the durations of calls. */
export const aiQuantiles: readonly Quantile[] = quantileMetrics.filter(
  (metric): metric is Quantile => metric.group === "ai_calls" && metric.kind === "quantile" && metric.quantile < 0.99,
);

const noValue = { value: null, numerator: null, denominator: null } as const;
const nothing: AiRange = { use: noAiUse, durations: new Map() };
const boundWords = {
  en: { at_least: "at least", at_most: "at most" },
  "zh-CN": { at_least: "至少", at_most: "至多" },
} as const satisfies Record<Locale, unknown>;

/** A value of a metric of calls; one that is a bound says so, in words and as `bound`. */
export function deriveAiMetric(
  metric: AiCostMetric,
  counts: AiCostCounts,
  use: AiUse,
  locale: Locale,
  currency: string,
): MetricValue {
  const value = deriveMetric(metric, counts, locale, currency);
  const bound = value.value === null ? null : boundOf(metric, use);
  return bound === null ? value : { ...value, formatted: describeBound(bound, value.formatted, locale), bound };
}

/** "at least ¥12.30" */
export function describeBound(bound: "at_least" | "at_most", text: string, locale: Locale): string {
  return `${boundWords[locale][bound]} ${text}`;
}

/** What was used in the period. */
export function periodUse(reading: PeriodReading): AiUse {
  return rangeIn(reading, reading.period).use;
}

/** Every metric of calls by key; none if neither the period nor what it is compared with has any. */
export function aiMetricsOf(reading: PeriodReading, locale: Locale): [string, ComparedMetric][] {
  if (reading.ai === null) return [];
  return [
    ...aiCostMetrics.map((metric): [string, ComparedMetric] => [metric.key, comparedCost(metric, reading, locale)]),
    ...aiQuantiles.map((metric): [string, ComparedMetric] => [metric.key, comparedQuantile(metric, reading, locale)]),
  ];
}

function rangeIn({ ai }: PeriodReading, range: DayRange): AiRange {
  return ai?.ranges.get(rangeKey(range)) ?? nothing;
}

function comparedCost(metric: AiCostMetric, reading: PeriodReading, locale: Locale): ComparedMetric {
  const { tenant, period, compared } = reading;
  const part = compared[comparedPartOf(metric)];
  const spans = spansOf(metric, part?.days ?? null);
  const sideOf = (range: DayRange, counters: Counters) => {
    const { use } = rangeIn(reading, range);
    const counts = aiCountsOf(use, counters, tenant);
    return { counts, value: deriveAiMetric(metric, counts, use, locale, tenant.currency) };
  };
  const now = part === null ? null : sideOf(part.days.now, part.now);
  const before = part === null ? null : sideOf(part.days.before, part.before);
  const isBound = [now, before].some((side) => side?.value.bound !== undefined);
  const because = notComparedBecause(metric, reading, spans) ?? (isBound ? "incomplete" : null);
  const { value } = sideOf(period, reading.counters);
  return {
    ...value,
    compared: now === null ? noSide : sideFrom(now.value),
    previous: before === null ? noSide : sideFrom(before.value),
    by_day: metric.kind === "sum" && because === null && spans.nowDays !== spans.beforeDays,
    change:
      now === null || before === null || because !== null
        ? null
        : compareMetric(metric, now.counts, before.counts, locale, spans),
    ...(because === null ? {} : { not_compared: because }),
    // Whether a bound reaches a goal is not known.
    ...goalOf(metric, value.bound === undefined ? value : noValue, reading, locale),
  };
}

function comparedQuantile(metric: Quantile, reading: PeriodReading, locale: Locale): ComparedMetric {
  const days = reading.compared[comparedPartOf(metric)]?.days ?? null;
  const valueIn = (range: DayRange): MetricValue =>
    deriveQuantile(metric, rangeIn(reading, range).durations.get(metric.histogram) ?? [], locale);
  const now = days === null ? null : valueIn(days.now);
  const before = days === null ? null : valueIn(days.before);
  const exact = (side: MetricValue | null) => (side?.value == null ? null : fractionOf(String(side.value)));
  const because = notComparedBecause(metric, reading, spansOf(metric, days));
  const value = valueIn(reading.period);
  return {
    ...value,
    compared: now === null ? noSide : sideFrom(now),
    previous: before === null ? noSide : sideFrom(before),
    by_day: false,
    change: because === null ? compareValues(exact(now), exact(before), metric.unit, locale) : null,
    ...(because === null ? {} : { not_compared: because }),
    ...goalOf(metric, value, reading, locale),
  };
}
