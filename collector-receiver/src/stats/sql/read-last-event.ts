import type { Pool } from "pg";

/** When a tenant's last event occurred, in ms since 1970; null if it has none. The primary key answers it. */
export async function readLastEvent(pool: Pick<Pool, "query">, tenantId: string): Promise<number | null> {
  const { rows } = await pool.query<{ at_ms: number }>({
    name: "stats-read-last-event",
    text: `
      select trunc(extract(epoch from occurred_at) * 1000)::float8 as at_ms
      from analytics_events where tenant_id = $1 order by occurred_at desc limit 1`,
    values: [tenantId],
  });
  return rows[0]?.at_ms ?? null;
}

/** How many events of a business day are counted. */
export async function readEventsOfDay(pool: Pick<Pool, "query">, tenantId: string, day: string): Promise<number> {
  const { rows } = await pool.query<{ events: string }>({
    name: "stats-read-events-of-day",
    text: `
      select coalesce(sum(events), 0)::text as events
      from analytics_event_counts where tenant_id = $1 and day = $2::date`,
    values: [tenantId, day],
  });
  return Number(rows[0]?.events ?? 0);
}
