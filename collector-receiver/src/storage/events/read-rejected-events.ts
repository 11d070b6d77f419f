import type { WriterConnection } from "../wire/writer-connection.ts";
import { keptEventColumns, keptEventOf } from "./kept-event.ts";
import type { KeptEvent, KeptEventRow } from "./kept-event.ts";

/**
 * SQL of the time by which the ledger of data quality counts a rejected event: its own, else its arrival. One that is ahead of
 * its arrival counts by the arrival, so that retention never takes the row of a day that is kept.
 */
export const rejectionTime = "least(coalesce(occurred_at, rejected_at), rejected_at)";

/** What the ledger of data quality counts of a rejected event. */
export interface CountedRejection {
  readonly tenantId: string;
  readonly code: string;
  readonly eventName: string | null;
  readonly contentHash: Uint8Array;
  readonly countedAtMs: number;
}

interface CountedRow {
  tenant_id: string;
  code: string;
  event_name: string | null;
  content_hash: Buffer<ArrayBuffer>;
  counted_at: number;
}

const countedColumns = `tenant_id, code, event_name, content_hash, ${rejectionTime} as counted_at`;
const countedRejection = (row: CountedRow): CountedRejection => ({
  tenantId: row.tenant_id,
  code: row.code,
  eventName: row.event_name,
  contentHash: row.content_hash,
  countedAtMs: row.counted_at,
});

/** Rejected events of tenants that have not been replayed, a page at a time. Needs an open transaction. */
export async function* streamCountedRejections(
  client: WriterConnection,
  tenantIds: readonly string[],
): AsyncGenerator<CountedRejection[]> {
  let after = { tenantId: "", contentHash: Buffer.alloc(0) };
  for (;;) {
    const { rows } = await client.query<CountedRow>({
      text: `
        select ${countedColumns} from public.analytics_rejected_events
        where tenant_id = any ($1::text[]) and (tenant_id, content_hash) > ($2, $3) and replayed_at is null
        order by tenant_id, content_hash limit 5000`,
      values: [tenantIds, after.tenantId, after.contentHash],
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map(countedRejection);
    after = { tenantId: last.tenant_id, contentHash: last.content_hash };
  }
}

/** Rejections of a tenant that have not been replayed with success, after `after`, in the order of their hashes, at most `limit`. */
export async function readRejectedEvents(
  client: WriterConnection,
  tenantId: string,
  filter: { readonly code: string | null; readonly after: Buffer; readonly limit: number },
): Promise<KeptEvent[]> {
  const { rows } = await client.query<KeptEventRow>({
    name: "read-rejected-events",
    text: `
      select ${keptEventColumns} from analytics_rejected_events
      where tenant_id = $1 and content_hash > $2 and replayed_at is null and payload <> '' and ($3::text is null or code = $3)
      order by content_hash limit $4`,
    values: [tenantId, filter.after, filter.code, filter.limit],
  });
  return rows.map(keptEventOf);
}

/**
 * Notes that rejected events have been counted after all.
 * @returns those of which it was not noted yet
 */
export async function markReplayed(
  client: WriterConnection,
  tenantId: string,
  contentHashes: readonly Buffer[],
): Promise<CountedRejection[]> {
  const { rows } = await client.query<CountedRow>({
    name: "mark-replayed",
    text: `
      update analytics_rejected_events set replayed_at = now()
      where tenant_id = $1 and content_hash = any ($2::bytea[]) and replayed_at is null
      returning ${countedColumns}`,
    values: [tenantId, contentHashes],
  });
  return rows.map(countedRejection);
}
