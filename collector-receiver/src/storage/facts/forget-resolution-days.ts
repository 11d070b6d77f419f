import type { WriterConnection } from "../wire/writer-connection.ts";

/** Forgets every kept day of a tenant: where sessions are replaced, or when they end is changed. */
export async function forgetResolutionDays(client: WriterConnection, tenantId: string): Promise<void> {
  await client.query("delete from analytics_resolution_days where tenant_id = $1", [tenantId]);
}
