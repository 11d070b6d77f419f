import { checkTenantSettings, seedTenantSettings, type TenantDefaults } from "../storage/seed-tenant-settings.ts";
import { openWriterConnection } from "../storage/writer-connection.ts";

/**
 * Makes sure that every tenant in `tenantIds` has settings, and that those of all tenants in the database
 * are what the environment says: stored numbers depend on them.
 * @throws SettingsMismatchError naming both values
 */
export async function checkSettings(
  connectionString: string,
  tenantIds: readonly string[],
  defaults: TenantDefaults,
): Promise<void> {
  const client = await openWriterConnection(connectionString);
  try {
    for (const tenantId of tenantIds) await seedTenantSettings(client, tenantId, defaults);
    const { rows } = await client.query<{ tenant_id: string }>(
      "select tenant_id from analytics_settings order by tenant_id",
    );
    for (const { tenant_id: tenantId } of rows) await checkTenantSettings(client, tenantId, defaults);
  } finally {
    await client.end();
  }
}
