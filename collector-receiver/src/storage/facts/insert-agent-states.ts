import type { AgentStateRow } from "../../metrics/agent-states.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<AgentStateRow>(
  "insert-agent-states",
  "analytics_agent_states",
  {
    tenant_id: batchOf.text((row) => row.tenantId),
    agent_id: batchOf.int4((row) => row.agentId),
    changed_at: batchOf.time((row) => row.changedMs),
    event_id: batchOf.uuid((row) => row.eventId),
    state: batchOf.text((row) => row.state),
    kind: batchOf.text((row) => row.kind),
    session_id: batchOf.text((row) => row.sessionId),
    login_id: batchOf.text((row) => row.loginId),
  },
  { key: ["tenant_id", "agent_id", "changed_at", "event_id"] },
);

/** Writes down what agents did; an event that is known already stays. */
export async function insertAgentStates(client: WriterConnection, states: readonly AgentStateRow[]): Promise<void> {
  await client.query(statement.of(states));
}
