import type { AgentStateRow } from "../../metrics/agent-states.ts";
import { int4Array, textArray, timestamptzArray, uuidArray } from "../wire/binary-array.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "insert-agent-states",
  text: `
    insert into analytics_agent_states (tenant_id, agent_id, changed_at, event_id, state)
    select * from unnest($1::text[], $2::int[], $3::timestamptz[], $4::uuid[], $5::text[])
    on conflict do nothing`,
};

/** Writes down changes of agents' states; one that is known already stays. */
export async function insertAgentStates(client: WriterConnection, states: readonly AgentStateRow[]): Promise<void> {
  await client.query({
    ...statement,
    values: [
      textArray(states, (row) => row.tenantId),
      int4Array(states, (row) => row.agentId),
      timestamptzArray(states, (row) => row.changedMs),
      uuidArray(states, (row) => row.eventId),
      textArray(states, (row) => row.state),
    ],
  });
}
