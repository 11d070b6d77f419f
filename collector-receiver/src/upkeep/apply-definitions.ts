import { hashCounting, hashDefinitions } from "../catalogue/custom-definitions.ts";
import type { CustomCounter, CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { refuseUnknownRules } from "../storage/settings/refuse-unknown-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import {
  findCountedEvents,
  findTenantsOfOtherDefinitions,
  loadCustomDefinitions,
  noteChangedMetrics,
  readPendingMetrics,
  storeCustomDefinitions,
} from "../storage/settings/store-custom-definitions.ts";
import type { ChangedMetric, PendingMetric, TenantDefinitions } from "../storage/settings/store-custom-definitions.ts";
import { writeAudit } from "../storage/settings/write-audit.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

const nothing: CustomDefinitions = { events: {}, metrics: {} };
/** Tenants of one transaction, which holds their batches back. */
const sliceTenants = 100;

/**
 * Makes a product's definitions those by which every receiver counts the events of tenants, from the next transaction
 * on. Where they are new, no batch of the tenant is under way meanwhile; where they stand already, nothing is locked.
 * @throws CountingRulesError if a tenant is counted by other rules than this version's
 * @returns the metrics that need a rebuild, because events came before they were defined as they are now, by tenant
 */
export async function applyDefinitions(
  client: WriterConnection,
  tenantIds: readonly string[],
  definitions: CustomDefinitions,
): Promise<Map<string, PendingMetric[]>> {
  const hash = hashDefinitions(definitions);
  const others = await findTenantsOfOtherDefinitions(client, tenantIds, hash);
  for (let from = 0; from < others.length; from += sliceTenants) {
    const slice = others.slice(from, from + sliceTenants);
    await inTransaction(client, { lock: { alone: slice } }, () => applyToSlice(client, slice, definitions, hash));
  }
  return readPendingMetrics(client, tenantIds);
}

async function applyToSlice(
  client: WriterConnection,
  slice: readonly string[],
  definitions: CustomDefinitions,
  hash: string,
): Promise<void> {
  await refuseUnknownRules(client, slice);
  // Another receiver may have come first.
  const stored = new Map(
    [...(await loadCustomDefinitions(client, slice))].filter(([, before]) => before?.hash !== hash),
  );
  const tenantIds = [...stored.keys()];
  const changed = await findChangedMetrics(client, stored, definitions);
  await storeCustomDefinitions(client, tenantIds, definitions, hash);
  await noteChangedMetrics(client, changed);
  const metrics = Map.groupBy(changed, ({ tenantId }) => tenantId);
  const entries = tenantIds.map((tenantId) => ({
    tenantId,
    action: "definitions" as const,
    details: {
      hash,
      before: stored.get(tenantId)?.hash ?? null,
      metrics: (metrics.get(tenantId) ?? []).map(({ metric }) => metric),
    },
  }));
  await writeAudit(client, ...entries);
}

/** Metrics that are counted in another way than before, new and removed ones among them. */
async function findChangedMetrics(
  client: WriterConnection,
  stored: ReadonlyMap<string, TenantDefinitions | null>,
  definitions: CustomDefinitions,
): Promise<ChangedMetric[]> {
  const tenantIds = [...stored.keys()];
  const wanted = countersOf(definitions);
  const before = new Map([...new Set(stored.values())].map((each) => [each, countersOf(each?.definitions ?? nothing)]));
  const events = [wanted, ...before.values()].flatMap((counters) => [...counters.values()].map(({ event }) => event));
  const counted = await findCountedEvents(client, tenantIds, [...new Set(events)]);
  const pending = await readPendingMetrics(client, tenantIds);
  return [...stored].flatMap(([tenantId, each]) => {
    const known = before.get(each) ?? countersOf(nothing);
    const isPending = new Set((pending.get(tenantId) ?? []).map(({ metric }) => metric));
    return [...new Set([...known.keys(), ...wanted.keys()])].flatMap((metric) => {
      const [old, own] = [known.get(metric), wanted.get(metric)];
      const countingHash = own === undefined ? "" : hashCounting(own);
      if (old !== undefined && hashCounting(old) === countingHash) return [];
      const isCounted = [old, own].some(
        (counter) => counter !== undefined && counted.get(tenantId)?.has(counter.event) === true,
      );
      return [{ tenantId, metric, countingHash, complete: !isCounted && !isPending.has(metric) }];
    });
  });
}

function countersOf({ metrics }: CustomDefinitions): Map<string, CustomCounter> {
  const counters = Object.entries(metrics).filter(
    (entry): entry is [string, CustomCounter] => entry[1].kind !== "ratio",
  );
  return new Map(counters);
}
