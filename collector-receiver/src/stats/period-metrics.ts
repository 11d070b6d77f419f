import { compareMetric } from "../metrics/compare-metric.ts";
import type { MetricChange } from "../metrics/compare-metric.ts";
import { deriveMetric } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { counterMetrics } from "../metrics/metric-dictionary.ts";
import type { CounterColumn } from "../metrics/counter-columns.ts";
import type { Counters, MetricDefinition } from "../metrics/metric-definition.ts";
import type { PeriodReading } from "./read-period.ts";

/** A metric of a period beside the same metric of the period it is compared with. */
export interface ComparedMetric extends MetricValue {
  readonly previous: {
    readonly value: number | null;
    readonly formatted: string;
    readonly low_sample: boolean;
  };
  readonly change: MetricChange | null;
  /** Why there is no value although the product reports. */
  readonly reason?: "not_additive";
}

export type PeriodMetrics = ReadonlyMap<string, ComparedMetric>;

/** Every metric over counters; null for a product that has never reported: not known is not 0. */
export function metricsOfPeriod(reading: PeriodReading, locale: Locale): PeriodMetrics {
  const { currency } = reading.tenant;
  return new Map(
    counterMetrics.map((metric) => {
      const reported = isKnown(reading, metric);
      const counters = reported ? reading.counters : unknownCounters(reading.counters);
      const before = reported ? reading.before : unknownCounters(reading.before);
      const current = deriveMetric(metric, counters, locale, currency);
      const previous = deriveMetric(metric, before, locale, currency);
      const notAdditive = reported && current.numerator === null;
      return [
        metric.key,
        {
          ...current,
          previous: {
            value: previous.value,
            formatted: previous.formatted,
            low_sample: previous.low_sample,
          },
          change: compareMetric(metric, counters, before, locale),
          ...(notAdditive ? { reason: "not_additive" as const } : {}),
        },
      ];
    }),
  );
}

function isKnown({ tenant }: PeriodReading, { group, needsAiAnswers }: MetricDefinition): boolean {
  if (needsAiAnswers === true && !tenant.aiAnswered) return false;
  return group === "ai_chatbot" ? tenant.chatbotReported : tenant.workbenchReported;
}

/** The same columns, none of them known. */
export function unknownCounters(counters: Counters): Counters {
  return Object.fromEntries(Object.keys(counters).map((column) => [column, null])) as Record<CounterColumn, null>;
}
