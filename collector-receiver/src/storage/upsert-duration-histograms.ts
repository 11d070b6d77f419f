import type { HistogramChange } from "../metrics/counter-changes.ts";
import { dateArray, int4Array, int8Array, textArray } from "./binary-array.ts";
import type { WriterConnection } from "./writer-connection.ts";

const statement = {
  name: "upsert-duration-histograms",
  text: `
    insert into analytics_duration_histograms as h (tenant_id, day, metric, bucket, count)
    select * from unnest($1::text[], $2::date[], $3::text[], $4::int[], $5::bigint[])
    on conflict (tenant_id, day, metric, bucket) do update set count = h.count + excluded.count`,
};

/**
 * Adds a batch's durations to their buckets.
 * @param changes sorted bytewise by (tenant, day, metric, bucket)
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
      int4Array(changes, (change) => change.bucket),
      int8Array(changes, (change) => change.count),
    ],
  });
}
