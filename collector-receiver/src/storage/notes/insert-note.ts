import type { Pool } from "pg";

/** Stores what somebody says about a moment. @returns its id */
export async function insertNote(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { atMs, text }: { readonly atMs: number; readonly text: string },
): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    "insert into analytics_notes (tenant_id, noted_at, text) values ($1, $2, $3) returning id",
    [tenantId, new Date(atMs), text],
  );
  return rows[0]!.id;
}
