import type { Pool } from "pg";
import { presenceTables } from "./agent-presence.ts";
import type { InstantRange } from "./read-ticket-stock.ts";

/** How long an agent was in a state in one of the ranges that were asked for; `occupied` overlaps the others. */
export interface AgentTimeRow {
  /** Place of the range, from 0. */
  readonly range: number;
  readonly agentId: number;
  readonly state: "online" | "away" | "busy" | "occupied";
  readonly ms: number;
}

/** The time of each agent in each state, within each range. */
export async function readAgentTime(
  pool: Pick<Pool, "query">,
  tenantId: string,
  heartbeatSeconds: number,
  ranges: readonly InstantRange[],
): Promise<AgentTimeRow[]> {
  const { rows } = await pool.query<{ place: number; agent_id: number; state: AgentTimeRow["state"]; ms: string }>({
    name: "stats-read-agent-time",
    text: readAgentTimeSql,
    values: [tenantId, heartbeatSeconds, ranges.map((range) => range.fromMs), ranges.map((range) => range.toMs)],
  });
  return rows.map((row) => ({
    range: row.place - 1,
    agentId: row.agent_id,
    state: row.state,
    ms: Number(row.ms),
  }));
}

/** Ranges from two arrays of ms since 1970, as (place, from_at, to_at). */
const askedRanges = `select place::int as place, timestamptz 'epoch' + from_ms * interval '1 millisecond' as from_at,
    timestamptz 'epoch' + to_ms * interval '1 millisecond' as to_at
  from unnest($3::bigint[], $4::bigint[]) with ordinality as wanted (from_ms, to_ms, place)`;

const readAgentTimeSql = `
with ${presenceTables({ tenant: "$1", heartbeatSeconds: "$2::int", ranges: askedRanges })}
select place, agent_id, state, ms::text from stayed
`;
