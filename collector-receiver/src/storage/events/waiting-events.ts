import type { WaitingEvent } from "../../mapping/business-event.ts";
import { instantOf } from "../wire/instant-of.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { keptEventColumns, keptEventOf } from "./kept-event.ts";
import type { KeptEvent, KeptEventRow } from "./kept-event.ts";

const statement = batchStatement<WaitingEvent>(
  "insert-waiting-events",
  "analytics_waiting_events",
  {
    tenant_id: batchOf.text((event) => event.tenantId),
    content_hash: batchOf.bytea((event) => event.contentHash),
    occurred_at: batchOf.time((event) => event.occurredAtMs),
    service_name: batchOf.text((event) => event.serviceName),
    signal: batchOf.text((event) => event.signal),
    payload_type: batchOf.text((event) => event.payloadType),
    payload: batchOf.bytea((event) => event.payload),
  },
  { key: ["tenant_id", "content_hash"] },
  "content_hash",
);

/**
 * Keeps events whose time has not come; a resent one is the same row.
 * @param waiting sorted by (tenant, content hash), each once
 * @returns those that were not there yet
 */
export async function insertWaitingEvents(
  client: WriterConnection,
  waiting: readonly WaitingEvent[],
): Promise<WaitingEvent[]> {
  const { rows } = await client.query<{ content_hash: Buffer }>(statement.of(waiting));
  const added = new Set(rows.map(({ content_hash: hash }) => hash.toString("hex")));
  return waiting.filter(({ contentHash }) => added.has(Buffer.from(contentHash).toString("hex")));
}

/** Bytes of waiting events that each tenant has had kept today, by PostgreSQL's clock; a tenant without any is missing. */
export async function readWaitingBytes(
  client: WriterConnection,
  tenantIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ tenant_id: string; waiting_bytes: string }>({
    name: "read-waiting-bytes",
    text: `
      select tenant_id, waiting_bytes from analytics_rejection_days
      where tenant_id = any ($1::text[]) and day = (now() at time zone 'UTC')::date`,
    values: [tenantIds],
  });
  return new Map(rows.map((row) => [row.tenant_id, Number(row.waiting_bytes)]));
}

const bytesStatement = batchStatement<readonly [tenantId: string, bytes: number]>(
  "add-waiting-bytes",
  "analytics_rejection_days",
  {
    tenant_id: batchOf.text(([tenantId]) => tenantId),
    day: { ...batchOf.text(() => null), from: () => "(now() at time zone 'UTC')::date" },
    waiting_bytes: batchOf.int8(([, bytes]) => bytes, adds),
  },
  { key: ["tenant_id", "day"] },
);

/** @param changes sorted by tenant, each once */
export async function addWaitingBytes(
  client: WriterConnection,
  changes: readonly (readonly [tenantId: string, bytes: number])[],
): Promise<void> {
  await client.query(bytesStatement.of(changes));
}

/** The tenants with events whose time has come at an instant, in order. */
export async function findTenantsWithDueEvents(client: WriterConnection, nowMs: number): Promise<string[]> {
  const { rows } = await client.query<{ tenant_id: string }>({
    name: "find-due-events",
    text: `
      select distinct tenant_id from analytics_waiting_events where occurred_at <= ${instantOf("$1")} order by tenant_id`,
    values: [nowMs],
  });
  return rows.map((row) => row.tenant_id);
}

/** A tenant's events whose time has come at an instant, the earliest first, at most `limit`. */
export async function readDueEvents(
  client: WriterConnection,
  tenantId: string,
  nowMs: number,
  limit: number,
): Promise<KeptEvent[]> {
  const { rows } = await client.query<KeptEventRow>({
    name: "read-due-events",
    text: `
      select ${keptEventColumns} from analytics_waiting_events
      where tenant_id = $1 and occurred_at <= ${instantOf("$2")} order by occurred_at, content_hash limit $3`,
    values: [tenantId, nowMs, limit],
  });
  return rows.map(keptEventOf);
}

/** Takes out events that have been counted, or that nobody may know of any more. @returns how many there were */
export async function deleteWaitingEvents(
  client: WriterConnection,
  tenantId: string,
  contentHashes: readonly Buffer[],
): Promise<number> {
  const { rowCount } = await client.query({
    text: "delete from analytics_waiting_events where tenant_id = $1 and content_hash = any ($2::bytea[])",
    values: [tenantId, contentHashes],
  });
  return rowCount ?? 0;
}
