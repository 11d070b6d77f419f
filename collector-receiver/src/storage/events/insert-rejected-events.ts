import type { RejectedEvent } from "../../mapping/business-event.ts";
import { rejectionTime } from "./read-rejected-events.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<RejectedEvent>(
  "insert-rejected-events",
  "analytics_rejected_events",
  {
    tenant_id: batchOf.text((event) => event.tenantId),
    content_hash: batchOf.bytea((event) => event.contentHash),
    code: batchOf.text((event) => event.code),
    reason: batchOf.text((event) => event.reason),
    event_name: batchOf.text((event) => event.eventName),
    occurred_at: batchOf.time((event) => event.occurredAtMs),
    signal: batchOf.text((event) => event.signal),
    payload_type: batchOf.text((event) => event.payloadType),
    payload: batchOf.bytea((event) => event.payload),
  },
  { key: ["tenant_id", "content_hash"] },
  `tenant_id, content_hash, ${rejectionTime} as counted_at`,
);

/** A rejected event that was not there yet. */
export interface AddedRejection {
  readonly event: RejectedEvent;
  /** The time by which the ledger counts it. */
  readonly countedAtMs: number;
}

/**
 * Keeps bad events with the reason; a resent one is the same row.
 * @param rejected sorted by (tenant, content hash), each once
 * @returns those that were not there yet
 */
export async function insertRejectedEvents(
  client: WriterConnection,
  rejected: readonly RejectedEvent[],
): Promise<AddedRejection[]> {
  const { rows } = await client.query<{ tenant_id: string; content_hash: Buffer; counted_at: number }>(
    statement.of(rejected),
  );
  const added = new Map(rows.map((row) => [`${row.tenant_id}\n${row.content_hash.toString("hex")}`, row.counted_at]));
  return rejected.flatMap((event) => {
    const countedAtMs = added.get(rejectionKey(event));
    return countedAtMs === undefined ? [] : [{ event, countedAtMs }];
  });
}

/** The primary key of a rejection as text. */
export function rejectionKey(event: RejectedEvent): string {
  return `${event.tenantId}\n${Buffer.from(event.contentHash).toString("hex")}`;
}
