import type { WriterConnection } from "../wire/writer-connection.ts";

/** Forgets every kept day of a tenant: if sessions or agents' events are replaced, or a setting changes on which they rest. */
export async function forgetKeptDays(client: WriterConnection, tenantId: string): Promise<void> {
  await client.query("delete from public.analytics_resolution_days where tenant_id = $1", [tenantId]);
  await client.query("delete from public.analytics_presence_days where tenant_id = $1", [tenantId]);
}
