import type { Drift } from "./compare-shadow.ts";
import type { WriterConnection } from "../wire/writer-connection.ts";

/** How the claims of a tenant's ids and its rows fit. */
export interface ClaimsCheck {
  /** Claims of which there is no row: an event with such an id would be refused for nothing. */
  readonly withoutRow: number;
  /** The first of them. */
  readonly drifts: readonly Drift[];
  /** Rows whose id has to be claimed and is not, because a receiver before 0.3.0 stored them. */
  readonly unclaimed: number;
  /** Rows with an id that another row has claimed: one event that was counted more than once. */
  readonly repeated: number;
}

export const fittingClaims: ClaimsCheck = { withoutRow: 0, drifts: [], unclaimed: 0, repeated: 0 };

/**
 * Compares the claims and rows of tenants that are not sealed, as the connection's transaction sees them.
 * @param limit how many drifts of a tenant come back
 * @returns by tenant; one without rows and claims is missing
 */
export async function checkClaims(
  client: WriterConnection,
  tenantIds: readonly string[],
  limit: number,
): Promise<ReadonlyMap<string, ClaimsCheck>> {
  const { rows } = await client.query<Omit<ClaimsCheck, "drifts"> & { tenant_id: string }>({
    text: `
      with claim as (
        select c.tenant_id, count(*) as claims
        from public.analytics_settings s
        join public.analytics_event_ids c on c.tenant_id = s.tenant_id and c.occurred_at >= ${retainedFrom}
        where s.tenant_id = any ($1::text[]) group by c.tenant_id),
      event as (
        select e.tenant_id,
          count(*) filter (where c.occurred_at = e.occurred_at) as claimed,
          count(*) filter (where c.occurred_at <> e.occurred_at) as repeated,
          count(*) filter (where ${isUnclaimed}) as unclaimed
        from public.analytics_settings s
        join public.analytics_events e on e.tenant_id = s.tenant_id and e.occurred_at >= ${retainedFrom}
        left join public.analytics_event_ids c on c.tenant_id = e.tenant_id and c.event_id = e.event_id
        where s.tenant_id = any ($1::text[]) group by e.tenant_id)
      select tenant_id, coalesce(claims, 0) - coalesce(claimed, 0) as "withoutRow", coalesce(repeated, 0) as repeated,
        coalesce(unclaimed, 0) as unclaimed
      from claim full join event using (tenant_id)`,
    values: [tenantIds],
  });
  const checks = new Map<string, ClaimsCheck>();
  for (const { tenant_id: tenantId, ...counts } of rows) {
    const drifts = counts.withoutRow === 0 ? [] : await findClaimsWithoutRow(client, tenantId, limit);
    checks.set(tenantId, { ...counts, drifts });
  }
  return checks;
}

async function findClaimsWithoutRow(client: WriterConnection, tenantId: string, limit: number): Promise<Drift[]> {
  const { rows } = await client.query<{ event_id: string; occurred_at: number }>({
    text: `select event_id, occurred_at from public.analytics_event_ids c where ${isWithoutRow} order by event_id limit $2`,
    values: [tenantId, limit],
  });
  return rows.map((claim) => ({
    table: "analytics_event_ids",
    row: claim.event_id,
    column: "occurred_at",
    stored: new Date(claim.occurred_at).toISOString(),
    expected: null,
  }));
}

/** Removes claims of which there is no row. A claim and its row are committed together, so no lock is needed. */
export async function removeClaimsWithoutRow(client: WriterConnection, tenantId: string): Promise<void> {
  await client.query({ text: `delete from public.analytics_event_ids c where ${isWithoutRow}`, values: [tenantId] });
}

const retainedFrom = "coalesce(s.retained_from, '-infinity')";
const isUnclaimed = "c.event_id is null and public.spanledger_needs_claim(e.event_id, e.occurred_at)";
const isWithoutRow = `
  c.tenant_id = $1
  and c.occurred_at >= (select ${retainedFrom} from public.analytics_settings s where s.tenant_id = $1)
  and not exists (
    select from public.analytics_events e
    where e.tenant_id = c.tenant_id and e.occurred_at = c.occurred_at and e.event_id = c.event_id)`;
