import { businessCalendarOf } from "../../metrics/business-calendar.ts";
import { countingRules } from "../../metrics/counting-rules.ts";
import type { TenantRules } from "../../metrics/session-contribution.ts";
import { workingCalendarOf } from "../../metrics/working-hours.ts";
import { refuseNewerSchema } from "../schema/known-migrations.ts";
import { CountingRulesError } from "./counting-rules-error.ts";
import { loadCustomCounting } from "./load-custom-counting.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

const statement = {
  name: "load-tenant-rules",
  text: `
    select s.tenant_id, s.timezone, s.idle_timeout_seconds, s.idle_through, s.retained_from, s.working_hours::text as working_hours,
      s.custom_definitions_hash, s.counting_rules, s.v7_claims, (select oldest_receiver from spanledger_schema) as oldest_receiver,
      (select json_agg(json_build_array(c.valid_from, c.cost_per_manual_session) order by c.valid_from)
        from analytics_costs c where c.tenant_id = s.tenant_id) as costs
    from analytics_settings s
    where s.tenant_id = any ($1::text[])`,
};

/**
 * What the numbers of these tenants depend on, read inside the batch's transaction after the lock: so
 * that the watermark cannot move between reading and counting.
 * @param takesAny true if tenants of other counting rules are read too
 * @returns by tenant; a tenant without settings is missing
 * @throws CountingRulesError naming the tenants that are counted by other rules than this version's
 * @throws ReceiverTooOldError if the schema has gone further than this version can follow
 */
export async function loadTenantRules(
  client: WriterConnection,
  tenantIds: readonly string[],
  takesAny = false,
): Promise<Map<string, TenantRules>> {
  const { rows } = await client.query<{
    tenant_id: string;
    timezone: string;
    idle_timeout_seconds: number;
    idle_through: number;
    retained_from: number | null;
    working_hours: string | null;
    custom_definitions_hash: string | null;
    counting_rules: number;
    v7_claims: boolean;
    oldest_receiver: number | null;
    costs: [string, number][] | null;
  }>({ ...statement, values: [tenantIds] });
  refuseNewerSchema(rows[0]?.oldest_receiver ?? null);
  const others = rows.filter((row) => row.counting_rules !== countingRules);
  if (others.length > 0 && !takesAny)
    throw new CountingRulesError(new Map(others.map((row) => [row.tenant_id, row.counting_rules])));
  const rules = new Map<string, TenantRules>();
  for (const row of rows) {
    rules.set(row.tenant_id, {
      tenantId: row.tenant_id,
      calendar: businessCalendarOf(row.timezone),
      idleTimeoutMs: row.idle_timeout_seconds * 1000,
      idleThroughMs: row.idle_through,
      retainedFromMs: row.retained_from,
      hasOffTimeIds: row.v7_claims,
      workingHours: row.working_hours === null ? null : workingCalendarOf(row.timezone, row.working_hours),
      costs: (row.costs ?? []).map(([validFrom, cost]) => ({ validFrom, cost })),
      custom:
        row.custom_definitions_hash === null
          ? null
          : await loadCustomCounting(client, row.tenant_id, row.custom_definitions_hash),
    });
  }
  return rules;
}
