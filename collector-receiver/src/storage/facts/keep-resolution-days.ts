import { settledMs } from "../../metrics/operation-metrics.ts";
import { dateArray, int8Array } from "../wire/binary-array.ts";
import { instantOf } from "../wire/instant-of.ts";
import { durableWindow, resolutionTables } from "./judge-resolutions.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** When a tenant's first session began, and the days that need no look now: kept, or not to be judged before later. */
export async function findOpenResolutionDays(
  client: WriterConnection,
  tenantId: string,
  idleThroughMs: number,
): Promise<{ readonly firstStartMs: number | null; readonly done: ReadonlySet<string> }> {
  const [{ rows: first }, { rows: done }] = await Promise.all([
    client.query<{ first_start_at: number }>({
      name: "find-first-session",
      text: `
        select first_start_at from analytics_sessions where tenant_id = $1 and first_start_at is not null
        order by first_start_at limit 1`,
      values: [tenantId],
    }),
    client.query<{ day: string }>({
      name: "find-resolution-days",
      text: `
        select day from analytics_resolution_days where tenant_id = $1
          and (judged is not null or through_at > ${instantOf("$2")} and through_at < 'infinity')`,
      values: [tenantId, idleThroughMs],
    }),
  ]);
  return { firstStartMs: first[0]?.first_start_at ?? null, done: new Set(done.map(({ day }) => day)) };
}

interface ReservedDay {
  readonly day: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Notes days that are going to be judged. */
export async function reserveResolutionDays(
  client: WriterConnection,
  tenantId: string,
  days: readonly ReservedDay[],
): Promise<void> {
  await client.query({
    name: "reserve-resolution-days",
    text: `
      insert into analytics_resolution_days as kept (tenant_id, day, from_at, to_at, through_at)
      select $1, day, ${instantOf("from_ms")}, ${instantOf("to_ms")}, 'infinity'
      from unnest($2::date[], $3::bigint[], $4::bigint[]) as reserved (day, from_ms, to_ms)
      on conflict (tenant_id, day) do update set through_at = 'infinity' where kept.judged is null`,
    values: [
      tenantId,
      dateArray(days, ({ day }) => day),
      int8Array(days, ({ fromMs }) => fromMs),
      int8Array(days, ({ toMs }) => toMs),
    ],
  });
}

/**
 * Judges days that lie side by side and writes what was found into those whose note still stands. A day with a session that
 * may yet be resolved, or whose customer may yet return, is looked at again when that can have changed.
 */
export async function judgeResolutionDays(
  client: WriterConnection,
  tenantId: string,
  range: { readonly days: readonly string[]; readonly startsMs: readonly number[]; readonly endMs: number },
): Promise<void> {
  await client.query({
    name: "judge-resolution-days",
    text: judgeSql,
    values: [
      tenantId,
      dateArray(range.days, (day) => day),
      int8Array(range.startsMs, (ms) => ms),
      range.startsMs[0],
      range.endMs,
    ],
  });
}

const settled = `interval '${settledMs} milliseconds'`;
const placeOf = `width_bucket(first_start_at, array(select ${instantOf("ms")} from unnest($3::bigint[]) with ordinality as s (ms, n) order by n))`;
const isYoung = `(is_open or is_resolved and over_at + ${settled} > idle_through)`;

const judgeSql = `
with ${resolutionTables({ tenant: "$1", from: instantOf("$4"), to: instantOf("$5") })},
of_cohort as (
  select ${placeOf} as place, max(over_at + greatest(${settled}, idle_timeout)) filter (where ${isYoung}) as retry_at,
    max(over_at + ${durableWindow}) filter (where is_resolved and user_id is not null) as through_at,
    count(*) filter (where is_resolved and user_id is null) as unattributed
  from cohort group by place
), of_followed as (
  select ${placeOf} as place, count(*) as judged, count(*) filter (where is_durable) as durable
  from followed where is_resolved group by place
), found as (
  select day, retry_at, through_at, coalesce(judged, 0) as judged, coalesce(durable, 0) as durable,
    coalesce(unattributed, 0) as unattributed
  from unnest($2::date[]) with ordinality as days (day, place)
  left join of_cohort using (place) left join of_followed using (place)
)
update analytics_resolution_days kept set
  through_at = coalesce(found.retry_at, found.through_at, kept.to_at),
  judged = case when found.retry_at is null then found.judged end,
  durable = case when found.retry_at is null then found.durable end,
  unattributed = case when found.retry_at is null then found.unattributed end
from found
where kept.tenant_id = $1 and kept.day = found.day and kept.judged is null`;
