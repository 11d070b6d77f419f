import type { Pool } from "pg";
import { agentCounterColumns } from "../../metrics/counter-columns.ts";
import type { AgentTableMetric } from "../agent-figures.ts";
import { partOf, partSql } from "../lists/list-order.ts";
import type { ListOrder, ListPart, SortedColumn } from "../lists/list-order.ts";
import type { DayRange } from "../report-period.ts";
import type { AgentCounters } from "./read-agents.ts";

export interface CountedAgent {
  readonly agentId: number;
  readonly counters: AgentCounters;
  /** What the list is sorted by. */
  readonly key: string;
}

export interface AgentTableQuery {
  readonly days: DayRange;
  /** An agent's number, or a part of a name that the agent had in these days; null: all agents. */
  readonly search: string | null;
  /** By the agent's number, or by a metric. */
  readonly order: ListOrder<string>;
  readonly metrics: ReadonlyMap<string, AgentTableMetric>;
  readonly limit: number;
}

/** A part of the agents of a range of days, and the sum over all who were looked for. */
export interface AgentTable {
  readonly part: ListPart<CountedAgent>;
  readonly agents: number;
  readonly total: AgentCounters;
}

type Row = AgentCounters & { readonly agents: number | null; readonly agent_id: number; readonly key: string };

/** One read of the counters by agent and day; what comes back is a page, however many agents there are. */
export async function readAgentTable(
  pool: Pick<Pool, "query">,
  tenantId: string,
  query: AgentTableQuery,
): Promise<AgentTable> {
  const { days, search, order, limit } = query;
  const { rows } = await pool.query<Row>({
    text: agentTableSql(query),
    values: [
      tenantId,
      days.startDate,
      days.endDate,
      // One more than is shown says whether there is another page.
      limit + 1,
      search,
      order.from?.key ?? null,
      order.from?.id ?? null,
    ],
  });
  const found = rows.filter(({ agents }) => agents === null);
  const [sum] = rows.filter(({ agents }) => agents !== null) as [Row];
  return {
    part: partOf(
      found.map(({ agents: _, agent_id: agentId, key, ...counters }) => ({ agentId, key, counters })),
      limit,
      order,
      ({ key, agentId }) => ({ key, id: String(agentId) }),
    ),
    agents: sum.agents ?? 0,
    total: sum,
  };
}

const asNumber = (text: string): string => `${text}::numeric`;

/** The value of a metric over the sums of its counters, up to its constant factor; null if its denominator is 0. */
function valueSql(metric: AgentTableMetric): string {
  const numerator = [metric.numerator.add.join(" + "), ...(metric.numerator.subtract ?? [])].join(" - ");
  return metric.kind === "sum"
    ? `(${numerator})`
    : // Rounded, so that 10 / 3 and 100 / 30 are one value whatever scale PostgreSQL chooses.
      `round((${numerator})::numeric / nullif(${metric.denominator.add.join(" + ")}, 0), 12)`;
}

function columnOf(metric: AgentTableMetric | undefined): SortedColumn {
  const idFrom = asNumber;
  if (metric === undefined) return { ascending: "agent_id", descending: "agent_id", keyFrom: asNumber, idFrom };
  const value = valueSql(metric);
  return {
    ascending: `coalesce(${value}, 1e18)`,
    descending: `coalesce(${value}, -1)`,
    keyFrom: asNumber,
    idFrom,
  };
}

function agentTableSql({ order, metrics }: AgentTableQuery): string {
  const part = partSql(order, columnOf(metrics.get(order.by)), "agent_id", { key: "$6", id: "$7" });
  const texts = agentCounterColumns.map((column) => `${column}::text`).join(", ");
  return `
with counted as materialized (
  select agent_id, ${agentCounterColumns.map((column) => `sum(${column}) as ${column}`).join(", ")}
  from analytics_agent_metrics
  where tenant_id = $1 and day between $2::date and $3::date and agent_id is not null
  group by agent_id
  having $5::text is null or agent_id::text = $5 or bool_or(position(lower($5) in lower(agent_name)) > 0)
), shown as (
  select *, ${part.key} as key from counted where ${part.condition}
  order by ${part.key} ${part.direction}, agent_id ${part.direction} limit $4
)
(select null::int as agents, agent_id, key::text as key, ${texts} from shown
  order by shown.key ${part.direction}, agent_id ${part.direction})
union all
select count(*)::int, null, null, ${agentCounterColumns.map((column) => `coalesce(sum(${column}), 0)::text`).join(", ")}
from counted`;
}
