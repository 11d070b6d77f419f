import type { AgentActivity } from "../../metrics/agent-states.ts";
import { batchOf, keepsGreatest, keepsLeast } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<AgentActivity>(
  "upsert-agent-activity",
  "analytics_agent_activity",
  {
    tenant_id: batchOf.text((row) => row.tenantId),
    agent_id: batchOf.int4((row) => row.agentId),
    half_hour: batchOf.time((row) => row.halfHourMs),
    first_at: batchOf.time((row) => row.firstMs, keepsLeast),
    last_at: batchOf.time((row) => row.lastMs, keepsGreatest),
  },
  { key: ["tenant_id", "agent_id", "half_hour"] },
);

/**
 * Widens the agents' half hours by a batch's signs of life.
 * @param activity each half hour of an agent once, sorted by (tenant, agent, half hour)
 */
export async function upsertAgentActivity(client: WriterConnection, activity: readonly AgentActivity[]): Promise<void> {
  await client.query(statement.of(activity));
}
