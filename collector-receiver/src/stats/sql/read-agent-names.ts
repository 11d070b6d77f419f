import type { Pool } from "pg";

/** The latest names of some agents, as logins gave them; those that no login named are not in it. */
export async function readAgentNames(
  pool: Pick<Pool, "query">,
  tenantId: string,
  agentIds: readonly number[],
): Promise<ReadonlyMap<number, string>> {
  if (agentIds.length === 0) return new Map();
  const { rows } = await pool.query<{ agent_id: number; agent_name: string }>({
    name: "web-read-agent-names",
    text: `
select distinct on (agent_id) agent_id, agent_name
from analytics_agent_metrics
where tenant_id = $1 and agent_id = any ($2::int[]) and agent_name is not null
order by agent_id, agent_name_at desc nulls last, agent_name_event_id desc`,
    values: [tenantId, agentIds],
  });
  return new Map(rows.map(({ agent_id: id, agent_name: name }) => [id, name]));
}
