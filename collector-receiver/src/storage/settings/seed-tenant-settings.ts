import { hashDefinitions } from "../../catalogue/custom-definitions.ts";
import type { CustomDefinitions } from "../../catalogue/custom-definitions.ts";
import { countingRules } from "../../metrics/counting-rules.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** The settings that a new tenant gets; a tenant that is stored keeps its own. */
export interface TenantDefaults {
  readonly timezone: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly idleTimeoutSeconds: number;
  /** A decimal number as text. */
  readonly costPerManualSession: string;
  /** The product's own events and metrics, if it has any. */
  readonly customDefinitions?: CustomDefinitions | undefined;
}

/** Costs are valid from here on unless a later one follows. */
const beginningOfTime = "0001-01-01";

/**
 * Writes the settings of those tenants that have none, all in one statement. Silence counts as an end up to now, so that
 * history which is loaded later is settled at once.
 *
 * Rows are inserted in bytewise order of the tenant: two receivers that seed overlapping sets wait for each other in one
 * direction only.
 */
export async function seedTenantSettings(
  client: WriterConnection,
  tenantIds: readonly string[],
  defaults: TenantDefaults,
): Promise<void> {
  await client.query({
    name: "seed-tenant-settings",
    text: `
      with seeded as (
        insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through,
          custom_definitions, custom_definitions_hash, counting_rules)
        select tenant_id, $2, $3, $4::int, date_trunc('milliseconds', now()), $7::json, $8, ${countingRules}
        from unnest($1::text[]) as tenant (tenant_id)
        order by tenant_id collate "C"
        on conflict do nothing
        returning tenant_id)
      insert into analytics_costs (tenant_id, valid_from, cost_per_manual_session)
      select tenant_id, $6::date, $5::numeric from seeded
      on conflict do nothing`,
    values: [
      tenantIds,
      defaults.timezone,
      defaults.currency,
      defaults.idleTimeoutSeconds,
      defaults.costPerManualSession,
      beginningOfTime,
      defaults.customDefinitions === undefined ? null : JSON.stringify(defaults.customDefinitions),
      defaults.customDefinitions === undefined ? null : hashDefinitions(defaults.customDefinitions),
    ],
  });
}
