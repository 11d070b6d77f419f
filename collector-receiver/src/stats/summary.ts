import type { MetricChange } from "../metrics/compare-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { outcomesOf } from "./outcome-tree.ts";
import type { OutcomeCount } from "./outcome-tree.ts";
import { metricsOfPeriod } from "./period-metrics.ts";
import type { PeriodReading } from "./read-period.ts";
import { restatementsOf } from "./restatements.ts";
import type { RestatedMonth } from "./restatements.ts";

type RawNumbers = Readonly<Record<string, number | null>>;

/** Raw numbers of a period by metric key, with those of the one that it is compared with. */
export interface Summary extends DocumentHeader {
  /** `2025-12`; null if the period is not a calendar month. */
  readonly month: string | null;
  readonly current: RawNumbers;
  /** Over the days that are compared: those that are over, less those whose conversations had no time to end. */
  readonly compared: RawNumbers;
  /** Over the days of the other period that stand against them. */
  readonly previous: RawNumbers;
  readonly change: Readonly<Record<string, MetricChange | null>>;
  /** What became of the conversations: the parts of each class add up to it. */
  readonly outcomes: OutcomeCount[];
  /** Months of the period that say something else than when they were settled. */
  readonly restatements: RestatedMonth[];
}

/** The summary of a period: a pure function of (reading, locale). */
export function summaryOf(reading: PeriodReading, locale: Locale): Summary {
  const metrics = [...metricsOfPeriod(reading, locale)];
  return {
    ...documentHeader(reading, locale),
    month: reading.period.month,
    current: Object.fromEntries(metrics.map(([key, metric]) => [key, metric.value])),
    compared: Object.fromEntries(metrics.map(([key, metric]) => [key, metric.compared.value])),
    previous: Object.fromEntries(metrics.map(([key, metric]) => [key, metric.previous.value])),
    change: Object.fromEntries(metrics.map(([key, metric]) => [key, metric.change])),
    outcomes: outcomesOf(reading),
    restatements: restatementsOf(reading, locale),
  };
}
