import type { Pool } from "pg";
import { rejectionTime } from "../../storage/events/read-rejected-events.ts";
import type { QualityKey } from "./read-quality.ts";
import type { InstantRange } from "../../metrics/calendar-ranges.ts";

/** A rejected event as it may be shown: neither its payload nor its reason, which quotes values. */
export interface ListedRejection {
  /** Hex; the key of the row, as `spanledger replay` reads it. */
  readonly contentHash: string;
  readonly eventName: string | null;
  readonly code: string;
  readonly signal: string;
  readonly countedAtMs: number;
  readonly rejectedAtMs: number;
}

/** Rejected events that an entry of the ledger counts, in order, after `after`, at most `limit`. */
export async function readQualityRejections(
  pool: Pick<Pool, "query">,
  tenantId: string,
  { detail, eventName }: Pick<QualityKey, "detail" | "eventName">,
  { fromMs, toMs }: InstantRange,
  limit: number,
): Promise<ListedRejection[]> {
  const { rows } = await pool.query<{
    content_hash: string;
    event_name: string | null;
    signal: string;
    counted_ms: string;
    rejected_ms: string;
  }>({
    name: "stats-read-quality-rejections",
    text: readRejectionsSql,
    values: [tenantId, detail, eventName, new Date(fromMs).toISOString(), new Date(toMs).toISOString(), limit],
  });
  return rows.map((row) => ({
    contentHash: row.content_hash,
    eventName: row.event_name,
    code: detail,
    signal: row.signal,
    countedAtMs: Number(row.counted_ms),
    rejectedAtMs: Number(row.rejected_ms),
  }));
}

const ms = (time: string): string => `trunc(extract(epoch from ${time}) * 1000)::text`;

const readRejectionsSql = `
select encode(content_hash, 'hex') as content_hash, event_name, signal, ${ms(rejectionTime)} as counted_ms,
  ${ms("rejected_at")} as rejected_ms
from analytics_rejected_events
where tenant_id = $1 and code = $2 and coalesce(event_name, '') = $3 and replayed_at is null
  and ${rejectionTime} >= $4::timestamptz and ${rejectionTime} < $5::timestamptz
order by ${rejectionTime}, content_hash
limit $6
`;
