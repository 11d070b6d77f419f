import type { AgentActivity } from "../../metrics/agent-states.ts";
import { int4Array, textArray, timestamptzArray } from "../wire/binary-array.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "upsert-agent-activity",
  text: `
    insert into analytics_agent_activity as a (tenant_id, agent_id, half_hour, first_at, last_at)
    select * from unnest($1::text[], $2::int[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[])
    on conflict (tenant_id, agent_id, half_hour) do update set
      first_at = least(a.first_at, excluded.first_at), last_at = greatest(a.last_at, excluded.last_at)`,
};

/**
 * Widens the agents' half hours by a batch's signs of life.
 * @param activity each half hour of an agent once, sorted by (tenant, agent, half hour)
 */
export async function upsertAgentActivity(client: WriterConnection, activity: readonly AgentActivity[]): Promise<void> {
  await client.query({
    ...statement,
    values: [
      textArray(activity, (row) => row.tenantId),
      int4Array(activity, (row) => row.agentId),
      timestamptzArray(activity, (row) => row.halfHourMs),
      timestamptzArray(activity, (row) => row.firstMs),
      timestamptzArray(activity, (row) => row.lastMs),
    ],
  });
}
