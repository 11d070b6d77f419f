import type { Pool } from "pg";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";

/** Two events with none between them, in ms since 1970. */
export interface EventGap {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where a tenant's events of a range lie at least so long apart, in order. It reads all of them. */
export async function readEventGaps(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { fromMs, toMs }: InstantRange,
  minMs: number,
): Promise<EventGap[]> {
  const { rows } = await pool.query<{ from_ms: number; to_ms: number }>({
    text: gapsSql,
    values: [tenantId, new Date(fromMs), new Date(toMs), minMs],
  });
  return rows.map(({ from_ms: from, to_ms: to }) => ({ fromMs: from, toMs: to }));
}

const ms = (time: string): string => `trunc(extract(epoch from ${time}) * 1000)::float8`;

const gapsSql = `
select ${ms("occurred_at")} as from_ms, ${ms("next_at")} as to_ms
from (
  select occurred_at, lead(occurred_at) over (order by occurred_at) as next_at
  from analytics_events where tenant_id = $1 and occurred_at >= $2 and occurred_at < $3
) as event
where next_at - occurred_at >= $4 * interval '1 millisecond'
order by occurred_at
`;
