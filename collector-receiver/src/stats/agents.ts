import { deriveMetric } from "../metrics/derive-metric.ts";
import type { MetricValue } from "../metrics/derive-metric.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { counterMetrics } from "../metrics/metric-dictionary.ts";
import { noCounters } from "../metrics/metric-definition.ts";
import { parsePeriod } from "./report-period.ts";
import type { PeriodQuery } from "./report-period.ts";
import type { DayRange } from "./report-period.ts";
import { instantsOf, readTenantToday } from "./read-period.ts";
import type { StatsReader, TenantToday } from "./read-period.ts";
import { readAgentTime } from "./sql/read-agent-time.ts";
import { readOperationSettings } from "./sql/read-operation-settings.ts";
import { agentCounterColumns } from "../metrics/counter-columns.ts";
import { mapInSlices } from "./map-in-slices.ts";
import { readAgents } from "./sql/read-agents.ts";
import type { AgentCounters, AgentRow, WantedAgents } from "./sql/read-agents.ts";
import { describePeriod } from "./describe-period.ts";

interface AgentFigures {
  /** Null: what no agent was named for. */
  readonly agent_id: number | null;
  /** The latest name that a login gave; null if none did. */
  readonly agent_name: string | null;
  readonly metrics: Readonly<Record<string, MetricValue>>;
}

export interface AgentsDocument {
  readonly period: string;
  /** `2025-12`; null if the period is not a calendar month. */
  readonly month: string | null;
  readonly start_date: string;
  readonly end_date: string;
  readonly timezone: string;
  readonly as_of: string;
  /** By sessions handled, as many as were asked for; the row without an agent is always there. */
  readonly agents: AgentFigures[];
  /** Agents beyond those, added up; null if there are none. */
  readonly others: { readonly agents: number; readonly metrics: Readonly<Record<string, MetricValue>> } | null;
  /** The sum of rows and others: the figures of the case study. */
  readonly total: Readonly<Record<string, MetricValue>>;
}

const agentColumns: ReadonlySet<string> = new Set(agentCounterColumns);

/** Metrics that need no other counters than those kept by agent. */
export const agentCounterMetrics = counterMetrics.filter((metric) =>
  [
    ...metric.numerator.add,
    ...(metric.numerator.subtract ?? []),
    ...(metric.kind === "ratio" ? metric.denominator.add : []),
  ].every((column) => agentColumns.has(column)),
);

/** Agents that a list shows one by one unless more are asked for; a page with all 20,000 would stop everybody else. */
export const defaultAgentLimit = 200;

/** @throws RequestError if the query is wrong */
export async function readAgentsDocument(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
  locale: Locale,
  wanted: WantedAgents = { limit: defaultAgentLimit },
): Promise<AgentsDocument> {
  const at = await readTenantToday(reader, tenantId);
  const { tenant, nowMs } = at;
  const period = parsePeriod(query, at.today);
  const present = wanted.present ?? (await readPresent(reader, tenantId, period, at));
  const { rows, others, total } = await readAgents(reader.pool, tenantId, period, { ...wanted, present });
  const nobody = Object.fromEntries(agentCounterColumns.map((column) => [column, "0"])) as AgentCounters;
  const complete: readonly AgentRow[] = rows.some(({ agentId }) => agentId === null)
    ? rows
    : [...rows, { agentId: null, agentName: null, counters: nobody }];
  const figuresOf = (counters: AgentCounters): Record<string, MetricValue> =>
    Object.fromEntries(
      agentCounterMetrics.map((metric) => [
        metric.key,
        deriveMetric(metric, { ...noCounters, ...counters }, locale, tenant.currency),
      ]),
    );
  return {
    period: describePeriod(period, locale),
    month: period.month,
    start_date: period.startDate,
    end_date: period.endDate,
    timezone: tenant.timezone,
    as_of: new Date(nowMs).toISOString(),
    agents: await mapInSlices(complete, ({ agentId, agentName, counters }) => ({
      agent_id: agentId,
      agent_name: agentName,
      metrics: figuresOf(counters),
    })),
    others: others === null ? null : { agents: others.agents, metrics: figuresOf(others.counters) },
    total: figuresOf(total),
  };
}

/** The agents who were there within a range of days. */
async function readPresent(
  { pool }: Pick<StatsReader, "pool">,
  tenantId: string,
  days: DayRange,
  at: TenantToday,
): Promise<number[]> {
  const { heartbeatSeconds } = await readOperationSettings(pool, tenantId);
  const rows = await readAgentTime(pool, tenantId, heartbeatSeconds, [instantsOf(days, at)]);
  return [...new Set(rows.map(({ agentId }) => agentId))];
}
