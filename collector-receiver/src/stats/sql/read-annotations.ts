import type { Pool } from "pg";

export const annotationKinds = ["note", "version", "setting", "definitions", "rules", "cost", "price"] as const;

/** What happened at a moment: a row of `analytics_annotations`. */
export interface Annotation {
  readonly atMs: number;
  readonly kind: (typeof annotationKinds)[number];
  /** Of a version the service ("" if its events name none), of a setting which one, of a cost its currency; else null. */
  readonly subject: string | null;
  /** The note, the version, the new value, or the names of what changed; null if a value has no short form. */
  readonly text: string | null;
}

/** A page and an answer show no more; the latest are left out. */
export const maxAnnotations = 500;

/** What happened from an instant on and before another, in order. */
export async function readAnnotations(
  pool: Pick<Pool, "query">,
  tenantId: string,
  fromMs: number,
  toMs: number,
): Promise<Annotation[]> {
  const { rows } = await pool.query<Pick<Annotation, "kind" | "subject" | "text"> & { at_ms: number }>({
    name: "stats-read-annotations",
    text: `
      select (extract(epoch from happened_at) * 1000)::float8 as at_ms, kind, subject, text
      from analytics_annotations
      where tenant_id = $1 and happened_at >= $2 and happened_at < $3
      order by happened_at, kind, subject, text limit ${maxAnnotations}`,
    values: [tenantId, new Date(fromMs), new Date(toMs)],
  });
  return rows.map(({ at_ms: atMs, ...row }) => ({ ...row, atMs }));
}
