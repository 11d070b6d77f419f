import { agentColumns } from "../../metrics/counter-columns.ts";
import type { AgentChange } from "../../metrics/counter-change.ts";
import { fromScaledInteger } from "../../metrics/scale-decimal.ts";
import { additions, typeOf } from "./counter-table.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const names = agentColumns.map(({ column }) => column).join(", ");
const arrays = agentColumns.map((column, i) => `$${i + 7}::${typeOf(column)}[]`).join(", ");
/** The name with the greatest (time, event id) stands, whatever order they arrive in. */
const isLaterName = `excluded.agent_name is not null and (m.agent_name is null
  or (excluded.agent_name_at, excluded.agent_name_event_id) > (m.agent_name_at, m.agent_name_event_id))`;

const statement = {
  name: "upsert-agent-metrics",
  text: `
    insert into analytics_agent_metrics as m (tenant_id, day, agent_id, agent_name, agent_name_at,
      agent_name_event_id, ${names})
    select tenant_id, day, agent_id, agent_name,
      timestamptz 'epoch' + name_ms * interval '1 millisecond', name_event_id, ${names}
    from unnest($1::text[], $2::date[], $3::int[], $4::text[], $5::bigint[], $6::uuid[], ${arrays})
      as change (tenant_id, day, agent_id, agent_name, name_ms, name_event_id, ${names})
    on conflict (tenant_id, day, agent_id) do update set
      revision = m.revision + 1, updated_at = now(), ${additions("m", agentColumns)},
      agent_name = case when ${isLaterName} then excluded.agent_name else m.agent_name end,
      agent_name_at = case when ${isLaterName} then excluded.agent_name_at else m.agent_name_at end,
      agent_name_event_id = case when ${isLaterName} then excluded.agent_name_event_id else m.agent_name_event_id end`,
};

/**
 * Adds a batch's changes to the agents' days.
 * @param changes sorted bytewise by (tenant, day, agent)
 */
export async function upsertAgentMetrics(client: WriterConnection, changes: readonly AgentChange[]): Promise<void> {
  await client.query({
    ...statement,
    values: [
      changes.map((change) => change.tenantId),
      changes.map((change) => change.day),
      changes.map((change) => change.agentId),
      changes.map((change) => change.name),
      changes.map((change) => (change.name === null ? null : change.nameAtMs)),
      changes.map((change) => (change.name === null ? null : change.nameEventId)),
      ...agentColumns.map(({ decimals }, i) =>
        changes.map((change) => fromScaledInteger(change.amounts[i] as number, decimals)),
      ),
    ],
  });
}
