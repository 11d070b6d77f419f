import type { Client, Pool } from "pg";

/**
 * How far behind its primary the server is, in ms; 0 on a primary, and on a standby that has replayed all that it received. A
 * standby that has lost its primary counts from the last transaction that it replayed.
 */
export async function measureReplicaLag(client: Pick<Client | Pool, "query">): Promise<number> {
  const { rows } = await client.query<{ lag: number | null }>(`
    select case
      when not pg_is_in_recovery() then 0
      when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
        and exists (select from pg_stat_wal_receiver where status = 'streaming') then 0
      else extract(epoch from clock_timestamp() - pg_last_xact_replay_timestamp()) * 1000
    end::float8 as lag`);
  return Math.max(0, rows[0]?.lag ?? 0);
}
