import { compareShadow } from "../storage/recount/compare-shadow.ts";
import type { Drift } from "../storage/recount/compare-shadow.ts";
import { derivedTablesOf } from "../storage/recount/derived-tables.ts";
import { loadTenantRules } from "../storage/settings/load-tenant-rules.ts";
import { readPendingMetrics } from "../storage/settings/store-custom-definitions.ts";
import type { PendingMetric } from "../storage/settings/store-custom-definitions.ts";
import { openSnapshotPair } from "../storage/recount/open-snapshot-pair.ts";
import { rulesOf } from "../ingest/count-batch.ts";
import { recountEvents } from "./recount-events.ts";

export interface Verification {
  readonly tenantId: string;
  /** Rows that were counted again. */
  readonly events: number;
  /** Numbers and facts that do not equal their recount, in all. */
  readonly drifts: number;
  /** The first of them. */
  readonly firstDrifts: readonly Drift[];
  /** Metrics of the product's own that drift because events came before their definition. */
  readonly pendingMetrics: readonly PendingMetric[];
}

const maxShownDrifts = 100;

/**
 * Recomputes every counter and session fact of a tenant from the rows and compares, in one snapshot:
 * ingest goes on meanwhile, and the drift is zero all the same, or something is broken.
 */
export async function verifyTenant(
  connectionString: string,
  tenantId: string,
  onProgress: (events: number) => void = () => {},
): Promise<Verification> {
  const { reader, writer, close } = await openSnapshotPair(connectionString);
  try {
    const rules = rulesOf(await loadTenantRules(reader, [tenantId]), tenantId);
    const events = await recountEvents(reader, writer, rules, onProgress);
    const [pendingMetrics, ...compared] = await Promise.all([
      readPendingMetrics(reader, tenantId),
      ...derivedTablesOf(rules).map((table) => compareShadow(writer, table, tenantId, maxShownDrifts)),
    ]);
    const drifts = compared.reduce((sum, { total }) => sum + total, 0);
    const firstDrifts = compared.flatMap((found) => found.drifts).slice(0, maxShownDrifts);
    return { tenantId, events, drifts, firstDrifts, pendingMetrics };
  } finally {
    await close();
  }
}
