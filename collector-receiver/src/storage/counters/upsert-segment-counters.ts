import { segmentColumns } from "../../metrics/counter-columns.ts";
import type { SegmentChange } from "../../metrics/segment-changes.ts";
import { batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";
import { counterBatch } from "./counter-batch.ts";

const statement = batchStatement<SegmentChange>(
  "upsert-segment-counters",
  "analytics_segment_counters",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    day: batchOf.date((change) => change.day),
    dimension: batchOf.text((change) => change.dimension),
    value: batchOf.text((change) => change.value),
    ...counterBatch<SegmentChange>(segmentColumns),
  },
  { key: ["tenant_id", "day", "dimension", "value"] },
);

/**
 * Adds what sessions contribute to the segments that they are in.
 * @param changes sorted bytewise by (tenant, day, dimension, value)
 */
export async function upsertSegmentCounters(
  client: WriterConnection,
  changes: readonly SegmentChange[],
): Promise<void> {
  await client.query(statement.of(changes));
}
