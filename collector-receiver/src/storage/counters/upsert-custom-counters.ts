import { decimalOf } from "../../metrics/custom-changes.ts";
import type { CustomCounterChange } from "../../metrics/custom-changes.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<CustomCounterChange>(
  "upsert-custom-counters",
  "analytics_custom_counters",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    day: batchOf.date((change) => change.day),
    metric: batchOf.text((change) => change.metric),
    group_value: batchOf.text((change) => change.group),
    events: batchOf.int8((change) => change.events, adds),
    total: batchOf.numeric((change) => decimalOf(change.total, change.decimals), adds),
  },
  { key: ["tenant_id", "day", "metric", "group_value"] },
);

/**
 * Adds a batch's events and sums to a product's own metrics, by day.
 * @param changes sorted bytewise by (tenant, day, metric, group)
 */
export async function upsertCustomCounters(
  client: WriterConnection,
  changes: readonly CustomCounterChange[],
): Promise<void> {
  await client.query(statement.of(changes));
}
