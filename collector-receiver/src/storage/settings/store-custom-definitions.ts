import type { CustomDefinitions } from "../../catalogue/custom-definitions.ts";
import { sessionMark } from "../../metrics/session-marks.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** Definitions as they are stored. */
export interface TenantDefinitions {
  readonly definitions: CustomDefinitions;
  readonly hash: string;
}

/** Some definitions that are stored; null if no tenant of these has any. */
export async function loadAnyDefinitions(
  client: WriterConnection,
  tenantIds: readonly string[],
): Promise<CustomDefinitions | null> {
  const { rows } = await client.query<{ definitions: CustomDefinitions }>({
    text: `
      select custom_definitions as definitions from analytics_settings
      where tenant_id = any ($1::text[]) and custom_definitions is not null order by tenant_id limit 1`,
    values: [tenantIds],
  });
  return rows[0]?.definitions ?? null;
}

/** Those of these tenants whose definitions have another hash, or that have none; sorted bytewise. */
export async function findTenantsOfOtherDefinitions(
  client: WriterConnection,
  tenantIds: readonly string[],
  hash: string,
): Promise<string[]> {
  const { rows } = await client.query<{ tenant_id: string }>({
    text: `
      select tenant_id from analytics_settings
      where tenant_id = any ($1::text[]) and custom_definitions_hash is distinct from $2 order by tenant_id collate "C"`,
    values: [tenantIds, hash],
  });
  return rows.map((row) => row.tenant_id);
}

/** The definitions of each of these tenants; null for one that has none. */
export async function loadCustomDefinitions(
  client: WriterConnection,
  tenantIds: readonly string[],
): Promise<Map<string, TenantDefinitions | null>> {
  const { rows } = await client.query<{
    tenant_id: string;
    definitions: CustomDefinitions | null;
    hash: string | null;
  }>({
    // Most tenants have the same definitions: of each hash they are sent once.
    text: `
      select tenant_id, custom_definitions_hash as hash,
        case when row_number() over (partition by custom_definitions_hash order by tenant_id) = 1 then custom_definitions end as definitions
      from analytics_settings where tenant_id = any ($1::text[]) order by tenant_id`,
    values: [tenantIds],
  });
  const byHash = new Map<string, TenantDefinitions>();
  for (const { hash, definitions } of rows) {
    if (hash !== null && definitions !== null) byHash.set(hash, { hash, definitions });
  }
  return new Map(rows.map(({ tenant_id, hash }) => [tenant_id, hash === null ? null : (byHash.get(hash) ?? null)]));
}

/** Stores other definitions, in the open transaction that has the tenants alone. */
export async function storeCustomDefinitions(
  client: WriterConnection,
  tenantIds: readonly string[],
  definitions: CustomDefinitions,
  hash: string,
): Promise<void> {
  await client.query({
    text: `
      update analytics_settings set custom_definitions = $2, custom_definitions_hash = $3
      where tenant_id = any ($1::text[])`,
    values: [tenantIds, JSON.stringify(definitions), hash],
  });
}

/** Which of these events have been counted, by tenant. */
export async function findCountedEvents(
  client: WriterConnection,
  tenantIds: readonly string[],
  names: readonly string[],
): Promise<Map<string, ReadonlySet<string>>> {
  const { rows } = await client.query<{ tenant_id: string; names: string[] }>({
    text: `
      select tenant_id, array_agg(distinct event_name) as names from analytics_event_counts
      where tenant_id = any ($1::text[]) and event_name = any ($2::text[]) and events > 0 group by tenant_id`,
    values: [tenantIds, names],
  });
  return new Map(rows.map((row) => [row.tenant_id, new Set(row.names)]));
}

/** Those of these tenants that have a test session. Nothing counts it, but its stored facts rest on words as well. */
export async function findTenantsWithTests(
  client: WriterConnection,
  tenantIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await client.query<{ tenant_id: string }>({
    text: `
      select tenant_id from unnest($1::text[]) as asked (tenant_id)
      where exists (
        select from analytics_sessions s where s.tenant_id = asked.tenant_id and s.marks & ${sessionMark.test} <> 0)`,
    values: [tenantIds],
  });
  return new Set(rows.map((row) => row.tenant_id));
}

export interface ChangedMetric {
  readonly tenantId: string;
  readonly metric: string;
  /** Empty if it is not defined any more. */
  readonly countingHash: string;
  /** True if there is nothing to count again. */
  readonly complete: boolean;
}

/** Notes that metrics are counted in another way from now on. */
export async function noteChangedMetrics(client: WriterConnection, changed: readonly ChangedMetric[]): Promise<void> {
  await client.query({
    text: `
      insert into analytics_custom_metrics as m (tenant_id, metric, counting_hash, backfilled_at)
      select tenant_id, metric, counting_hash, case when complete then now() end
      from unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) as changed (tenant_id, metric, counting_hash, complete)
      on conflict (tenant_id, metric) do update set
        counting_hash = excluded.counting_hash, defined_at = now(), backfilled_at = excluded.backfilled_at`,
    values: [
      changed.map(({ tenantId }) => tenantId),
      changed.map(({ metric }) => metric),
      changed.map(({ countingHash }) => countingHash),
      changed.map(({ complete }) => complete),
    ],
  });
}

/** A metric of which what came before its definition is not counted yet. */
export interface PendingMetric {
  readonly metric: string;
  readonly definedAtMs: number;
  /** It is not defined any more, and what was counted of it still stands. */
  readonly removed: boolean;
}

/** The pending metrics of each of these tenants that has any. */
export async function readPendingMetrics(
  client: WriterConnection,
  tenantIds: readonly string[],
): Promise<Map<string, PendingMetric[]>> {
  const { rows } = await client.query<{ tenant_id: string; metric: string; defined_at: number; removed: boolean }>({
    text: `
      select tenant_id, metric, defined_at, counting_hash = '' as removed from analytics_custom_metrics
      where tenant_id = any ($1::text[]) and backfilled_at is null order by tenant_id, metric`,
    values: [tenantIds],
  });
  const pending = rows.map(({ tenant_id, metric, defined_at, removed }) => ({
    tenantId: tenant_id,
    own: { metric, definedAtMs: defined_at, removed },
  }));
  const byTenant = Map.groupBy(pending, ({ tenantId }) => tenantId);
  return new Map([...byTenant].map(([tenantId, metrics]) => [tenantId, metrics.map(({ own }) => own)]));
}

/**
 * Notes, in the transaction that corrects the counters, that all of them are what the rows give: unless the
 * definitions have changed since they were counted again.
 * @param hash of the definitions that were counted by
 */
export async function noteBackfilled(client: WriterConnection, tenantId: string, hash: string): Promise<void> {
  await client.query({
    text: `
      update analytics_custom_metrics m set backfilled_at = now()
      from analytics_settings s
      where m.tenant_id = $1 and m.backfilled_at is null and s.tenant_id = m.tenant_id
        and s.custom_definitions_hash = $2`,
    values: [tenantId, hash],
  });
}
