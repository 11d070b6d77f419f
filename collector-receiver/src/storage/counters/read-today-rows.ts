import type { Pool } from "pg";
import { businessColumns } from "../../metrics/counter-columns.ts";
import type { BusinessRow } from "./upsert-business-metrics.ts";

const counters = businessColumns.map(({ column }) => column);

/** The timezone of each tenant. */
export async function readTenantTimezones(
  pool: Pick<Pool, "query">,
): Promise<{ readonly tenantId: string; readonly timezone: string }[]> {
  const { rows } = await pool.query<{ tenant_id: string; timezone: string }>(
    "select tenant_id, timezone from analytics_settings order by tenant_id",
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, timezone: row.timezone }));
}

/**
 * One day's counters of each of some tenants.
 * @returns in the order asked for; a day on which nothing was counted is zeros at revision 0
 */
export async function readDayRows(
  pool: Pick<Pool, "query">,
  days: readonly { readonly tenantId: string; readonly day: string }[],
): Promise<BusinessRow[]> {
  const { rows } = await pool.query<BusinessRow>({
    name: "read-day-rows",
    text: `
      select wanted.tenant_id, 'day' as period_type, wanted.day as period_value,
        coalesce(m.revision, 0)::float8 as revision,
        ${counters.map((column) => `coalesce(m.${column}, 0)::text as ${column}`).join(", ")}
      from unnest($1::text[], $2::text[]) with ordinality as wanted (tenant_id, day, place)
      left join analytics_business_metrics m
        on m.tenant_id = wanted.tenant_id and m.period_type = 'day' and m.period_value = wanted.day
      order by wanted.place`,
    values: [days.map(({ tenantId }) => tenantId), days.map(({ day }) => day)],
  });
  return rows;
}
