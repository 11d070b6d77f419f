import { segmentCounterColumns } from "../metrics/counter-columns.ts";
import type { MetricDefinition } from "../metrics/metric-definition.ts";

const kept: ReadonlySet<string> = new Set(segmentCounterColumns);

/** True of a metric whose counters are all kept by segment. */
export function isKeptBySegment(metric: Exclude<MetricDefinition, { kind: "quantile" }>): boolean {
  const sums = metric.kind === "sum" ? [metric.numerator] : [metric.numerator, metric.denominator];
  return sums.every(({ add, subtract = [] }) => [...add, ...subtract].every((column) => kept.has(column)));
}
