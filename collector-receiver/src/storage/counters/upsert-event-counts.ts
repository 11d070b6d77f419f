import type { EventCountChange } from "../../metrics/counter-change.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<EventCountChange>(
  "upsert-event-counts",
  "analytics_event_counts",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    day: batchOf.date((change) => change.day),
    event_name: batchOf.text((change) => change.eventName),
    events: batchOf.int8((change) => change.count, adds),
  },
  { key: ["tenant_id", "day", "event_name"] },
);

/**
 * Counts events by name and day, custom events too.
 * @param changes sorted bytewise by (tenant, day, event name)
 */
export async function upsertEventCounts(client: WriterConnection, changes: readonly EventCountChange[]): Promise<void> {
  await client.query(statement.of(changes));
}
