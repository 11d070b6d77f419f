import type { Pool } from "pg";

/** What is known of the sources of one service. Sums are decimal text. */
export interface SourceGaps {
  readonly service: string;
  /** Sequence numbers that they gave out and that are not stored. */
  readonly missing: string;
  /** Events that they say they dropped. */
  readonly dropped: string;
}

/** Reads evidence of loss by service, of all tenants; those that miss most come first. */
export async function readSourceGaps(pool: Pick<Pool, "query">, maxServices: number): Promise<SourceGaps[]> {
  const { rows } = await pool.query<SourceGaps>(
    `select coalesce(service_name, '') as service,
       sum(greatest(highest_seq - drops_reported - events_seen, 0)) as missing, sum(drops_reported) as dropped
     from analytics_sources
     group by 1
     order by sum(greatest(highest_seq - drops_reported - events_seen, 0)) desc, 1
     limit $1`,
    [maxServices],
  );
  return rows;
}
