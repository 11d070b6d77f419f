import type { Pool } from "pg";

/** What somebody said about a moment. */
export interface Note {
  readonly id: string;
  readonly tenantId: string;
  readonly atMs: number;
  readonly text: string;
}

const columns = "id, tenant_id, (extract(epoch from noted_at) * 1000)::float8 as at_ms, text";

interface NoteRow {
  readonly id: string;
  readonly tenant_id: string;
  readonly at_ms: number;
  readonly text: string;
}

const noteOf = (row: NoteRow): Note => ({ id: row.id, tenantId: row.tenant_id, atMs: row.at_ms, text: row.text });

/** The notes of a tenant from an instant on and before another, in order. */
export async function readNotes(
  pool: Pick<Pool, "query">,
  tenantId: string,
  fromMs: number,
  toMs: number,
): Promise<Note[]> {
  const { rows } = await pool.query<NoteRow>({
    name: "web-read-notes",
    text: `select ${columns} from analytics_notes
      where tenant_id = $1 and noted_at >= $2 and noted_at < $3 order by noted_at, id`,
    values: [tenantId, new Date(fromMs), new Date(toMs)],
  });
  return rows.map(noteOf);
}

/** All notes, or those of one tenant, in order. */
export async function listNotes(pool: Pick<Pool, "query">, only: string | undefined): Promise<Note[]> {
  const { rows } = await pool.query<NoteRow>({
    text: `select ${columns} from analytics_notes
      where $1::text is null or tenant_id = $1 order by tenant_id, noted_at, id`,
    values: [only],
  });
  return rows.map(noteOf);
}
