import { decimalOf } from "../../metrics/custom-changes.ts";
import type { CustomCounterChange } from "../../metrics/custom-changes.ts";
import { dateArray, int8Array, textArray } from "../wire/binary-array.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "upsert-custom-counters",
  text: `
    insert into analytics_custom_counters as c (tenant_id, day, metric, group_value, events, total)
    select * from unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::bigint[], $6::numeric[])
    on conflict (tenant_id, day, metric, group_value) do update set
      events = c.events + excluded.events, total = c.total + excluded.total`,
};

/**
 * Adds a batch's events and sums to a product's own metrics, by day.
 * @param changes sorted bytewise by (tenant, day, metric, group)
 */
export async function upsertCustomCounters(
  client: WriterConnection,
  changes: readonly CustomCounterChange[],
): Promise<void> {
  await client.query({
    ...statement,
    values: [
      textArray(changes, (change) => change.tenantId),
      dateArray(changes, (change) => change.day),
      textArray(changes, (change) => change.metric),
      textArray(changes, (change) => change.group),
      int8Array(changes, (change) => change.events),
      changes.map((change) => decimalOf(change.total, change.decimals)),
    ],
  });
}
