import type { HourChange } from "../../metrics/counter-change.ts";
import { hourCounters } from "../../metrics/hour-contribution.ts";
import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = batchStatement<HourChange>(
  "upsert-hour-counters",
  "analytics_hour_counters",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    day: batchOf.date((change) => change.day),
    hour: batchOf.int4((change) => change.hour),
    ...Object.fromEntries(
      hourCounters.map(({ column }, i) => [
        column,
        batchOf.int8<HourChange>(({ amounts }) => amounts[i] as number, adds),
      ]),
    ),
  },
  { key: ["tenant_id", "day", "hour"] },
);

/**
 * Adds what conversations changed by local hour.
 * @param changes sorted bytewise by (tenant, day), then by hour
 */
export async function upsertHourCounters(client: WriterConnection, changes: readonly HourChange[]): Promise<void> {
  await client.query(statement.of(changes));
}
