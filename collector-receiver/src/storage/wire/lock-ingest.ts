import type { WriterConnection } from "./writer-connection.ts";

/**
 * The one lock that keeps batches apart from what changes a whole tenant or database (sweep,
 * settings, rebuild, retention, erase): batches hold it shared, the others alone, in short slices.
 * The number is arbitrary and ours: the first eight bytes of SHA-256("spanledger.ingest").
 */
const key = "4518206130513062862";

/** Taken by every batch, until its transaction ends. */
export async function lockIngestShared(client: WriterConnection): Promise<void> {
  await client.query({ name: "lock-ingest-shared", text: `select pg_advisory_xact_lock_shared(${key})` });
}

/** Waits for the batches under way and holds back new ones, until the transaction ends. */
export async function lockIngestExclusive(client: WriterConnection): Promise<void> {
  await client.query({ name: "lock-ingest-exclusive", text: `select pg_advisory_xact_lock(${key})` });
}
