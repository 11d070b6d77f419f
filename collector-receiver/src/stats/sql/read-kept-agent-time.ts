import type { Pool } from "pg";
import { instantOf } from "../../storage/wire/instant-of.ts";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";

/** The kept time of an agent within a range, in ms. */
export interface KeptAgentTime {
  /** Place of the range, from 0. */
  readonly range: number;
  readonly agentId: number;
  readonly online: number;
  readonly away: number;
  readonly busy: number;
  readonly occupied: number;
}

interface Row {
  readonly place: number;
  readonly agent_id: number | null;
  /** Of a day that is kept: from, to. */
  readonly numbers: readonly string[];
}

/**
 * The time of agents on the days of each range that are kept, and which days those are: the rest is to be judged from events.
 * Both are read at one moment, so that a day that becomes void is in one of them.
 */
export async function readKeptAgentTime(
  pool: Pick<Pool, "query">,
  tenantId: string,
  ranges: readonly InstantRange[],
): Promise<{ readonly time: readonly KeptAgentTime[]; readonly days: readonly InstantRange[] }> {
  const { rows } = await pool.query<Row>({
    name: "stats-read-kept-agent-time",
    text: keptSql,
    values: [tenantId, ranges.map((range) => range.fromMs), ranges.map((range) => range.toMs)],
  });
  const days: InstantRange[] = [];
  const time: KeptAgentTime[] = [];
  for (const { place, agent_id: agentId, numbers } of rows) {
    const [first = 0, second = 0, third = 0, fourth = 0] = numbers.map(Number);
    if (agentId === null) days.push({ fromMs: first, toMs: second });
    else time.push({ range: place - 1, agentId, online: first, away: second, busy: third, occupied: fourth });
  }
  return { time, days };
}

const keptSql = `
with kept as materialized (
  select place::int as place, day, d.from_at, d.to_at
  from unnest($2::bigint[], $3::bigint[]) with ordinality as wanted (from_ms, to_ms, place)
  join analytics_presence_days d on d.tenant_id = $1 and d.kept
    and d.from_at >= ${instantOf("from_ms")} and d.to_at <= ${instantOf("to_ms")}
)
select place, agent_id, array[sum(online_ms), sum(away_ms), sum(busy_ms), sum(occupied_ms)]::text[] as numbers
from kept join analytics_agent_days a on a.tenant_id = $1 and a.day = kept.day
group by place, agent_id
union all
select distinct 0, null::int, array[extract(epoch from from_at) * 1000, extract(epoch from to_at) * 1000]::bigint[]::text[]
from kept`;
