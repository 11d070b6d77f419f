import type { Pool } from "pg";

/** From when on a tenant's events are kept, ms; null if all are. */
export async function readRetainedFrom(pool: Pick<Pool, "query">, tenantId: string): Promise<number | null> {
  const { rows } = await pool.query<{ retained_from_ms: string | null }>({
    name: "web-read-retained-from",
    text: "select trunc(extract(epoch from retained_from) * 1000)::text as retained_from_ms from analytics_settings where tenant_id = $1",
    values: [tenantId],
  });
  const text = rows[0]?.retained_from_ms ?? null;
  return text === null ? null : Number(text);
}
