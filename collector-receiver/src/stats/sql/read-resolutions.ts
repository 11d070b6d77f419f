import type { Pool } from "pg";
import { durableDays } from "../../metrics/operation-metrics.ts";
import type { InstantRange } from "./read-ticket-stock.ts";

/** What is known of whether AI resolutions last; the four add up to the resolutions, durable being part of judged. */
export interface Resolutions {
  readonly judged: number;
  readonly durable: number;
  /** Too young to be judged. */
  readonly pending: number;
  /** Without a customer. */
  readonly unattributed: number;
}

/** AI resolutions of the sessions that started in a range, judged up to the stored watermark. */
export async function readResolutions(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { fromMs, toMs }: InstantRange,
): Promise<Resolutions> {
  const { rows } = await pool.query<Resolutions>({
    name: "stats-read-resolutions",
    text: readResolutionsSql,
    values: [tenantId, fromMs, toMs],
  });
  return rows[0] as Resolutions;
}

const window = `interval '${durableDays} days'`;
const instant = (place: string): string => `timestamptz 'epoch' + ${place}::bigint * interval '1 millisecond'`;

/** Two sessions of a customer that start at once come in the order of their ids, so that one of them is a return. */
const readResolutionsSql = `
with cohort as materialized (
  select session_id, user_id, first_start_at, idle_through,
    coalesce(first_end_at, last_activity_at) as over_at,
    (first_end_at is not null or last_activity_at + idle_timeout_seconds * interval '1 second' <= idle_through)
      and escalated_at is null and taken_over_at is null as is_resolved
  from analytics_sessions join analytics_settings using (tenant_id)
  where tenant_id = $1 and first_start_at >= ${instant("$2")} and first_start_at < ${instant("$3")}
), begun as (
  select session_id, user_id, first_start_at, idle_through, over_at, is_resolved from cohort where user_id is not null
  union all
  select session_id, user_id, first_start_at, null, null, false from analytics_sessions
  where tenant_id = $1 and user_id is not null and first_start_at >= ${instant("$3")}
    and first_start_at <= (select max(over_at) + ${window} from cohort where is_resolved and user_id is not null)
), followed as (
  select is_resolved, over_at + ${window} <= idle_through as is_judged,
    coalesce(lead(first_start_at) over (partition by user_id order by first_start_at, session_id collate "C")
      > over_at + ${window}, true) as is_durable
  from begun
)
select count(*) filter (where is_judged)::int as judged,
  count(*) filter (where is_judged and is_durable)::int as durable,
  count(*) filter (where not is_judged)::int as pending,
  (select count(*)::int from cohort where is_resolved and user_id is null) as unattributed
from followed where is_resolved
`;
