import type { Pool } from "pg";
import { insertNote } from "../../collector-receiver/src/storage/notes/insert-note.ts";
import { listNotes } from "../../collector-receiver/src/stats/sql/read-notes.ts";

/** Writes the sample shop's notes, as `spanledger note` would; those that are there already not a second time. */
export async function addSampleNotes(
  pool: Pool,
  notes: readonly { readonly atMs: number; readonly text: string }[],
): Promise<void> {
  const stored = new Set((await listNotes(pool, "default")).map(({ atMs, text }) => `${atMs} ${text}`));
  for (const note of notes) {
    if (!stored.has(`${note.atMs} ${note.text}`)) await insertNote(pool, "default", note);
  }
}
