import { compareMetric } from "../metrics/compare-metric.ts";
import type { MetricChange } from "../metrics/compare-metric.ts";
import { deriveMetric } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { counterMetrics } from "../metrics/metric-dictionary.ts";
import type { CounterColumn } from "../metrics/counter-columns.ts";
import type { Counters, MetricDefinition, RatioMetric } from "../metrics/metric-definition.ts";
import { comparedPartOf, notComparedBecause, spansOf } from "./compared-part.ts";
import type { NotCompared } from "./compared-part.ts";
import { goalOf } from "./figure-goal.ts";
import type { FigureGoal } from "./figure-goal.ts";
import type { ComparedCounters, PeriodReading } from "./read-period.ts";

/** A side of a comparison. */
export interface ComparedSide {
  readonly value: number | null;
  readonly formatted: string;
  readonly low_sample: boolean;
}

/** A rate over the conversations that had time to end. */
export interface EndedRate extends ComparedSide {
  readonly numerator: number | null;
  readonly denominator: number | null;
}

/** A metric of a period beside the same metric of the period it is compared with. */
export interface ComparedMetric extends MetricValue {
  /** Over the days of this period that are compared; equals `value` once all of them are. */
  readonly compared: ComparedSide;
  /** Over the days of the other period that stand against them. */
  readonly previous: ComparedSide;
  /** The sides have different numbers of days, and `change` is that of their means by the day. */
  readonly by_day: boolean;
  readonly change: MetricChange | null;
  /** Why there is no `change` although both sides may have a number. */
  readonly not_compared?: NotCompared;
  /** Set for a rate of conversations while some of the period's may still be going on. */
  readonly ended?: EndedRate;
  /** What the tenant wants it to reach, if it has said so. */
  readonly goal?: FigureGoal;
  /** Why there is no value although the product reports. */
  readonly reason?: "not_additive";
}

export type PeriodMetrics = ReadonlyMap<string, ComparedMetric>;
type CounterMetric = Exclude<MetricDefinition, { kind: "quantile" }>;

/** Every metric over counters; null for a product that has never reported: not known is not 0. */
export function metricsOfPeriod(reading: PeriodReading, locale: Locale): PeriodMetrics {
  return new Map(counterMetrics.map((metric) => [metric.key, comparedMetricOf(metric, reading, locale)]));
}

function comparedMetricOf(metric: CounterMetric, reading: PeriodReading, locale: Locale): ComparedMetric {
  const { currency } = reading.tenant;
  const reported = isKnown(reading, metric);
  const known = (counters: Counters): Counters => (reported ? counters : unknownCounters(counters));
  const current = deriveMetric(metric, known(reading.counters), locale, currency);
  const notAdditive = reported && current.numerator === null;
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
    ...(notAdditive ? { reason: "not_additive" as const } : {}),
  };
}

/** The counters of both sides of a metric's comparison; null if no day can be compared. */
export function sidesOf(metric: MetricDefinition, { comparison, compared }: PeriodReading): ComparedCounters | null {
  return comparison === null ? null : compared[comparedPartOf(metric)];
}

function sideOf(metric: CounterMetric, counters: Counters | null, locale: Locale, currency: string): ComparedSide {
  return counters === null ? noSide : sideFrom(deriveMetric(metric, counters, locale, currency));
}

/** A side without a day. */
export const noSide: ComparedSide = { value: null, formatted: "—", low_sample: false };

/** What a side says of its value. */
export function sideFrom({ value, formatted, low_sample }: MetricValue): ComparedSide {
  return { value, formatted, low_sample };
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
