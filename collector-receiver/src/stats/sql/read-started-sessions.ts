import type { Pool } from "pg";
import { isCountedSession } from "../../metrics/session-outcome.ts";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";

export interface StartedSessions {
  readonly sessions: number;
  readonly escalated: number;
}

/** How many conversations started in each range, and how many of them asked for a human; by the index on their start. */
export async function readStartedSessions(
  pool: Pick<Pool, "query">,
  tenantId: string,
  ranges: readonly InstantRange[],
): Promise<StartedSessions[]> {
  const { rows } = await pool.query<StartedSessions>({
    name: "stats-read-started-sessions",
    text: `
select started.sessions, started.escalated
from unnest($2::timestamptz[], $3::timestamptz[]) with ordinality as wanted (from_at, to_at, place)
cross join lateral (
  select count(*)::int as sessions, count(*) filter (where escalated_at is not null)::int as escalated
  from analytics_sessions
  where tenant_id = $1 and first_start_at >= wanted.from_at and first_start_at < wanted.to_at and ${isCountedSession}
) as started
order by place`,
    values: [
      tenantId,
      ranges.map(({ fromMs }) => new Date(fromMs).toISOString()),
      ranges.map(({ toMs }) => new Date(toMs).toISOString()),
    ],
  });
  return rows;
}

/** The first business day of which anything is counted; null: none. */
export async function readFirstDay(pool: Pick<Pool, "query">, tenantId: string): Promise<string | null> {
  const { rows } = await pool.query<{ day: string | null }>({
    name: "stats-read-first-day",
    text: `select min(period_value) as day from analytics_business_metrics where tenant_id = $1 and period_type = 'day'`,
    values: [tenantId],
  });
  return rows[0]?.day ?? null;
}
