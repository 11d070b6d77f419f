import { compareAgentDays, findTenantsWithAgentDays } from "../storage/recount/compare-agent-days.ts";
import { compareShadow } from "../storage/recount/compare-shadow.ts";
import type { Drift, ShadowDrift } from "../storage/recount/compare-shadow.ts";
import { checkClaims, fittingClaims } from "../storage/recount/check-claims.ts";
import type { ClaimsCheck } from "../storage/recount/check-claims.ts";
import { customTables, derivedTables } from "../storage/recount/derived-tables.ts";
import { groupBySize } from "../storage/recount/group-by-size.ts";
import { openSnapshotPair } from "../storage/recount/open-snapshot-pair.ts";
import type { SnapshotPair } from "../storage/recount/open-snapshot-pair.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { readPendingMetrics } from "../storage/settings/store-custom-definitions.ts";
import type { PendingMetric } from "../storage/settings/store-custom-definitions.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { recountEvents } from "./recount-events.ts";

export interface Verification {
  readonly tenantId: string;
  /** Rows that were counted again. */
  readonly events: number;
  /** Numbers and facts that do not equal their recount, and claims of ids without a row, in all. */
  readonly drifts: number;
  /** The first of them. */
  readonly firstDrifts: readonly Drift[];
  /** Metrics of the product's own that drift because events came before their definition. */
  readonly pendingMetrics: readonly PendingMetric[];
  /** Not among the drifts: what receivers before 0.3.0 stored. */
  readonly ids: Pick<ClaimsCheck, "unclaimed" | "repeated">;
}

const maxShownDrifts = 100;

/**
 * Recomputes every counter and session fact of a tenant from the rows and compares, in one snapshot:
 * ingest goes on meanwhile, and the drift is zero all the same, or something is broken.
 * @throws CountingRulesError if the tenant is counted by other rules than this version's
 */
export async function verifyTenant(
  connectionString: string,
  tenantId: string,
  onProgress: (events: number) => void = () => {},
): Promise<Verification> {
  const verifier = await openVerifier(connectionString);
  try {
    const [verification] = await verifier.verify([tenantId], onProgress);
    return verification as Verification;
  } finally {
    await verifier.close();
  }
}

/** Verifies groups of tenants one after the other, over the same two connections. */
export interface Verifier {
  /** Cuts a list into groups that are worth a snapshot each. */
  group(tenantIds: readonly string[]): Promise<string[][]>;
  /**
   * Verifies tenants in one snapshot. What a snapshot costs (its shadow tables, a comparison of each table) is paid once for
   * all of them.
   * @returns one for each tenant, in the same order
   * @throws CountingRulesError naming the tenants that are counted by other rules than this version's; none was verified
   */
  verify(tenantIds: readonly string[], onProgress?: (events: number) => void): Promise<Verification[]>;
  close(): Promise<void>;
}

export async function openVerifier(connectionString: string): Promise<Verifier> {
  const pair = await openSnapshotPair(connectionString);
  let isUsed = false;
  return {
    group: (tenantIds) => groupBySize(pair.reader, tenantIds),
    async verify(tenantIds, onProgress = () => {}) {
      if (isUsed) await pair.renew();
      isUsed = true;
      return verifyInSnapshot(pair, tenantIds, onProgress);
    },
    close: () => pair.close(),
  };
}

async function verifyInSnapshot(
  { reader, writer }: SnapshotPair,
  tenantIds: readonly string[],
  onProgress: (events: number) => void,
): Promise<Verification[]> {
  const rules = await loadTenantRules(reader, tenantIds);
  const withCustom = tenantIds.filter((tenantId) => rulesOf(rules, tenantId).custom !== null);
  const events = await recountEvents(reader, writer, rules, onProgress);
  const compared = await Promise.all([
    ...derivedTables.map((table) => compareShadow(writer, table, tenantIds, maxShownDrifts)),
    ...(withCustom.length === 0
      ? []
      : customTables.map((table) => compareShadow(writer, table, withCustom, maxShownDrifts))),
  ]);
  const agentDays: ShadowDrift[] = [];
  for (const tenantId of await findTenantsWithAgentDays(reader, tenantIds)) {
    agentDays.push(await compareAgentDays(reader, tenantId, maxShownDrifts));
  }
  const drifts = Map.groupBy([...compared.flat(), ...agentDays], ({ tenantId }) => tenantId);
  const [pending, claims] = await Promise.all([
    readPendingMetrics(reader, tenantIds),
    checkClaims(reader, tenantIds, maxShownDrifts),
  ]);
  return tenantIds.map((tenantId) => {
    const own = drifts.get(tenantId) ?? [];
    const ids = claims.get(tenantId) ?? fittingClaims;
    return {
      tenantId,
      events: events.get(tenantId) ?? 0,
      drifts: own.reduce((sum, { total }) => sum + total, ids.withoutRow),
      firstDrifts: [...own, ids].flatMap((found) => found.drifts).slice(0, maxShownDrifts),
      pendingMetrics: pending.get(tenantId) ?? [],
      ids: { unclaimed: ids.unclaimed, repeated: ids.repeated },
    };
  });
}
