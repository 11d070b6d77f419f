import { presenceTables } from "../facts/agent-presence.ts";
import { agentDaysOfStayed, heartbeatOfTenant, presenceReach } from "../facts/keep-agent-days.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import type { ShadowDrift } from "./compare-shadow.ts";

interface Row {
  readonly day: string;
  readonly agent_id: number;
  readonly column: string;
  readonly stored: string | null;
  readonly expected: string | null;
  readonly total: number;
}

/** Which of these tenants have kept days. */
export async function findTenantsWithAgentDays(
  client: WriterConnection,
  tenantIds: readonly string[],
): Promise<string[]> {
  const { rows } = await client.query<{ tenant_id: string }>({
    text: "select distinct tenant_id from analytics_presence_days where tenant_id = any ($1::text[]) and kept",
    values: [tenantIds],
  });
  return rows.map((row) => row.tenant_id);
}

/**
 * Compares the kept days of agents' time with what their events say, in the connection's snapshot. What rests on sealed periods
 * is final and not compared.
 * @param client must not see shadow tables: the stored facts of agents are compared on their own
 * @param limit how many drifts come back
 */
export async function compareAgentDays(
  client: WriterConnection,
  tenantId: string,
  limit: number,
): Promise<ShadowDrift> {
  const { rows } = await client.query<Row>({ text: compareSql, values: [tenantId, limit] });
  return {
    tenantId,
    drifts: rows.map(({ day, agent_id: agentId, column, stored, expected }) => ({
      table: "analytics_agent_days",
      row: `${day} ${agentId}`,
      column,
      stored,
      expected,
    })),
    total: rows[0]?.total ?? 0,
  };
}

const columns = ["online_ms", "away_ms", "busy_ms", "occupied_ms"];

const compareSql = `
with ${presenceTables({
  tenant: "$1",
  heartbeatSeconds: heartbeatOfTenant,
  ranges: `select day as place, from_at, to_at from analytics_presence_days
    join analytics_settings using (tenant_id)
    where tenant_id = $1 and kept and from_at - ${presenceReach} >= coalesce(retained_from, '-infinity')`,
})}, expected as (
  ${agentDaysOfStayed}
), stored as (
  select a.day, a.agent_id, ${columns.join(", ")} from analytics_agent_days a join wanted on wanted.place = a.day
  where a.tenant_id = $1
), drift as (
  select day, agent_id, c."column", c.stored, c.expected
  from stored s full join expected e using (day, agent_id)
    cross join lateral (values ${columns.map((column) => `('${column}', s.${column}, e.${column})`).join(", ")})
      as c ("column", stored, expected)
  where coalesce(c.stored, 0) <> coalesce(c.expected, 0)
)
select day, agent_id, "column", stored::text, expected::text, count(*) over ()::int as total
from drift order by day, agent_id, "column" limit $2`;
