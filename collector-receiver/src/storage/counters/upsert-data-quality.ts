import type { QualityChange } from "../../metrics/counter-change.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<QualityChange>(
  "upsert-data-quality",
  "analytics_data_quality",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    day: batchOf.date((change) => change.day),
    code: batchOf.text((change) => change.code),
    attribute: batchOf.text((change) => change.attribute),
    detail: batchOf.text((change) => change.detail),
    event_name: batchOf.text((change) => change.eventName),
    events: batchOf.int8((change) => change.count, adds),
    example: batchOf.text(
      (change) => change.example,
      (stored, incoming) => `coalesce(${incoming}, ${stored})`,
    ),
  },
  { key: ["tenant_id", "day", "code", "attribute", "detail", "event_name"] },
);

/**
 * Adds to the ledger of data quality.
 * @param changes sorted bytewise by (tenant, day, code, attribute, detail, event name)
 */
export async function upsertDataQuality(client: WriterConnection, changes: readonly QualityChange[]): Promise<void> {
  await client.query(statement.of(changes));
}
