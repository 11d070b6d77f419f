import type { Pool } from "pg";
import { agentCounterColumns } from "../../metrics/counter-columns.ts";
import type { AgentCounterColumn } from "../../metrics/event-counters.ts";
import type { DayRange } from "../report-period.ts";

export interface AgentRow {
  /** Null: what no agent was named for. */
  readonly agentId: number | null;
  /** The latest name known today, which a login of any month may have given. */
  readonly agentName: string | null;
  readonly counters: Readonly<Record<AgentCounterColumn, string>>;
}

type Row = Record<AgentCounterColumn, string> & {
  agent_id: number | null;
  agent_name: string | null;
};

/** The counters of each agent that did anything in a range of days. */
export async function readAgents(pool: Pick<Pool, "query">, tenantId: string, days: DayRange): Promise<AgentRow[]> {
  const { rows } = await pool.query<Row>({
    name: "stats-read-agents",
    text: readAgentsSql,
    values: [tenantId, days.startDate, days.endDate],
  });
  return rows.map(({ agent_id, agent_name, ...counters }) => ({
    agentId: agent_id,
    agentName: agent_name,
    counters,
  }));
}

const readAgentsSql = `
with latest_name as (
  select distinct on (agent_id) agent_id, agent_name
  from analytics_agent_metrics
  where tenant_id = $1 and agent_id is not null and agent_name is not null
  order by agent_id, agent_name_at desc nulls last, agent_name_event_id desc
)
select counter.agent_id, min(latest_name.agent_name) as agent_name,
  ${agentCounterColumns.map((column) => `sum(counter.${column})::text as ${column}`).join(",\n  ")}
from analytics_agent_metrics counter
left join latest_name on latest_name.agent_id = counter.agent_id
where counter.tenant_id = $1 and counter.day between $2::date and $3::date
group by counter.agent_id
order by sum(counter.sessions_handled) desc, counter.agent_id nulls last
`;
