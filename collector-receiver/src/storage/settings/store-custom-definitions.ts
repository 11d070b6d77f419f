import type { CustomDefinitions } from "../../catalogue/custom-definitions.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** The definitions of a tenant as they are stored; null where it has none. */
export async function loadCustomDefinitions(
  client: WriterConnection,
  tenantId: string,
): Promise<{ readonly definitions: CustomDefinitions; readonly hash: string } | null> {
  const { rows } = await client.query<{ definitions: CustomDefinitions | null; hash: string | null }>({
    text: `
      select custom_definitions as definitions, custom_definitions_hash as hash
      from analytics_settings where tenant_id = $1`,
    values: [tenantId],
  });
  const { definitions = null, hash = null } = rows[0] ?? {};
  return definitions === null || hash === null ? null : { definitions, hash };
}

/** Stores other definitions, in the open transaction that has the tenant alone. */
export async function storeCustomDefinitions(
  client: WriterConnection,
  tenantId: string,
  definitions: CustomDefinitions,
  hash: string,
): Promise<void> {
  await client.query({
    text: "update analytics_settings set custom_definitions = $2, custom_definitions_hash = $3 where tenant_id = $1",
    values: [tenantId, JSON.stringify(definitions), hash],
  });
}

/** Which of these events have been counted. */
export async function findCountedEvents(
  client: WriterConnection,
  tenantId: string,
  names: readonly string[],
): Promise<Set<string>> {
  const { rows } = await client.query<{ event_name: string }>({
    text: `
      select distinct event_name from analytics_event_counts
      where tenant_id = $1 and event_name = any ($2::text[]) and events > 0`,
    values: [tenantId, names],
  });
  return new Set(rows.map((row) => row.event_name));
}

export interface ChangedMetric {
  readonly metric: string;
  /** Empty where it is not defined any more. */
  readonly countingHash: string;
  /** True where there is nothing to count again. */
  readonly complete: boolean;
}

/** Notes that metrics are counted in another way from now on. */
export async function noteChangedMetrics(
  client: WriterConnection,
  tenantId: string,
  changed: readonly ChangedMetric[],
): Promise<void> {
  await client.query({
    text: `
      insert into analytics_custom_metrics as m (tenant_id, metric, counting_hash, backfilled_at)
      select $1, metric, counting_hash, case when complete then now() end
      from unnest($2::text[], $3::text[], $4::boolean[]) as changed (metric, counting_hash, complete)
      on conflict (tenant_id, metric) do update set
        counting_hash = excluded.counting_hash, defined_at = now(), backfilled_at = excluded.backfilled_at`,
    values: [
      tenantId,
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

export async function readPendingMetrics(client: WriterConnection, tenantId: string): Promise<PendingMetric[]> {
  const { rows } = await client.query<{ metric: string; defined_at: number; removed: boolean }>({
    text: `
      select metric, defined_at, counting_hash = '' as removed from analytics_custom_metrics
      where tenant_id = $1 and backfilled_at is null order by metric`,
    values: [tenantId],
  });
  return rows.map(({ metric, defined_at, removed }) => ({ metric, definedAtMs: defined_at, removed }));
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
