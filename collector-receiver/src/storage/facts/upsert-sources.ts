import { adds, batchOf, keepsFirstKnown, keepsGreatest } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** What a batch tells of one source of events. */
export interface SourceChange {
  readonly tenantId: string;
  readonly sourceId: string;
  readonly serviceName: string | null;
  highestSeq: number;
  eventsSeen: number;
  dropsReported: number;
}

const statement = batchStatement<SourceChange>(
  "upsert-sources",
  "analytics_sources",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    source_id: batchOf.text((change) => change.sourceId),
    service_name: batchOf.text((change) => change.serviceName, keepsFirstKnown),
    highest_seq: batchOf.int8((change) => change.highestSeq, keepsGreatest),
    events_seen: batchOf.int8((change) => change.eventsSeen, adds),
    drops_reported: batchOf.int8((change) => change.dropsReported, keepsGreatest),
  },
  { key: ["tenant_id", "source_id"], set: ["last_seen_at = now()"] },
);

/**
 * Keeps the evidence of loss: what a source gave out, what arrived, what it dropped itself.
 * @param changes sorted by (tenant, source id)
 */
export async function upsertSources(client: WriterConnection, changes: readonly SourceChange[]): Promise<void> {
  await client.query(statement.of(changes));
}
