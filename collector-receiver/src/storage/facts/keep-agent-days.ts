import { instantOf } from "../wire/instant-of.ts";
import { presenceTables } from "./agent-presence.ts";
import { dateArray, int8Array } from "../wire/binary-array.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** SQL over `analytics_settings`: for how long after a day its events may still say something of it. */
export const presenceReach = "(agent_heartbeat_seconds + 86410) * interval '1 second'";

export const heartbeatOfTenant = "(select agent_heartbeat_seconds from analytics_settings where tenant_id = $1)";

/** SQL: the days of `analytics_agent_days` from `stayed`, a row an agent. */
export const agentDaysOfStayed = `select place as day, agent_id, ${["online", "away", "busy", "occupied"]
  .map((state) => `coalesce(sum(ms) filter (where state = '${state}'), 0)::bigint as ${state}_ms`)
  .join(", ")} from stayed group by place, agent_id`;

interface OpenAgentDays {
  /** The first business day with a counter of an agent; null if there is none. */
  readonly firstDay: string | null;
  /** Up to here days may end that can be kept. */
  readonly closedMs: number;
  readonly kept: ReadonlySet<string>;
}

/**
 * Which days can be kept and are.
 * @param closedAfterMs how long after a day its events may come without making it void
 */
export async function findOpenAgentDays(
  client: WriterConnection,
  tenantId: string,
  closedAfterMs: number,
): Promise<OpenAgentDays> {
  const [{ rows: bounds }, { rows: kept }] = await Promise.all([
    client.query<{ first_day: string | null; closed_at: number }>({
      name: "find-agent-days",
      text: `
        select (select min(day) from analytics_agent_metrics where tenant_id = $1) as first_day,
          idle_through - ${presenceReach} - $2::bigint * interval '1 millisecond' as closed_at
        from analytics_settings where tenant_id = $1`,
      values: [tenantId, closedAfterMs],
    }),
    client.query<{ day: string }>({
      name: "find-kept-agent-days",
      text: "select day from analytics_presence_days where tenant_id = $1 and kept",
      values: [tenantId],
    }),
  ]);
  const [found] = bounds;
  return {
    firstDay: found?.first_day ?? null,
    closedMs: found?.closed_at ?? 0,
    kept: new Set(kept.map(({ day }) => day)),
  };
}

/** Notes days that are going to be judged, in a transaction that has the tenant alone. */
export async function reserveAgentDays(
  client: WriterConnection,
  tenantId: string,
  days: readonly { readonly day: string; readonly fromMs: number; readonly toMs: number }[],
): Promise<void> {
  await client.query({
    name: "reserve-agent-days",
    text: `
      insert into analytics_presence_days (tenant_id, day, from_at, to_at)
      select $1, day, ${instantOf("from_ms")}, ${instantOf("to_ms")}
      from unnest($2::date[], $3::bigint[], $4::bigint[]) as reserved (day, from_ms, to_ms)
      on conflict (tenant_id, day) do nothing`,
    values: [
      tenantId,
      dateArray(days, ({ day }) => day),
      int8Array(days, ({ fromMs }) => fromMs),
      int8Array(days, ({ toMs }) => toMs),
    ],
  });
}

/**
 * Writes the time of each agent on reserved days, in a transaction of the duty. A day whose note a late event has deleted
 * meanwhile is not kept.
 */
export async function judgeAgentDays(
  client: WriterConnection,
  tenantId: string,
  days: readonly string[],
): Promise<void> {
  const values = [tenantId, dateArray(days, (day) => day)];
  await client.query({
    name: "forget-void-agent-days",
    text: `
      delete from analytics_agent_days void where void.tenant_id = $1 and void.day = any ($2::date[]) and not exists (
        select from analytics_presence_days d where d.tenant_id = $1 and d.day = void.day and d.kept)`,
    values,
  });
  await client.query({ name: "judge-agent-days", text: judgeSql, values });
}

const judgeSql = `
with ${presenceTables({
  tenant: "$1",
  heartbeatSeconds: heartbeatOfTenant,
  ranges: `select day as place, from_at, to_at from analytics_presence_days
    where tenant_id = $1 and day = any ($2::date[]) and not kept`,
})}, judged as (
  update analytics_presence_days d set kept = true
  from wanted where d.tenant_id = $1 and d.day = wanted.place and not d.kept
  returning d.day
)
insert into analytics_agent_days (tenant_id, day, agent_id, online_ms, away_ms, busy_ms, occupied_ms)
select $1, day, agent_id, online_ms, away_ms, busy_ms, occupied_ms
from (${agentDaysOfStayed}) as stayed join judged using (day)`;
