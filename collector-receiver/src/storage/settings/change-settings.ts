import { instantAfter } from "../wire/instant-of.ts";
import { InvariantError } from "../../invariant-error.ts";
import type { WorkingHours } from "../../metrics/working-hours.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

export interface StoredSettings {
  readonly tenantId: string;
  readonly timezone: string;
  readonly currency: string;
  /** The rules by which the tenant's counters came about. */
  readonly countingRules: number;
  readonly idleTimeoutSeconds: number;
  readonly idleThroughMs: number;
  /** Silence after which an agent counts as logged out. */
  readonly agentHeartbeatSeconds: number;
  /** Null: the tenant has none. */
  readonly workingHours: WorkingHours | null;
  /** What the tenant is called on its reports; null: nothing. */
  readonly displayName: string | null;
  readonly hasLogo: boolean;
  /** Null: everything is kept, nothing is sealed. */
  readonly retainedFromMs: number | null;
  /** Ascending by the first business day on which they are valid. */
  readonly costs: readonly { readonly validFrom: string; readonly cost: string }[];
}

/** Settings of a tenant as they are stored. */
export async function readSettings(client: WriterConnection, tenantId: string): Promise<StoredSettings> {
  const { rows } = await client.query<{
    timezone: string;
    currency: string;
    counting_rules: number;
    idle_timeout_seconds: number;
    idle_through: number;
    agent_heartbeat_seconds: number;
    working_hours: WorkingHours | null;
    display_name: string | null;
    has_logo: boolean;
    retained_from: number | null;
    costs: [string, string][] | null;
  }>({
    text: `
      select timezone, currency, counting_rules, idle_timeout_seconds, idle_through, retained_from, agent_heartbeat_seconds, working_hours,
        display_name, logo is not null as has_logo,
        (select json_agg(json_build_array(valid_from, trim_scale(cost_per_manual_session)::text) order by valid_from)
          from analytics_costs c where c.tenant_id = s.tenant_id) as costs
      from analytics_settings s where tenant_id = $1`,
    values: [tenantId],
  });
  const row = rows[0];
  if (row === undefined) throw new InvariantError(`tenant "${tenantId}" has no row in analytics_settings`);
  return {
    tenantId,
    timezone: row.timezone,
    currency: row.currency,
    countingRules: row.counting_rules,
    idleTimeoutSeconds: row.idle_timeout_seconds,
    idleThroughMs: row.idle_through,
    agentHeartbeatSeconds: row.agent_heartbeat_seconds,
    workingHours: row.working_hours,
    displayName: row.display_name,
    hasLogo: row.has_logo,
    retainedFromMs: row.retained_from,
    costs: (row.costs ?? []).map(([validFrom, cost]) => ({ validFrom, cost })),
  };
}

/** Stores another timezone, in the open transaction; every period means something else from now on. */
export async function storeTimezone(client: WriterConnection, tenantId: string, timezone: string): Promise<void> {
  await client.query({
    text: "update analytics_settings set timezone = $2 where tenant_id = $1",
    values: [tenantId, timezone],
  });
}

/** Stores another currency, in the open transaction: costs keep their amounts. */
export async function storeCurrency(client: WriterConnection, tenantId: string, currency: string): Promise<void> {
  await client.query({
    text: "update analytics_settings set currency = $2 where tenant_id = $1",
    values: [tenantId, currency],
  });
}

/** True if the tenant has amounts of money: in any stored period, or prices of models. */
export async function hasSavings(client: WriterConnection, tenantId: string): Promise<boolean> {
  const { rows } = await client.query<{ saved: boolean }>({
    text: "select exists (select from analytics_business_metrics where tenant_id = $1 and estimated_cost_saved <> 0) or exists (select from analytics_model_prices where tenant_id = $1) as saved",
    values: [tenantId],
  });
  return rows[0]?.saved === true;
}

/** Stores another idle timeout, and when the sweeper has to look at each session that it has not ended. */
export async function storeIdleTimeout(client: WriterConnection, tenantId: string, seconds: number): Promise<void> {
  await client.query({
    text: "update analytics_settings set idle_timeout_seconds = $2 where tenant_id = $1",
    values: [tenantId, seconds],
  });
  await client.query({
    text: `
      update analytics_sessions s set idle_check_at = case
        when ${instantAfter("s.last_activity_at", "$2")} > t.idle_through then ${instantAfter("s.last_activity_at", "$2")} end
      from analytics_settings t where s.tenant_id = $1 and t.tenant_id = $1`,
    values: [tenantId, seconds * 1000],
  });
}

/** Stores the calendar that durations are counted by, or that there is none; what was counted by another is wrong. */
export async function storeWorkingHours(
  client: WriterConnection,
  tenantId: string,
  workingHours: WorkingHours | null,
): Promise<void> {
  await client.query({
    text: "update analytics_settings set working_hours = $2::jsonb where tenant_id = $1",
    values: [tenantId, workingHours === null ? null : JSON.stringify(workingHours)],
  });
}

/** Stores after how much silence an agent counts as logged out; nothing stored depends on it. */
export async function storeAgentHeartbeat(client: WriterConnection, tenantId: string, seconds: number): Promise<void> {
  await client.query({
    text: "update analytics_settings set agent_heartbeat_seconds = $2 where tenant_id = $1",
    values: [tenantId, seconds],
  });
}

/** Stores what the tenant is called on its reports; null: nothing. */
export async function storeDisplayName(client: WriterConnection, tenantId: string, name: string | null): Promise<void> {
  await client.query({
    text: "update analytics_settings set display_name = $2 where tenant_id = $1",
    values: [tenantId, name],
  });
}

/** Stores the logo of the tenant's reports, a `data:` address; null: none. */
export async function storeLogo(client: WriterConnection, tenantId: string, logo: string | null): Promise<void> {
  await client.query({
    text: "update analytics_settings set logo = $2 where tenant_id = $1",
    values: [tenantId, logo],
  });
}
