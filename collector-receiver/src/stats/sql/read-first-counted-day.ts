import type { Pool } from "pg";

/** The first business day of which anything was ever counted; null: nothing was. */
export async function readFirstCountedDay(pool: Pick<Pool, "query">, tenantId: string): Promise<string | null> {
  const { rows } = await pool.query<{ day: string | null }>({
    name: "stats-read-first-day",
    text: "select min(period_value) as day from analytics_business_metrics where tenant_id = $1 and period_type = 'day'",
    values: [tenantId],
  });
  return rows[0]?.day ?? null;
}
