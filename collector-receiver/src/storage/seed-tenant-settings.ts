import { hashDefinitions } from "../definitions/custom-definitions.ts";
import type { CustomDefinitions } from "../definitions/custom-definitions.ts";
import type { WriterConnection } from "./writer-connection.ts";

/** What the environment says of every tenant that has no settings yet. */
export interface TenantDefaults {
  readonly timezone: string;
  /** ISO 4217. */
  readonly currency: string;
  readonly idleTimeoutSeconds: number;
  /** A decimal number as text. */
  readonly costPerManualSession: string;
  /** The product's own events and metrics, where it has any. */
  readonly customDefinitions?: CustomDefinitions | undefined;
}

/** Settings that stand in the database differ from the environment. */
export class SettingsMismatchError extends Error {
  override readonly name = "SettingsMismatchError";
  readonly code = "settings_mismatch";
}

/** Costs are valid from here on unless a later one follows. */
const beginningOfTime = "0001-01-01";

/**
 * Writes the settings of a tenant that has none. Silence counts as an end up to now, so that history
 * which is loaded later is settled at once.
 */
export async function seedTenantSettings(
  client: WriterConnection,
  tenantId: string,
  defaults: TenantDefaults,
): Promise<void> {
  await client.query({
    text: `
      with seeded as (
        insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through,
          custom_definitions, custom_definitions_hash)
        values ($1, $2, $3, $4, date_trunc('milliseconds', now()), $7, $8)
        on conflict do nothing
        returning tenant_id)
      insert into analytics_costs (tenant_id, valid_from, cost_per_manual_session)
      select tenant_id, $6::date, $5::numeric from seeded
      on conflict do nothing`,
    values: [
      tenantId,
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

/**
 * Compares the settings in the database with the environment.
 * @throws SettingsMismatchError naming both values of each setting that differs
 */
export async function checkTenantSettings(
  client: WriterConnection,
  tenantId: string,
  defaults: TenantDefaults,
): Promise<void> {
  const { rows } = await client.query<Record<string, string | number>>({
    text: `
      select s.timezone, s.currency, s.idle_timeout_seconds,
        (select trim_scale(c.cost_per_manual_session)::text from analytics_costs c
          where c.tenant_id = s.tenant_id order by valid_from desc limit 1) as cost_per_manual_session
      from analytics_settings s where s.tenant_id = $1`,
    values: [tenantId],
  });
  const stored = rows[0];
  if (!stored) return;
  const wanted: [variable: string, column: string, value: string | number][] = [
    ["BUSINESS_TIMEZONE", "timezone", defaults.timezone],
    ["CURRENCY", "currency", defaults.currency],
    ["SESSION_IDLE_TIMEOUT", "idle_timeout_seconds", defaults.idleTimeoutSeconds],
    ["COST_PER_MANUAL_SESSION", "cost_per_manual_session", Number(defaults.costPerManualSession)],
  ];
  const differences = wanted.flatMap(([variable, column, value]) => {
    const there = column === "cost_per_manual_session" ? Number(stored[column]) : stored[column];
    return there === value ? [] : [`${variable} is ${value}, the database has ${there}`];
  });
  if (differences.length > 0) {
    throw new SettingsMismatchError(
      `The settings of tenant "${tenantId}" differ from the environment: ${differences.join("; ")}. ` +
        "Numbers that are stored depend on them: set the environment to the stored values, or change " +
        "the stored ones with `spanledger settings` (which rebuilds where that is needed).",
    );
  }
}
