import { aiCostMetrics } from "../metrics/ai-cost-metrics.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import type { Counters } from "../metrics/metric-definition.ts";
import { deriveAiMetric, periodUse } from "./ai-metrics.ts";
import { aiCountsOf } from "./ai-reading.ts";
import { stepsIn } from "./read-steps.ts";
import type { PeriodReading } from "./read-period.ts";
import { noAiUse, readAiUse } from "./sql/read-ai-spend.ts";
import type { AiUse } from "./sql/read-ai-spend.ts";
import type { StatsContext } from "./stats-options.ts";

/** What calls of models used on each day of a period that has begun, by day; none if the period has no calls. */
export async function readAiDays(
  pool: StatsContext["pool"],
  tenantId: string,
  reading: PeriodReading,
): Promise<ReadonlyMap<string, AiUse>> {
  if (periodUse(reading).calls === 0) return new Map();
  const days = stepsIn(reading.period, "day").filter(({ startDate }) => startDate <= reading.today);
  const uses = await readAiUse(pool, tenantId, days);
  return new Map(days.map(({ startDate }, place) => [startDate, uses[place] ?? noAiUse]));
}

/** Every metric of calls of one day, by key. */
export function aiMetricsOfDay(
  use: AiUse,
  counters: Counters,
  { tenant }: PeriodReading,
  locale: Locale,
): [string, MetricValue][] {
  const counts = aiCountsOf(use, counters, tenant);
  return aiCostMetrics.map((metric) => [metric.key, deriveAiMetric(metric, counts, use, locale, tenant.currency)]);
}
