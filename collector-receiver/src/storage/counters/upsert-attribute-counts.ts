import type { AttributeCountChange } from "../../metrics/counter-change.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<AttributeCountChange>(
  "upsert-attribute-counts",
  "analytics_attribute_counts",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    day: batchOf.date((change) => change.day),
    event_name: batchOf.text((change) => change.eventName),
    attribute: batchOf.text((change) => change.attribute),
    value: batchOf.text((change) => change.value),
    events: batchOf.int8((change) => change.count, adds),
    succeeded: batchOf.int8((change) => change.succeeded, adds),
  },
  { key: ["tenant_id", "day", "event_name", "attribute", "value"] },
);

/**
 * Counts the values of declared attributes by day.
 * @param changes sorted bytewise by (tenant, day, event name, attribute, value)
 */
export async function upsertAttributeCounts(
  client: WriterConnection,
  changes: readonly AttributeCountChange[],
): Promise<void> {
  await client.query(statement.of(changes));
}
