import { countingRules } from "../../metrics/counting-rules.ts";
import { instantOf } from "../wire/instant-of.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

type Client = Pick<WriterConnection, "query">;

/** True for the tenants whose counters this version may change. */
const countedHere = `counting_rules = ${countingRules}`;

/** The tenants that have settings, in order. */
export async function listTenantIds(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ tenant_id: string }>(
    "select tenant_id from analytics_settings order by tenant_id",
  );
  return rows.map((row) => row.tenant_id);
}

/** The tenants that are counted by other rules than this version's, each with the number of its rules, in order. */
export async function listTenantsOfOtherRules(client: Client): Promise<Map<string, number>> {
  const { rows } = await client.query<{ tenant_id: string; counting_rules: number }>(
    `select tenant_id, counting_rules from analytics_settings where not ${countedHere} order by tenant_id`,
  );
  return new Map(rows.map((row) => [row.tenant_id, row.counting_rules]));
}

/** The tenants that are counted by older rules than this version's, in order. */
export async function findTenantsOfOlderRules(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ tenant_id: string }>(
    `select tenant_id from analytics_settings where counting_rules < ${countingRules} order by tenant_id`,
  );
  return rows.map((row) => row.tenant_id);
}

/** The tenants that this version counts, each with its business timezone, in order. */
export async function listTenantTimezones(
  client: Client,
): Promise<{ readonly tenantId: string; readonly timezone: string }[]> {
  const { rows } = await client.query<{ tenant_id: string; timezone: string }>(
    `select tenant_id, timezone from analytics_settings where ${countedHere} order by tenant_id`,
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, timezone: row.timezone }));
}

/** What a receiver has to know of a tenant before an event of it arrives. */
export interface TenantDays {
  readonly tenantId: string;
  readonly timezone: string;
  /** Where its stored rows begin, in ms since 1970; null if retention has not cut it. */
  readonly retainedFromMs: number | null;
}

/** The business days of all tenants. */
export async function readTenantDays(client: Client): Promise<TenantDays[]> {
  const { rows } = await client.query<{ tenant_id: string; timezone: string; retained_from: number | null }>(
    "select tenant_id, timezone, retained_from from analytics_settings",
  );
  return rows.map((row) => ({ tenantId: row.tenant_id, timezone: row.timezone, retainedFromMs: row.retained_from }));
}

/** A watermark that is older than this is advanced even if no session has to end: days and periods settle by it. */
export const quietWatermarkMs = 15 * 60_000;
/** Quiet tenants of one round, so that many tenants do not come up in the same round again and again. */
const maxQuietTenants = 200;

/**
 * Finds the tenants that the sweep has to visit, of those that this version counts: those with a session that is due, and those whose watermark has stood
 * still for `quietWatermarkMs`. One statement; it probes the index of due sessions and takes no lock.
 */
export async function findTenantsToSweep(client: Client, nowMs: number): Promise<string[]> {
  const { rows } = await client.query<{ tenant_id: string }>({
    name: "find-tenants-to-sweep",
    text: `
      select tenant_id from analytics_settings settings
      cross join lateral (
        select from analytics_sessions session
        where session.tenant_id = settings.tenant_id and idle_check_at <= ${instantOf("$1")}
        limit 1) as due
      where ${countedHere}
      union
      (select tenant_id from analytics_settings where ${countedHere} and idle_through <= ${instantOf("$2")}
        order by idle_through limit ${maxQuietTenants})
      order by tenant_id`,
    values: [nowMs, nowMs - quietWatermarkMs],
  });
  return rows.map((row) => row.tenant_id);
}
