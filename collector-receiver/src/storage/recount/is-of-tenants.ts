import type { WriterConnection } from "../wire/writer-connection.ts";

/**
 * SQL that is true of the rows of these tenants.
 * @param tenantIds at least one
 */
export function isOfTenants(client: WriterConnection, tenantIds: readonly string[]): string {
  const ids = tenantIds.map((tenantId) => client.escapeLiteral(tenantId));
  return ids.length === 1 ? `tenant_id = ${ids[0]}` : `tenant_id = any (array[${ids.join(", ")}]::text[])`;
}
