import type { Pool } from "pg";
import { isCountedSession } from "../../metrics/session-outcome.ts";

/** Who waits for a human now. */
export interface Waiting {
  readonly sessions: number;
  /** When the one who waits longest asked; null: nobody waits. */
  readonly sinceMs: number | null;
}

/**
 * Conversations that asked for a human, were not taken over, have not ended, and were active since an instant. Read by the
 * index of those that may still end by silence: conversations of the last idle timeout, however many are stored.
 */
export async function readWaiting(
  pool: Pick<Pool, "query">,
  tenantId: string,
  activeSinceMs: number,
): Promise<Waiting> {
  const { rows } = await pool.query<{ sessions: number; since_ms: string | null }>({
    name: "stats-read-waiting",
    text: `
select count(*)::int as sessions, trunc(extract(epoch from min(escalated_at)) * 1000)::text as since_ms
from analytics_sessions
where tenant_id = $1 and idle_check_at is not null
  and escalated_at is not null and taken_over_at is null and first_end_at is null
  and last_activity_at >= $2::timestamptz and ${isCountedSession}`,
    values: [tenantId, new Date(activeSinceMs).toISOString()],
  });
  const [row] = rows;
  return { sessions: row?.sessions ?? 0, sinceMs: row?.since_ms == null ? null : Number(row.since_ms) };
}
