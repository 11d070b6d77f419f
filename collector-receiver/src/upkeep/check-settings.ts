import type { FastifyBaseLogger } from "fastify";
import type { Config } from "../config/config.ts";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { findSettingsDifferences, type SettingsDifference } from "../storage/settings/compare-tenant-settings.ts";
import { seedTenantSettings, type TenantDefaults } from "../storage/settings/seed-tenant-settings.ts";
import { tryTransaction } from "../storage/wire/statement-mode.ts";
import { openWriterConnection } from "../storage/wire/writer-connection.ts";
import { keepTimezones } from "./keep-timezones.ts";

/** The settings that this environment gives to a new tenant. */
export function tenantDefaultsOf(config: Config, definitions: CustomDefinitions | null = null): TenantDefaults {
  return {
    timezone: config.businessTimezone,
    currency: config.currency,
    idleTimeoutSeconds: config.sessionIdleTimeoutSeconds,
    costPerManualSession: config.costPerManualSession,
    customDefinitions: definitions ?? undefined,
  };
}

/**
 * Gives settings to the tenants in `tenantIds` that have none, stores when the clocks of their timezones are changed, and warns
 * in the log if stored settings differ from the environment. The stored ones win: they belong to one tenant, and its numbers were counted by them.
 */
export async function checkSettings(
  connectionString: string,
  tenantIds: readonly string[],
  defaults: TenantDefaults,
  log: Pick<FastifyBaseLogger, "warn">,
): Promise<void> {
  const client = await openWriterConnection(connectionString);
  try {
    // Behind a pooler in statement mode a receiver would start, and then answer every batch with 503.
    await tryTransaction(client);
    await seedTenantSettings(client, tenantIds, defaults);
    await keepTimezones(client, [defaults.timezone], log);
    const differences = await findSettingsDifferences(client, defaults);
    if (differences.length > 0) log.warn({ differences }, describeDifferences(differences));
  } finally {
    await client.end();
  }
}

/** One line for the log and for `spanledger doctor`. */
export function describeDifferences(differences: readonly SettingsDifference[]): string {
  const each = differences.map(({ variable, environment, stored, tenants, examples }) => {
    const more = tenants > examples.length ? ` and ${tenants - examples.length} more` : "";
    const names = examples.map((tenantId) => `"${tenantId}"`).join(", ");
    return `${variable} is ${environment}, stored is ${stored} (tenant ${names}${more})`;
  });
  return (
    `settings differ from the environment, and the stored ones are used: ${each.join("; ")}. The environment is for new ` +
    "tenants only: set it to the stored values, or change those with `spanledger settings`"
  );
}
