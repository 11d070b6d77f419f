import type { Pool } from "pg";

/** What sources numbered, and what of it arrived. */
export interface Completeness {
  /** Events that the sources gave a number: what the products recorded. */
  readonly recorded: number;
  /** Events that a source says it dropped itself. */
  readonly dropped: number;
  /** Numbers that were given out and have not arrived. */
  readonly missing: number;
  /** All events that were counted on the days of these sources, numbered or not. */
  readonly counted: number;
}

/**
 * The gap accounting of all sources that were active between two instants, over their whole life: a source
 * numbers its events, not the days. All 0 if no source numbered anything.
 */
export async function readCompleteness(
  pool: Pick<Pool, "query">,
  tenantId: string,
  fromMs: number,
  toMs: number,
): Promise<Completeness> {
  const { rows } = await pool.query<Record<keyof Completeness, string>>({
    name: "stats-read-completeness",
    text: readCompletenessSql,
    values: [tenantId, new Date(fromMs).toISOString(), new Date(toMs).toISOString()],
  });
  const [row] = rows;
  return {
    recorded: Number(row?.recorded),
    dropped: Number(row?.dropped),
    missing: Number(row?.missing),
    counted: Number(row?.counted),
  };
}

const readCompletenessSql = `
with active as (
  select coalesce(sum(highest_seq), 0) as recorded,
    coalesce(sum(least(drops_reported, highest_seq)), 0) as dropped,
    coalesce(sum(greatest(highest_seq - drops_reported - events_seen, 0)), 0) as missing,
    min(first_seen_at) as first_at, max(last_seen_at) as last_at
  from analytics_sources
  where tenant_id = $1 and first_seen_at < $3::timestamptz and last_seen_at >= $2::timestamptz
)
select recorded::text, dropped::text, missing::text, (
    select coalesce(sum(events), 0) from analytics_event_counts
    where tenant_id = $1 and day between (select spanledger_day_of(timezone, first_at) from analytics_settings where tenant_id = $1)
      and (select spanledger_day_of(timezone, last_at) from analytics_settings where tenant_id = $1)
  )::text as counted
from active
`;

const arrivedOf = ({ recorded, dropped, missing }: Completeness): number => Math.max(0, recorded - dropped - missing);

/**
 * The share of what was recorded that arrived, in percent with two decimals, rounded down: "100.00" is said
 * only if nothing is missing. Null if nothing was numbered.
 */
export function completenessShare(completeness: Completeness): string | null {
  if (completeness.recorded === 0) return null;
  return (Math.floor((arrivedOf(completeness) * 10_000) / completeness.recorded) / 100).toFixed(2);
}

/**
 * The share of the counted events that carry a number, in whole percent, rounded down: what `completenessShare` rests on.
 * At least 1 if any does, 100 only if all do.
 */
export function numberedShare(completeness: Completeness): number {
  const [arrived, counted] = [arrivedOf(completeness), completeness.counted];
  if (arrived >= counted) return 100;
  return arrived === 0 ? 0 : Math.max(1, Math.floor((arrived * 100) / counted));
}
