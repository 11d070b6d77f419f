import { deriveMetric, partsOf } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import { divide } from "../metrics/exact-fraction.ts";
import { formatMetric } from "../metrics/format-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { noCounters } from "../metrics/metric-definition.ts";
import { agentCounterMetrics } from "./agents.ts";
import type { AgentCounters } from "./sql/read-agents.ts";

export type AgentTableMetric = (typeof agentCounterMetrics)[number];

/** What tables of agents show, in this order. */
const keys = [
  "sessions_handled",
  "avg_first_response_ms",
  "avg_handle_time_sec",
  "transfer_rate",
  "agent_messages_sent",
  "tickets_resolved",
  "sla_met_rate",
  "total_work_minutes",
] as const;
type AgentTableKey = (typeof keys)[number];

export const agentTableMetrics: ReadonlyMap<AgentTableKey, AgentTableMetric> = new Map(
  keys.flatMap((key) => {
    const metric = agentCounterMetrics.find((one) => one.key === key);
    return metric === undefined ? [] : [[key, metric] as const];
  }),
);

/** The figures of an agent, or of a day, in the order of `agentTableMetrics`. */
export function agentFiguresOf(counters: AgentCounters, locale: Locale, currency: string): MetricValue[] {
  return [...agentTableMetrics.values()].map((metric) =>
    deriveMetric(metric, { ...noCounters, ...counters }, locale, currency),
  );
}

/**
 * What an agent of the team comes to on average: a count is shared by all agents; a rate or a mean is the team's own, in
 * which those who did more weigh more.
 */
export function teamAverageOf(total: AgentCounters, agents: number, locale: Locale, currency: string): string[] {
  return [...agentTableMetrics.values()].map((metric) => {
    const { value } = partsOf(metric, { ...noCounters, ...total });
    const isShared = metric.kind === "sum";
    const average = value !== null && isShared ? divide(value, { numerator: BigInt(agents), denominator: 1n }) : value;
    const display = isShared && metric.display.style === "number" ? { ...metric.display, digits: 1 } : metric.display;
    return formatMetric(average, metric.unit, display, locale, currency);
  });
}
