import type { HistogramChange } from "../../metrics/counter-change.ts";
import { bucketsOfGroup } from "../../metrics/duration-histogram.ts";
import { dateArray, int4Array, int8Rows, textArray } from "../wire/binary-array.ts";
import { bucketColumns } from "./bucket-columns.ts";
import { additions } from "./counter-table.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const counters = bucketColumns.map((column) => ({ column, decimals: 0 }));

// One array for all counts: an array for each column would have PostgreSQL unfold 32 of them, at twice the cost.
const statement = {
  name: "upsert-duration-histograms",
  text: `
    insert into analytics_duration_counters as d (tenant_id, day, metric, first_bucket, ${bucketColumns.join(", ")})
    select tenant_id, day, metric, first_bucket,
      ${bucketColumns.map((_, i) => `($5::bigint[])[place][${i + 1}]`).join(", ")}
    from unnest($1::text[], $2::date[], $3::text[], $4::int[]) with ordinality
      as change (tenant_id, day, metric, first_bucket, place)
    on conflict (tenant_id, day, metric, first_bucket) do update set
      ${additions("d", counters)}`,
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
    values: [
      textArray(changes, (change) => change.tenantId),
      dateArray(changes, (change) => change.day),
      textArray(changes, (change) => change.metric),
      int4Array(changes, (change) => change.firstBucket),
      int8Rows(changes, bucketsOfGroup, (change) => change.counts),
    ],
  });
}
