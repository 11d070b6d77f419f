import { adds, batchOf } from "../wire/batch-columns.ts";
import { batchStatement } from "../wire/batch-statement.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** What a batch adds to a tenant's rejected events of today. */
export interface RejectionDay {
  readonly tenantId: string;
  keptEvents: number;
  keptBytes: number;
  unkeptEvents: number;
}

/** Bytes of rejected events that each tenant has had kept today, by PostgreSQL's clock; a tenant without any is missing. */
export async function readKeptBytes(
  client: WriterConnection,
  tenantIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await client.query<{ tenant_id: string; kept_bytes: string }>({
    name: "read-kept-rejections",
    text: `
      select tenant_id, kept_bytes from analytics_rejection_days
      where tenant_id = any ($1::text[]) and day = (now() at time zone 'UTC')::date`,
    values: [tenantIds],
  });
  return new Map(rows.map((row) => [row.tenant_id, Number(row.kept_bytes)]));
}

const statement = batchStatement<RejectionDay>(
  "add-rejection-days",
  "analytics_rejection_days",
  {
    tenant_id: batchOf.text((change) => change.tenantId),
    day: { ...batchOf.text(() => null), from: () => "(now() at time zone 'UTC')::date" },
    kept_events: batchOf.int8((change) => change.keptEvents, adds),
    kept_bytes: batchOf.int8((change) => change.keptBytes, adds),
    unkept_events: batchOf.int8((change) => change.unkeptEvents, adds),
  },
  { key: ["tenant_id", "day"] },
);

/** @param changes sorted by tenant, each once */
export async function addRejectionDays(client: WriterConnection, changes: readonly RejectionDay[]): Promise<void> {
  await client.query(statement.of(changes));
}
