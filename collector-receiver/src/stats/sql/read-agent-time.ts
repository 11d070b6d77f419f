import type { Pool } from "pg";
import { presenceTables } from "../../storage/facts/agent-presence.ts";
import { instantOf } from "../../storage/wire/instant-of.ts";
import { readKeptAgentTime } from "./read-kept-agent-time.ts";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";

/** How long an agent was in a state in one of the ranges that were asked for; `occupied` overlaps the others. */
export interface AgentTimeRow {
  /** Place of the range, from 0. */
  readonly range: number;
  readonly agentId: number;
  readonly state: "online" | "away" | "busy" | "occupied";
  readonly ms: number;
}

/**
 * The time of each agent in each state, within each range: of closed days as upkeep has kept it, of the others from the events of
 * agents. An agent may have two rows of a state.
 */
export async function readAgentTime(
  pool: Pick<Pool, "query">,
  tenantId: string,
  heartbeatSeconds: number,
  ranges: readonly InstantRange[],
): Promise<AgentTimeRow[]> {
  const { time, days } = await readKeptAgentTime(pool, tenantId, ranges);
  const open = ranges.flatMap((range, place) => withoutDays(range, days).map((part) => ({ ...part, place })));
  const judged = open.length === 0 ? [] : await judgeAgentTime(pool, tenantId, heartbeatSeconds, open);
  const kept = time.flatMap((of) =>
    agentStates.flatMap((state) =>
      of[state] === 0 ? [] : [{ range: of.range, agentId: of.agentId, state, ms: of[state] }],
    ),
  );
  return [...kept, ...judged];
}

const agentStates = ["online", "away", "busy", "occupied"] as const;

/** What is left of a range without some days, in order. */
export function withoutDays({ fromMs, toMs }: InstantRange, days: readonly InstantRange[]): InstantRange[] {
  const within = days.filter((day) => day.fromMs >= fromMs && day.toMs <= toMs);
  const ends = within.toSorted((a, b) => a.fromMs - b.fromMs);
  const left: InstantRange[] = [];
  let nextMs = fromMs;
  for (const day of ends) {
    if (day.fromMs > nextMs) left.push({ fromMs: nextMs, toMs: day.fromMs });
    nextMs = day.toMs;
  }
  if (nextMs < toMs) left.push({ fromMs: nextMs, toMs });
  return left;
}

async function judgeAgentTime(
  pool: Pick<Pool, "query">,
  tenantId: string,
  heartbeatSeconds: number,
  parts: readonly (InstantRange & { readonly place: number })[],
): Promise<AgentTimeRow[]> {
  const { rows } = await pool.query<{ place: number; agent_id: number; state: AgentTimeRow["state"]; ms: string }>({
    name: "stats-read-agent-time",
    text: readAgentTimeSql,
    values: [tenantId, heartbeatSeconds, parts.map((part) => part.fromMs), parts.map((part) => part.toMs)],
  });
  return rows.map((row) => ({
    range: (parts[row.place - 1] as (typeof parts)[number]).place,
    agentId: row.agent_id,
    state: row.state,
    ms: Number(row.ms),
  }));
}

/** Ranges from two arrays of ms since 1970, as (place, from_at, to_at). */
const askedRanges = `select place::int as place, ${instantOf("from_ms")} as from_at, ${instantOf("to_ms")} as to_at
  from unnest($3::bigint[], $4::bigint[]) with ordinality as wanted (from_ms, to_ms, place)`;

const readAgentTimeSql = `
with ${presenceTables({ tenant: "$1", heartbeatSeconds: "$2::int", ranges: askedRanges })}
select place, agent_id, state, ms::text from stayed
`;
