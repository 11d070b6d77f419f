import type { AlertRule } from "../../catalogue/alert-rules.ts";
import type { AlertState } from "../../metrics/judge-alert.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** An alert as it is stored; `definition` is null if it stands in the tenant's config. */
export interface StoredAlert extends AlertState {
  readonly rule: string;
  readonly definition: AlertRule | null;
}

interface Row {
  readonly rule: string;
  readonly definition: AlertRule | null;
  readonly firing_period: string | null;
  readonly judged_through: string | null;
}

/** The alerts of a tenant, whose rows stay locked until the open transaction ends. */
export async function lockAlerts(client: WriterConnection, tenantId: string): Promise<StoredAlert[]> {
  const { rows } = await client.query<Row>({
    text: `
      select rule, definition, firing_period, judged_through from analytics_alerts
      where tenant_id = $1 order by rule for update`,
    values: [tenantId],
  });
  return rows.map((row) => ({
    rule: row.rule,
    definition: row.definition,
    firingPeriod: row.firing_period,
    judgedThrough: row.judged_through,
  }));
}

/** The tenants that have alerts of their own or in their config. */
export async function findTenantsWithAlerts(client: WriterConnection): Promise<string[]> {
  const { rows } = await client.query<{ tenant_id: string }>({
    name: "find-tenants-with-alerts",
    text: `
      select tenant_id from analytics_alerts
      union
      select tenant_id from analytics_settings where custom_definitions -> 'alerts' is not null
      order by tenant_id`,
  });
  return rows.map(({ tenant_id: tenantId }) => tenantId);
}

/** Stores the state of an alert, in the open transaction. @param nowMs since when it fires, if it begins to */
export async function storeAlertState(
  client: WriterConnection,
  tenantId: string,
  rule: string,
  { firingPeriod, judgedThrough }: AlertState,
  nowMs: number,
): Promise<void> {
  await client.query({
    text: `
      insert into analytics_alerts as alert (tenant_id, rule, firing_period, firing_since, judged_through)
      values ($1, $2, $3, case when $3::text is not null then $5::timestamptz end, $4)
      on conflict (tenant_id, rule) do update
      set firing_period = excluded.firing_period, judged_through = excluded.judged_through,
        firing_since = case when excluded.firing_period is not null then coalesce(alert.firing_since, excluded.firing_since) end`,
    values: [tenantId, rule, firingPeriod, judgedThrough, new Date(nowMs)],
  });
}

/**
 * Stores the definition of an alert, in the open transaction. It goes on firing if it does; if the definition is another one, it is
 * judged anew.
 */
export async function storeAlert(
  client: WriterConnection,
  tenantId: string,
  rule: string,
  definition: AlertRule,
): Promise<void> {
  await client.query({
    text: `
      insert into analytics_alerts as alert (tenant_id, rule, definition) values ($1, $2, $3)
      on conflict (tenant_id, rule) do update
      set definition = excluded.definition,
        judged_through = case when alert.definition = excluded.definition then alert.judged_through end`,
    values: [tenantId, rule, JSON.stringify(definition)],
  });
}

/** Removes alerts with their state, in the open transaction. @returns how many there were */
export async function deleteAlerts(
  client: WriterConnection,
  tenantId: string,
  rules: readonly string[],
): Promise<number> {
  const { rowCount } = await client.query({
    text: "delete from analytics_alerts where tenant_id = $1 and rule = any ($2::text[])",
    values: [tenantId, rules],
  });
  return rowCount ?? 0;
}
