import type { WriterConnection } from "../wire/writer-connection.ts";

/** Removes the rows of a tenant's ledger of data quality that count nothing: their words may be what somebody wrote. */
export async function forgetEmptyQuality(client: WriterConnection, tenantId: string): Promise<void> {
  await client.query({
    text: "delete from analytics_data_quality where tenant_id = $1 and events = 0",
    values: [tenantId],
  });
}
