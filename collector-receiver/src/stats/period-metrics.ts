import { compareMetric } from "../metrics/compare-metric.ts";
import { deriveMetric } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { counterMetrics } from "../metrics/metric-dictionary.ts";
import type { CounterColumn } from "../metrics/counter-columns.ts";
import type { Counters, MetricDefinition, RatioMetric } from "../metrics/metric-definition.ts";
import { noSide, sideFrom } from "./compared-metric.ts";
import type { ComparedMetric, ComparedSide, EndedRate } from "./compared-metric.ts";
import { comparedPartOf, notComparedBecause, spansOf } from "./compared-part.ts";
import { goalOf } from "./figure-goal.ts";
import { isKeptBySegment } from "./kept-by-segment.ts";
import { aiMetricsOf } from "./ai-metrics.ts";
import type { ComparedCounters, PeriodReading } from "./read-period.ts";

export type PeriodMetrics = ReadonlyMap<string, ComparedMetric>;
type CounterMetric = Exclude<MetricDefinition, { kind: "quantile" }>;

/**
 * Every metric over counters, and those of calls of models if there are any; null for a product that has never reported: not
 * known is not 0.
 */
export function metricsOfPeriod(reading: PeriodReading, locale: Locale): PeriodMetrics {
  return new Map([
    ...counterMetrics.map((metric): [string, ComparedMetric] => [
      metric.key,
      comparedMetricOf(metric, reading, locale),
    ]),
    ...aiMetricsOf(reading, locale),
  ]);
}

function comparedMetricOf(metric: CounterMetric, reading: PeriodReading, locale: Locale): ComparedMetric {
  const { currency } = reading.tenant;
  const reported = isKnown(reading, metric);
  const known = (counters: Counters): Counters => (reported ? counters : unknownCounters(counters));
  const current = deriveMetric(metric, known(reading.counters), locale, currency);
  const isMissing = reported && (reading.segment === null ? current.numerator === null : !isKeptBySegment(metric));
  const reason = reading.segment === null ? ("not_additive" as const) : ("not_filtered" as const);
  const sides = sidesOf(metric, reading);
  const now = sides === null ? null : known(sides.now);
  const before = sides === null ? null : known(sides.before);
  const spans = spansOf(metric, sides?.days ?? null);
  const because = notComparedBecause(metric, reading, spans);
  const ended = reported ? endedRateOf(metric, reading, locale) : {};
  return {
    ...current,
    compared: sideOf(metric, now, locale, currency),
    previous: sideOf(metric, before, locale, currency),
    by_day: metric.kind === "sum" && because === null && spans.nowDays !== spans.beforeDays,
    change:
      now === null || before === null || because !== null ? null : compareMetric(metric, now, before, locale, spans),
    ...(because === null ? {} : { not_compared: because }),
    ...ended,
    ...goalOf(metric, { ...current, ...ended }, reading, locale),
    ...(isMissing ? { reason } : {}),
  };
}

/** The counters of both sides of a metric's comparison; null if no day can be compared. */
export function sidesOf(metric: MetricDefinition, { comparison, compared }: PeriodReading): ComparedCounters | null {
  return comparison === null ? null : compared[comparedPartOf(metric)];
}

function sideOf(metric: CounterMetric, counters: Counters | null, locale: Locale, currency: string): ComparedSide {
  return counters === null ? noSide : sideFrom(deriveMetric(metric, counters, locale, currency));
}

/** A rate of conversations once more, over those that had time to end, while that is not all of them. */
function endedRateOf(metric: CounterMetric, reading: PeriodReading, locale: Locale): { ended?: EndedRate } {
  if (!isRateOfConversations(metric) || reading.ended === null) return {};
  const { value, formatted, low_sample, numerator, denominator } = deriveMetric(
    metric,
    reading.ended.counters,
    locale,
    reading.tenant.currency,
  );
  return value === null ? {} : { ended: { value, formatted, low_sample, numerator, denominator } };
}

function isRateOfConversations(metric: CounterMetric): metric is RatioMetric {
  return metric.kind === "ratio" && metric.unit === "percent" && metric.cohort === "session_start";
}

/** False for a product that has never reported, and for figures of an AI that has never answered. */
export function isKnown(
  { tenant }: Pick<PeriodReading, "tenant">,
  { group, needsAiAnswers }: MetricDefinition,
): boolean {
  if (needsAiAnswers === true && !tenant.aiAnswered) return false;
  return group === "ai_chatbot" ? tenant.chatbotReported : tenant.workbenchReported;
}

/** The same columns, none of them known. */
export function unknownCounters(counters: Counters): Counters {
  return Object.fromEntries(Object.keys(counters).map((column) => [column, null])) as Record<CounterColumn, null>;
}
