import type { RejectedEvent } from "../../mapping/business-event.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "insert-rejected-events",
  text: `
    insert into analytics_rejected_events (tenant_id, content_hash, code, reason, event_name, signal,
      payload_type, payload)
    select * from unnest($1::text[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bytea[])
    on conflict do nothing
    returning tenant_id, content_hash`,
};

/**
 * Keeps bad events with the reason; a resent one is the same row.
 * @param rejected sorted by (tenant, content hash), each once
 * @returns those that were not there yet
 */
export async function insertRejectedEvents(
  client: WriterConnection,
  rejected: readonly RejectedEvent[],
): Promise<RejectedEvent[]> {
  const { rows } = await client.query<{ tenant_id: string; content_hash: Buffer }>({
    ...statement,
    values: [
      rejected.map((event) => event.tenantId),
      rejected.map((event) => Buffer.from(event.contentHash)),
      rejected.map((event) => event.code),
      rejected.map((event) => event.reason),
      rejected.map((event) => event.eventName),
      rejected.map((event) => event.signal),
      rejected.map((event) => event.payloadType),
      rejected.map((event) => Buffer.from(event.payload)),
    ],
  });
  const added = new Set(rows.map((row) => `${row.tenant_id}\n${row.content_hash.toString("hex")}`));
  return rejected.filter((event) => added.has(rejectionKey(event)));
}

/** The primary key of a rejection as text. */
export function rejectionKey(event: RejectedEvent): string {
  return `${event.tenantId}\n${Buffer.from(event.contentHash).toString("hex")}`;
}
