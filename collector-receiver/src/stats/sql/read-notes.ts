import type { Pool } from "pg";

/** What somebody said about a moment. */
export interface Note {
  readonly id: string;
  readonly tenantId: string;
  readonly atMs: number;
  readonly text: string;
}

interface NoteRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly at_ms: number;
  readonly text: string;
}

/** All notes, or those of one tenant, in order. */
export async function listNotes(pool: Pick<Pool, "query">, only: string | undefined): Promise<Note[]> {
  const { rows } = await pool.query<NoteRow>({
    text: `select id, tenant_id, (extract(epoch from noted_at) * 1000)::float8 as at_ms, text from analytics_notes
      where $1::text is null or tenant_id = $1 order by tenant_id, noted_at, id`,
    values: [only],
  });
  return rows.map((row) => ({ id: row.id, tenantId: row.tenant_id, atMs: row.at_ms, text: row.text }));
}
