import { deriveMetric } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import { add, fractionOf, roundHalfUp } from "../metrics/exact-fraction.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { counterMetrics } from "../metrics/metric-dictionary.ts";
import { noCounters } from "../metrics/metric-definition.ts";
import { parsePeriod } from "./report-period.ts";
import { readTenantToday } from "./read-period.ts";
import type { StatsReader } from "./read-period.ts";
import { agentCounterColumns } from "../metrics/counter-columns.ts";
import type { AgentCounterColumn } from "../metrics/event-counters.ts";
import { readAgents } from "./sql/read-agents.ts";
import { describePeriod } from "./describe-period.ts";

type AgentCounters = Readonly<Record<AgentCounterColumn, string>>;

interface AgentFigures {
  /** Null: what no agent was named for. */
  readonly agent_id: number | null;
  /** The latest name that a login gave; null where none did. */
  readonly agent_name: string | null;
  readonly metrics: Readonly<Record<string, MetricValue>>;
}

export interface AgentsDocument {
  readonly period: string;
  readonly month: string;
  readonly start_date: string;
  readonly end_date: string;
  readonly timezone: string;
  readonly as_of: string;
  /** By sessions handled; the row without an agent is always there, so that the rows add up. */
  readonly agents: AgentFigures[];
  /** The sum of the rows: the figures of the case study. */
  readonly total: Readonly<Record<string, MetricValue>>;
}

const agentColumns: ReadonlySet<string> = new Set(agentCounterColumns);

/** Metrics that need no other counters than those kept by agent. */
const agentMetrics = counterMetrics.filter((metric) =>
  [
    ...metric.numerator.add,
    ...(metric.numerator.subtract ?? []),
    ...(metric.kind === "ratio" ? metric.denominator.add : []),
  ].every((column) => agentColumns.has(column)),
);

/** @throws RequestError where `month` is no month */
export async function readAgentsDocument(
  reader: StatsReader,
  tenantId: string,
  month: string | undefined,
  locale: Locale,
): Promise<AgentsDocument> {
  const { tenant, today, nowMs } = await readTenantToday(reader, tenantId);
  const period = parsePeriod({ month }, today);
  const rows = await readAgents(reader.pool, tenantId, period);
  const nobody = Object.fromEntries(agentCounterColumns.map((column) => [column, "0"])) as AgentCounters;
  const complete = rows.some(({ agentId }) => agentId === null)
    ? rows
    : [...rows, { agentId: null, agentName: null, counters: nobody }];
  const figuresOf = (counters: AgentCounters): Record<string, MetricValue> =>
    Object.fromEntries(
      agentMetrics.map((metric) => [
        metric.key,
        deriveMetric(metric, { ...noCounters, ...counters }, locale, tenant.currency),
      ]),
    );
  return {
    period: describePeriod(period, locale),
    month: period.startDate.slice(0, 7),
    start_date: period.startDate,
    end_date: period.endDate,
    timezone: tenant.timezone,
    as_of: new Date(nowMs).toISOString(),
    agents: complete.map(({ agentId, agentName, counters }) => ({
      agent_id: agentId,
      agent_name: agentName,
      metrics: figuresOf(counters),
    })),
    total: figuresOf(sumOf(complete.map(({ counters }) => counters))),
  };
}

/** Decimals of the finest counter by agent, `total_resolution_hours`. */
const counterDecimals = 6;

function sumOf(rows: readonly AgentCounters[]): AgentCounters {
  return Object.fromEntries(
    agentCounterColumns.map((column) => [
      column,
      roundHalfUp(rows.map((row) => fractionOf(row[column])).reduce(add, fractionOf("0")), counterDecimals),
    ]),
  ) as AgentCounters;
}
