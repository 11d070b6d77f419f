/** Metrics of the dictionary as SQL: made from the definition, so that no formula is written twice. */
import { eventCatalogue } from "@spanledger/sdk/event-catalogue";
import type {
  CounterSum,
  MetricDefinition,
  MetricGroup,
} from "../../collector-receiver/src/metrics/metric-definition.ts";
import { quoteText } from "./quote-sql.ts";

export type CounterMetric = Exclude<MetricDefinition, { kind: "quantile" }>;

/**
 * The value of a metric over one or many rows of counters, not rounded; null if the denominator is 0.
 * @param column how a counter is read: `sum(total_sessions)` over rows, `counter.total_sessions` in one
 */
export function exactExpression(metric: CounterMetric, column: (counter: string) => string): string {
  const sumOf = ({ add, subtract = [] }: CounterSum): string =>
    [
      add.map((counter) => `coalesce(${column(counter)}, 0)`).join(" + "),
      ...subtract.map((counter) => `coalesce(${column(counter)}, 0)`),
    ].join(" - ");
  if (metric.kind === "sum") return sumOf(metric.numerator);
  // The factor first, and as a numeric: integers would divide to integers.
  const divisor = metric.divisor === undefined ? "" : ` * ${metric.divisor}`;
  return `(${sumOf(metric.numerator)}) * ${metric.factor}.0 / nullif((${sumOf(metric.denominator)})${divisor}, 0)`;
}

/** As `exactExpression`, rounded as the API rounds it (half up, 6 decimals). */
export function metricExpression(metric: CounterMetric, column: (counter: string) => string): string {
  return asNumber(exactExpression(metric, column));
}

/** Grafana takes float8; rounding is numeric's, before that. */
export function asNumber(expression: string): string {
  return `round((${expression})::numeric, 6)::double precision`;
}

/** Whether the AI has ever answered: without, what it resolved is not known. */
export const aiAnswered = `exists (
    select from analytics_business_metrics
    where tenant_id = '$tenant' and period_type = 'month' and ai_involved_sessions + ai_resolved_sessions > 0
  )`;

/** As `metricExpression`, but null for a figure of the AI if the AI has never answered. */
export function knownExpression(metric: CounterMetric, column: (counter: string) => string): string {
  const value = metricExpression(metric, column);
  return metric.needsAiAnswers === true ? `case when ${aiAnswered} then ${value} end` : value;
}

const products: Readonly<Record<MetricGroup, RegExp>> = {
  ai_chatbot: /^(session|query)\./,
  ai_calls: /^ai\./,
  agent_workbench: /^(agent|ticket)\./,
  tickets: /^(agent|ticket)\./,
};

type Known = Pick<MetricDefinition, "group" | "needsAiAnswers">;

/** Whether the product behind a metric has ever reported: without, a figure is not known, which is not 0. */
export function hasReported({ group, needsAiAnswers }: Known): string {
  const names = Object.keys(eventCatalogue).filter((name) => products[group].test(name));
  return `${needsAiAnswers === true ? `${aiAnswered} and ` : ""}exists (
    select from analytics_event_counts
    where tenant_id = '$tenant' and event_name in (${names.map(quoteText).join(", ")}) and events > 0
  )`;
}
