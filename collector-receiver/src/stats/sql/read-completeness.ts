import type { Pool } from "pg";

/** What sources numbered, and what of it arrived. */
export interface Completeness {
  /** Events that the sources gave a number: what the products recorded. */
  readonly recorded: number;
  /** Events that a source says it dropped itself. */
  readonly dropped: number;
  /** Numbers that were given out and have not arrived. */
  readonly missing: number;
}

/**
 * The gap accounting of all sources that were active between two instants, over their whole life: a source
 * numbers its events, not the days. All 0 where no source numbered anything.
 */
export async function readCompleteness(
  pool: Pick<Pool, "query">,
  tenantId: string,
  fromMs: number,
  toMs: number,
): Promise<Completeness> {
  const { rows } = await pool.query<{ recorded: string; dropped: string; missing: string }>({
    name: "stats-read-completeness",
    text: readCompletenessSql,
    values: [tenantId, new Date(fromMs).toISOString(), new Date(toMs).toISOString()],
  });
  const [row] = rows;
  return { recorded: Number(row?.recorded), dropped: Number(row?.dropped), missing: Number(row?.missing) };
}

const readCompletenessSql = `
select coalesce(sum(highest_seq), 0)::text as recorded,
  coalesce(sum(least(drops_reported, highest_seq)), 0)::text as dropped,
  coalesce(sum(greatest(highest_seq - drops_reported - events_seen, 0)), 0)::text as missing
from analytics_sources
where tenant_id = $1 and first_seen_at < $3::timestamptz and last_seen_at >= $2::timestamptz
`;

/**
 * The share of what was recorded that arrived, in percent with two decimals, rounded down: "100.00" is said
 * only where nothing is missing. Null where nothing was numbered.
 */
export function completenessShare({ recorded, dropped, missing }: Completeness): string | null {
  if (recorded === 0) return null;
  const arrived = Math.max(0, recorded - dropped - missing);
  return (Math.floor((arrived * 10_000) / recorded) / 100).toFixed(2);
}
