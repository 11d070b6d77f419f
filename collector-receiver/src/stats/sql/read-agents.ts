import type { Pool } from "pg";
import { agentCounterColumns } from "../../metrics/counter-columns.ts";
import type { AgentCounterColumn } from "../../metrics/counter-columns.ts";
import type { DayRange } from "../report-period.ts";

export type AgentCounters = Readonly<Record<AgentCounterColumn, string>>;

export interface AgentRow {
  /** Null: what no agent was named for. */
  readonly agentId: number | null;
  /** The latest name known today, which a login of any month may have given. */
  readonly agentName: string | null;
  readonly counters: AgentCounters;
}

/** The agents of a range of days. Rows and `others` add up to `total`. */
export interface CountedAgents {
  /** By sessions handled, and what no agent was named for, if there is anything. */
  readonly rows: readonly AgentRow[];
  /** Agents beyond the limit, added up; null if there are none. */
  readonly others: { readonly agents: number; readonly counters: AgentCounters } | null;
  readonly total: AgentCounters;
}

export interface WantedAgents {
  /** Who was there, by `readAgentTime`: they are agents of the range although nothing of them is counted. */
  readonly present?: readonly number[];
  /** How many are read one by one; null: all. */
  readonly limit: number | null;
  /** This one alone, which is then also the total. */
  readonly agentId?: number;
}

type Row = Record<AgentCounterColumn, string> & {
  kind: "agent" | "others" | "total";
  agents: number;
  agent_id: number | null;
  agent_name: string | null;
};

/** The counters of the agents that did anything in a range of days, or were there. */
export async function readAgents(
  pool: Pick<Pool, "query">,
  tenantId: string,
  days: DayRange,
  { limit, agentId, present = [] }: WantedAgents,
): Promise<CountedAgents> {
  const { rows } = await pool.query<Row>({
    name: "stats-read-agents",
    text: readAgentsSql,
    values: [tenantId, days.startDate, days.endDate, limit ?? maxLimit, agentId ?? null, present],
  });
  const ofKind = (kind: Row["kind"]) => rows.filter((row) => row.kind === kind);
  const [others] = ofKind("others");
  const [total] = ofKind("total") as [Row];
  return {
    rows: ofKind("agent")
      .map((row) => ({ agentId: row.agent_id, agentName: row.agent_name, counters: countersOf(row) }))
      .toSorted(bySessionsHandled),
    others: others === undefined ? null : { agents: others.agents, counters: countersOf(others) },
    total: countersOf(total),
  };
}

const maxLimit = 2_147_483_647;

function bySessionsHandled(a: AgentRow, b: AgentRow): number {
  const handled = Number(b.counters.sessions_handled) - Number(a.counters.sessions_handled);
  return handled || (a.agentId ?? Infinity) - (b.agentId ?? Infinity);
}

function countersOf({ kind: _, agents: __, agent_id: ___, agent_name: ____, ...counters }: Row): AgentCounters {
  return counters;
}

const sums = agentCounterColumns.map((column) => `coalesce(sum(${column}), 0)::text as ${column}`).join(", ");

const readAgentsSql = `
with latest_name as (
  select distinct on (agent_id) agent_id, agent_name
  from analytics_agent_metrics
  where tenant_id = $1 and agent_id is not null and agent_name is not null and ($5::int is null or agent_id = $5)
  order by agent_id, agent_name_at desc nulls last, agent_name_event_id desc
), counted as (
  select agent_id, ${agentCounterColumns.map((column) => `sum(${column}) as ${column}`).join(", ")}
  from (
    select agent_id, ${agentCounterColumns.join(", ")} from analytics_agent_metrics
    where tenant_id = $1 and day between $2::date and $3::date and ($5::int is null or agent_id = $5)
    union all
    select agent_id, ${agentCounterColumns.map(() => "0").join(", ")}
    from unnest($6::int[]) as present (agent_id) where $5::int is null or agent_id = $5
  ) as agent
  group by agent_id
), ranked as (
  select *, row_number() over (order by (agent_id is null), sessions_handled desc, agent_id) as place from counted
)
select 'agent' as kind, 1 as agents, agent_id, agent_name,
  ${agentCounterColumns.map((column) => `${column}::text`).join(", ")}
from (
  select ranked.*, latest_name.agent_name from ranked left join latest_name using (agent_id)
  where place <= $4::int or agent_id is null
) as shown
union all
select 'others', count(*)::int, null, null, ${sums} from ranked where place > $4::int and agent_id is not null
having count(*) > 0
union all
select 'total', count(agent_id)::int, null, null, ${sums} from ranked
`;
