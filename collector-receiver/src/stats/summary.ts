import type { MetricChange } from "../metrics/compare-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { metricsOfPeriod } from "./period-metrics.ts";
import type { PeriodReading } from "./read-period.ts";

type RawNumbers = Readonly<Record<string, number | null>>;

/** Raw numbers of a month by metric key, with those of the month before. */
export interface Summary extends DocumentHeader {
  readonly month: string;
  readonly current: RawNumbers;
  /** Of `compared_with`: while the month runs, only its same days. */
  readonly previous: RawNumbers;
  readonly change: Readonly<Record<string, MetricChange | null>>;
}

/** The summary of a month: a pure function of (reading, locale). */
export function summaryOf(reading: PeriodReading, locale: Locale): Summary {
  const metrics = [...metricsOfPeriod(reading, locale)];
  return {
    ...documentHeader(reading, locale),
    month: reading.period.month ?? reading.period.startDate.slice(0, 7),
    current: Object.fromEntries(metrics.map(([key, metric]) => [key, metric.value])),
    previous: Object.fromEntries(metrics.map(([key, metric]) => [key, metric.previous.value])),
    change: Object.fromEntries(metrics.map(([key, metric]) => [key, metric.change])),
  };
}
