import type { Pool } from "pg";

/** Deletes a note. @returns false if there is none with this id */
export async function deleteNote(pool: Pick<Pool, "query">, id: string): Promise<boolean> {
  const { rowCount } = await pool.query("delete from analytics_notes where id::text = $1", [id]);
  return rowCount === 1;
}
