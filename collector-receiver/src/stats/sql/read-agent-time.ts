import type { Pool } from "pg";
import type { AgentState } from "../../metrics/agent-states.ts";
import type { InstantRange } from "./read-ticket-stock.ts";

/** How long an agent was in a state in one of the ranges that were asked for. */
export interface AgentTimeRow {
  /** Place of the range, from 0. */
  readonly range: number;
  readonly agentId: number;
  readonly state: Exclude<AgentState, "offline">;
  readonly ms: number;
}

/**
 * The time of each agent in each state, within each range: an agent is in the state of its last change at every
 * instant at which its last sign of life lies less than the heartbeat back.
 * @param ranges near each other: all that lies between them is read as well
 */
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

/**
 * Every change and every row of activity is a sign of life, and between the two of one row are no gaps that matter: so
 * an agent is there from each of these points to the next one, or for the heartbeat. One pass over sorted points
 * (a join of stays with presences took 4 s for 100 agents and two months).
 *
 * Common table expressions that end with `stayed` (place, agent_id, state, ms): what `readAgentTime` reads, for
 * others who ask PostgreSQL for the same numbers.
 * @param from SQL of the tenant, of the heartbeat in whole seconds, and of the ranges (place, from_at, to_at)
 */
export function agentTimeTables({ tenant, heartbeatSeconds, ranges }: AgentTimeSource): string {
  return `wanted as (
  ${ranges}
), span as (
  select min(from_at) as from_at, max(to_at) as to_at, ${heartbeatSeconds} * interval '1 second' as heartbeat from wanted
), sign as materialized (
  select agent_id, first_at, last_at from analytics_agent_activity, span
  where tenant_id = ${tenant} and half_hour < to_at and half_hour > from_at - heartbeat - interval '30 minutes'
), change as (
  select s.agent_id, s.changed_at, s.event_id, s.state
  from analytics_agent_states s, span
  where s.tenant_id = ${tenant} and s.changed_at >= span.from_at and s.changed_at < span.to_at
  union all
  select agent.agent_id, earlier.changed_at, earlier.event_id, earlier.state
  from span, (select distinct agent_id from sign) as agent, lateral (
    select s.changed_at, s.event_id, s.state from analytics_agent_states s
    where s.tenant_id = ${tenant} and s.agent_id = agent.agent_id and s.changed_at < span.from_at
    order by s.changed_at desc, s.event_id desc limit 1
  ) as earlier
), point as (
  select agent_id, changed_at as at, event_id, state from change
  union all
  select agent_id, at, null, null from sign cross join lateral (values (first_at), (last_at)) as sign_of_life (at)
), numbered as (
  select agent_id, at, state, lead(at) over ordered as next_at, count(state) over ordered as changes
  from point window ordered as (partition by agent_id order by at, event_id)
), stay as (
  select agent_id, at as from_at, least(next_at, at + heartbeat) as to_at,
    first_value(state) over (partition by agent_id, changes order by at, state nulls last) as state
  from numbered, span
), stayed as (
  select place, agent_id, state,
    sum(extract(epoch from least(wanted.to_at, stay.to_at) - greatest(wanted.from_at, stay.from_at)) * 1000)::bigint as ms
  from stay join wanted on stay.from_at < wanted.to_at and stay.to_at > wanted.from_at
  where state <> 'offline'
  group by place, agent_id, state
)`;
}

interface AgentTimeSource {
  readonly tenant: string;
  readonly heartbeatSeconds: string;
  readonly ranges: string;
}

/** Ranges from two arrays of ms since 1970, as (place, from_at, to_at). */
const askedRanges = `select place::int as place, timestamptz 'epoch' + from_ms * interval '1 millisecond' as from_at,
    timestamptz 'epoch' + to_ms * interval '1 millisecond' as to_at
  from unnest($3::bigint[], $4::bigint[]) with ordinality as wanted (from_ms, to_ms, place)`;

const readAgentTimeSql = `
with ${agentTimeTables({ tenant: "$1", heartbeatSeconds: "$2::int", ranges: askedRanges })}
select place, agent_id, state, ms::text from stayed
`;
