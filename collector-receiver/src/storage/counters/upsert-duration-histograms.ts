import type { HistogramChange } from "../../metrics/counter-change.ts";
import { bucketsOfGroup } from "../../metrics/duration-histogram.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchRows, onConflict } from "../wire/batch-statement.ts";
import { int8Rows } from "../wire/binary-array.ts";
import { bucketColumns } from "./bucket-columns.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const keys = batchRows<HistogramChange>({
  tenant_id: batchOf.text((change) => change.tenantId),
  day: batchOf.date((change) => change.day),
  metric: batchOf.text((change) => change.metric),
  first_bucket: batchOf.int4((change) => change.firstBucket),
});
const counters = Object.fromEntries(bucketColumns.map((column) => [column, { merge: adds }]));

// One array for all counts: an array for each column would have PostgreSQL unfold 32 of them, at twice the cost.
const statement = {
  name: "upsert-duration-histograms",
  text: `
    insert into analytics_duration_counters as stored (${keys.names}, ${bucketColumns.join(", ")})
    select ${keys.names}, ${bucketColumns.map((_, i) => `($5::bigint[])[place][${i + 1}]`).join(", ")}
    from ${keys.unnested} with ordinality as incoming (${keys.names}, place)
    ${onConflict(counters, { key: ["tenant_id", "day", "metric", "first_bucket"] })}`,
};

/**
 * Adds a batch's durations to their buckets.
 * @param changes sorted bytewise by (tenant, day, metric), then by first bucket
 */
export async function upsertDurationHistograms(
  client: WriterConnection,
  changes: readonly HistogramChange[],
): Promise<void> {
  await client.query({
    ...statement,
    values: [...keys.parameters(changes), int8Rows(changes, bucketsOfGroup, (change) => change.counts)],
  });
}
