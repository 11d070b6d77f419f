import type { WriterConnection } from "../wire/writer-connection.ts";

/** The first key of the locks of rebuilds: the first four bytes of SHA-256("spanledger.rebuild"), signed. */
const rebuildLocks = -1_348_708_931;

/**
 * Holds other rebuilds of the tenant back until the connection ends: each adds the difference that it found to the counters,
 * so two that found the same one would add it twice.
 * @param onWaiting called once if another rebuild is under way
 */
export async function lockRebuild(client: WriterConnection, tenantId: string, onWaiting: () => void): Promise<void> {
  const { rows } = await client.query<{ taken: boolean }>({
    text: `select pg_try_advisory_lock(${rebuildLocks}, hashtext($1)) as taken`,
    values: [tenantId],
  });
  if (rows[0]?.taken === true) return;
  onWaiting();
  await client.query({ text: `select pg_advisory_lock(${rebuildLocks}, hashtext($1))`, values: [tenantId] });
}
