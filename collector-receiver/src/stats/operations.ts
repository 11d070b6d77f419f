import { compareMetric, compareValues } from "../metrics/compare-metric.ts";
import { deriveMetric, deriveQuantile } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import { fractionOf } from "../metrics/exact-fraction.ts";
import type { Locale } from "../metrics/format-metric.ts";
import type { MetricDefinition } from "../metrics/metric-definition.ts";
import { metricDictionary } from "../metrics/metric-dictionary.ts";
import { durableDays, operationMetrics } from "../metrics/operation-metrics.ts";
import type { OperationCounts, OperationMetric } from "../metrics/operation-metrics.ts";
import { resolutionMetrics } from "../metrics/resolution-metrics.ts";
import type { WorkingHours } from "../metrics/working-hours.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { operationNotes } from "./operation-notes.ts";
import type { OperationNote } from "./operation-notes.ts";
import { comparedPartOf, notComparedBecause, spansOf } from "./compared-part.ts";
import { goalOf } from "./figure-goal.ts";
import { sideFrom } from "./compared-metric.ts";
import { metricsOfPeriod } from "./period-metrics.ts";
import type { ComparedMetric } from "./compared-metric.ts";
import { defaultAgentLimit } from "./agents.ts";
import { mapInSlices } from "./map-in-slices.ts";
import { shownHistograms, sumAgentTimes } from "./read-operations.ts";
import type { AgentTime, Durations, OperationsReading } from "./read-operations.ts";

/** Agent time, durable resolutions, durations in and out of working hours, reopening and backlog of a period. */
export interface OperationsDocument extends DocumentHeader {
  readonly month: string | null;
  /** By metric key; those of `agents` are its parts. */
  readonly metrics: Readonly<Record<string, ComparedMetric>>;
  /** By time logged in. */
  readonly agents: {
    readonly agent_id: number;
    readonly agent_name: string | null;
    readonly metrics: Readonly<Record<string, MetricValue>>;
  }[];
  /** Agents beyond those, added up; null if there are none. */
  readonly others: { readonly agents: number; readonly metrics: Readonly<Record<string, MetricValue>> } | null;
  /** Resolutions that ended up to here are judged; null before anybody has swept. */
  readonly judged_through: string | null;
  readonly agent_heartbeat_seconds: number;
  readonly working_hours: WorkingHours | null;
  readonly notes: OperationNote[];
}

const dayMs = 86_400_000;
const agentMetrics = operationMetrics.filter(({ key }) => key.startsWith("agent_"));
const resolutionKeys = resolutionMetrics.map(({ key }) => key);
/** Median and p90 of each shown histogram. */
const shownQuantiles = metricDictionary.filter(
  (metric): metric is Extract<MetricDefinition, { kind: "quantile" }> =>
    metric.kind === "quantile" &&
    metric.quantile < 0.99 &&
    (shownHistograms as readonly string[]).includes(metric.histogram),
);

/**
 * The document: a function of (reading, locale), which lets other requests have their turn.
 * @param shown agents that are listed one by one; the others are added up
 */
export async function operationsOf(
  reading: OperationsReading,
  locale: Locale,
  shown: readonly AgentTime[] = reading.agents.slice(0, defaultAgentLimit),
): Promise<OperationsDocument> {
  const { period, settings } = reading;
  const { currency, idleThroughMs } = period.tenant;
  const counters = metricsOfPeriod(period, locale);
  const metrics = new Map<string, ComparedMetric>();
  for (const key of ["ai_resolution_rate", ...resolutionKeys]) metrics.set(key, counters.get(key) as ComparedMetric);
  for (const metric of operationMetrics) metrics.set(metric.key, comparedOperation(metric, reading, locale));
  for (const metric of shownQuantiles) metrics.set(metric.key, comparedQuantile(metric, reading, locale));
  const listed = new Set(shown.map(({ agentId }) => agentId));
  const others = reading.agents.filter(({ agentId }) => !listed.has(agentId));
  const figuresOf = (counts: OperationCounts): Record<string, MetricValue> =>
    Object.fromEntries(agentMetrics.map((metric) => [metric.key, deriveMetric(metric, counts, locale, currency)]));
  return {
    ...documentHeader(period, locale),
    month: period.period.month,
    metrics: Object.fromEntries(metrics),
    agents: await mapInSlices(shown, ({ agentId, agentName, counts }) => ({
      agent_id: agentId,
      agent_name: agentName,
      metrics: figuresOf(counts),
    })),
    others: others.length === 0 ? null : { agents: others.length, metrics: figuresOf(sumAgentTimes(others)) },
    judged_through: idleThroughMs === null ? null : new Date(idleThroughMs - durableDays * dayMs).toISOString(),
    agent_heartbeat_seconds: settings.heartbeatSeconds,
    working_hours: settings.workingHours,
    notes: operationNotes(reading, locale),
  };
}

function comparedOperation(metric: OperationMetric, reading: OperationsReading, locale: Locale): ComparedMetric {
  const { period, current, compared } = reading;
  const { currency } = period.tenant;
  const [now, before] = [compared.now.counts, compared.before.counts];
  const spans = spansOf(metric, period.compared[comparedPartOf(metric)]?.days ?? null);
  const because = notComparedBecause(metric, period, spans);
  const value = deriveMetric(metric, current, locale, currency);
  return {
    ...value,
    compared: sideFrom(deriveMetric(metric, now, locale, currency)),
    previous: sideFrom(deriveMetric(metric, before, locale, currency)),
    by_day: metric.kind === "sum" && because === null && spans.nowDays !== spans.beforeDays,
    change: because === null ? compareMetric(metric, now, before, locale, spans) : null,
    ...goalOf(metric, value, period, locale),
    ...(because === null ? {} : { not_compared: because }),
  };
}

function comparedQuantile(
  metric: Extract<MetricDefinition, { kind: "quantile" }>,
  { period, durations, compared }: OperationsReading,
  locale: Locale,
): ComparedMetric {
  const valueIn = (buckets: Durations): MetricValue =>
    deriveQuantile(metric, buckets.get(metric.histogram) ?? [], locale);
  const [now, before] = [valueIn(compared.now.durations), valueIn(compared.before.durations)];
  const exact = ({ value }: MetricValue) => (value === null ? null : fractionOf(String(value)));
  const because = notComparedBecause(metric, period, spansOf(metric, period.compared.over?.days ?? null));
  const value = valueIn(durations);
  return {
    ...value,
    compared: sideFrom(now),
    previous: sideFrom(before),
    by_day: false,
    change: because === null ? compareValues(exact(now), exact(before), metric.unit, locale) : null,
    ...goalOf(metric, value, period, locale),
    ...(because === null ? {} : { not_compared: because }),
  };
}
