import type { WriterConnection } from "../wire/writer-connection.ts";

/** A rejected event that has not been replayed with success. */
export interface StoredRejection {
  readonly contentHash: Buffer;
  readonly signal: "traces" | "logs";
  readonly payloadType: string;
  readonly payload: Buffer;
}

/** Rejections of a tenant after `after`, in the order of their hashes, at most `limit`. */
export async function readRejectedEvents(
  client: WriterConnection,
  tenantId: string,
  filter: { readonly code: string | null; readonly after: Buffer; readonly limit: number },
): Promise<StoredRejection[]> {
  const { rows } = await client.query<{
    content_hash: Buffer;
    signal: "traces" | "logs";
    payload_type: string;
    payload: Buffer;
  }>({
    name: "read-rejected-events",
    text: `
      select content_hash, signal, payload_type, payload from analytics_rejected_events
      where tenant_id = $1 and content_hash > $2 and replayed_at is null and ($3::text is null or code = $3)
      order by content_hash limit $4`,
    values: [tenantId, filter.after, filter.code, filter.limit],
  });
  return rows.map((row) => ({
    contentHash: row.content_hash,
    signal: row.signal,
    payloadType: row.payload_type,
    payload: row.payload,
  }));
}

/** Notes that a rejected event has been counted after all. */
export async function noteReplayed(
  client: WriterConnection,
  tenantId: string,
  contentHashes: readonly Buffer[],
): Promise<void> {
  await client.query({
    name: "note-replayed",
    text: "update analytics_rejected_events set replayed_at = now() where tenant_id = $1 and content_hash = any ($2::bytea[])",
    values: [tenantId, contentHashes],
  });
}
