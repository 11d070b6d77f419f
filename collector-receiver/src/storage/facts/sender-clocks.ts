import { clockKey, type ClockNote } from "../../mapping/sender-clocks.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import { textArray } from "../wire/binary-array.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<ClockNote>(
  "upsert-sender-clocks",
  "analytics_sender_clocks",
  {
    tenant_id: batchOf.text((note) => note.tenantId),
    service_name: batchOf.text((note) => note.serviceName),
    ahead_ms: batchOf.int8(
      (note) => note.aheadMs ?? 0,
      (_, incoming) => incoming,
    ),
  },
  { key: ["tenant_id", "service_name"], set: ["arrived_at = now()"] },
);

/** Notes the senders whose clock runs ahead, and forgets those of which an event has come in time. @param notes sorted, one a sender */
export async function writeSenderClocks(client: WriterConnection, notes: readonly ClockNote[]): Promise<void> {
  const ahead = notes.filter(({ aheadMs }) => aheadMs !== null);
  if (ahead.length > 0) await client.query(statement.of(ahead));
  const inTime = notes.filter(({ aheadMs }) => aheadMs === null);
  if (inTime.length === 0) return;
  await client.query({
    name: "forget-sender-clocks",
    text: `
      delete from analytics_sender_clocks
      where (tenant_id, service_name) in (select * from unnest($1::text[], $2::text[]))`,
    values: [textArray(inTime, ({ tenantId }) => tenantId), textArray(inTime, ({ serviceName }) => serviceName)],
  });
}

/** The senders whose clock runs ahead, as `clockKey` names them. */
export async function readSenderClocks(client: WriterConnection): Promise<string[]> {
  const { rows } = await client.query<{ tenant_id: string; service_name: string }>({
    name: "read-sender-clocks",
    text: "select tenant_id, service_name from analytics_sender_clocks",
  });
  return rows.map((row) => clockKey({ tenantId: row.tenant_id, serviceName: row.service_name }));
}

/** Forgets the clocks of senders whose name holds an id that is erased. */
export async function forgetClocksNaming(client: WriterConnection, tenantId: string, id: string): Promise<void> {
  await client.query({
    text: "delete from analytics_sender_clocks where tenant_id = $1 and position($2 in service_name) > 0",
    values: [tenantId, id],
  });
}
