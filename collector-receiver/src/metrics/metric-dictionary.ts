/**
 * The dictionary: every metric once (design invariant 8). `GET /api/analytics/metrics`,
 * `docs/metrics.md`, the documents and the series are all read from here.
 */
import { InvariantError } from "../invariant-error.ts";
import { aiCostMetrics } from "./ai-cost-metrics.ts";
import type { AiCostMetric } from "./ai-cost-metrics.ts";
import { chatbotMetrics } from "./chatbot-metrics.ts";
import { feedbackMetrics } from "./feedback-metrics.ts";
import type { CounterSum, MetricDefinition } from "./metric-definition.ts";
import { operationMetrics } from "./operation-metrics.ts";
import type { OperationMetric } from "./operation-metrics.ts";
import { outcomeMetrics } from "./outcome-metrics.ts";
import { quantileMetrics } from "./quantile-metrics.ts";
import { resolutionMetrics } from "./resolution-metrics.ts";
import { ticketMetrics } from "./ticket-metrics.ts";
import { workbenchMetrics } from "./workbench-metrics.ts";

/** Metrics over counters: what summary and case study show. */
export const counterMetrics: readonly Exclude<MetricDefinition, { kind: "quantile" }>[] = [
  ...chatbotMetrics,
  ...outcomeMetrics,
  ...resolutionMetrics,
  ...feedbackMetrics,
  ...workbenchMetrics,
  ...ticketMetrics,
].filter((metric) => metric.kind !== "quantile");

export const metricDictionary: readonly MetricDefinition[] = [...counterMetrics, ...quantileMetrics];

export type DefinedMetric = MetricDefinition | OperationMetric | AiCostMetric;

/**
 * Every definition: those over counters, those that are read from facts (`operation-metrics.ts`), and those of calls of models
 * (`ai-cost-metrics.ts`).
 */
export const definedMetrics: readonly DefinedMetric[] = [...metricDictionary, ...aiCostMetrics, ...operationMetrics];

const byKey: ReadonlyMap<string, MetricDefinition> = new Map(metricDictionary.map((metric) => [metric.key, metric]));

/** The metric of that key, or undefined. */
export function findMetric(key: string): MetricDefinition | undefined {
  return byKey.get(key);
}

/**
 * The metric of a key that the code itself names.
 * @throws Error if the dictionary has none
 */
export function metricOf(key: string): MetricDefinition {
  const metric = byKey.get(key);
  if (metric === undefined) throw new InvariantError(`the dictionary has no metric "${key}"`);
  return metric;
}

/** The formula in counters, as documents show it: `a / (a + b) × 100`. */
export function formulaOf(metric: DefinedMetric): string {
  switch (metric.kind) {
    case "sum":
      return sumText(metric.numerator);
    case "ratio": {
      const ratio = `${bracketed(metric.numerator)} / ${bracketed(metric.denominator)}`;
      if (metric.divisor !== undefined) return `${ratio} / ${metric.divisor}`;
      return metric.factor === 1 ? ratio : `${ratio} × ${metric.factor}`;
    }
    case "quantile":
      return `quantile(${metric.histogram}, ${metric.quantile})`;
  }
}

function sumText({ add, subtract = [] }: CounterSum<string>): string {
  return [add.join(" + "), ...subtract].join(" − ");
}

function bracketed(sum: CounterSum<string>): string {
  const text = sumText(sum);
  return text.includes(" ") ? `(${text})` : text;
}
