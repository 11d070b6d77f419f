import type { TenantDefaults } from "./seed-tenant-settings.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** One stored value that is not the environment's, with the tenants that have it. */
export interface SettingsDifference {
  readonly variable: string;
  readonly environment: string;
  readonly stored: string;
  readonly tenants: number;
  /** The first few of them, by name. */
  readonly examples: readonly string[];
}

/** A log line that names every one of thousands of tenants helps nobody. */
const maxExamples = 5;

/**
 * Compares the stored settings of all tenants with the defaults, in one statement.
 *
 * Of several costs, the one that is valid today (by the UTC date) is compared: a cost that was announced for a later day
 * is not a difference yet.
 */
export async function findSettingsDifferences(
  client: Pick<WriterConnection, "query">,
  defaults: TenantDefaults,
): Promise<SettingsDifference[]> {
  const { rows } = await client.query<SettingsDifference>({
    text: `
      select variable, environment, stored, count(*)::int as tenants,
        (array_agg(tenant_id order by tenant_id))[1:${maxExamples}] as examples
      from analytics_settings s
      cross join lateral (values
        ('BUSINESS_TIMEZONE', $1, s.timezone),
        ('CURRENCY', $2, s.currency::text),
        ('SESSION_IDLE_TIMEOUT', $3::int || 's', s.idle_timeout_seconds || 's'),
        ('COST_PER_MANUAL_SESSION', trim_scale($4::numeric)::text,
          (select trim_scale(c.cost_per_manual_session)::text from analytics_costs c
            where c.tenant_id = s.tenant_id and c.valid_from <= (now() at time zone 'UTC')::date
            order by c.valid_from desc limit 1))
      ) as setting (variable, environment, stored)
      where stored <> environment
      group by variable, environment, stored
      order by variable, stored`,
    values: [defaults.timezone, defaults.currency, defaults.idleTimeoutSeconds, defaults.costPerManualSession],
  });
  return rows;
}
