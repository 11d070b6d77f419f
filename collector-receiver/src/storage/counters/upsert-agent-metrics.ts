import { agentColumns } from "../../metrics/counter-columns.ts";
import type { AgentChange } from "../../metrics/counter-change.ts";
import { batchOf } from "../wire/batch-columns.ts";
import type { Merge } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { counterBatch } from "./counter-batch.ts";

/** The name with the greatest (time, event id) stands, whatever order they arrive in. */
const keepsLatestName: Merge = (
  stored,
  incoming,
) => `case when excluded.agent_name is not null and (stored.agent_name is null
        or (excluded.agent_name_at, excluded.agent_name_event_id) > (stored.agent_name_at, stored.agent_name_event_id))
      then ${incoming} else ${stored} end`;

const statement = batchStatement<AgentChange>(
  "upsert-agent-metrics",
  "analytics_agent_metrics",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    day: batchOf.date((change) => change.day),
    agent_id: batchOf.int4((change) => change.agentId),
    agent_name: batchOf.text((change) => change.name, keepsLatestName),
    agent_name_at: batchOf.time((change) => (change.name === null ? null : change.nameAtMs), keepsLatestName),
    agent_name_event_id: batchOf.uuid((change) => (change.name === null ? null : change.nameEventId), keepsLatestName),
    ...counterBatch<AgentChange>(agentColumns),
  },
  { key: ["tenant_id", "day", "agent_id"], set: ["revision = stored.revision + 1", "updated_at = now()"] },
);

/**
 * Adds a batch's changes to the agents' days.
 * @param changes sorted bytewise by (tenant, day, agent)
 */
export async function upsertAgentMetrics(client: WriterConnection, changes: readonly AgentChange[]): Promise<void> {
  await client.query(statement.of(changes));
}
