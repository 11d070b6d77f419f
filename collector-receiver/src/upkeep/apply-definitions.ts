import { hashCounting, hashDefinitions } from "../catalogue/custom-definitions.ts";
import type { CustomCounter, CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { refuseUnknownRules } from "../storage/settings/refuse-unknown-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import {
  findCountedEvents,
  noteChangedMetrics,
  loadCustomDefinitions,
  readPendingMetrics,
  storeCustomDefinitions,
} from "../storage/settings/store-custom-definitions.ts";
import type { ChangedMetric, PendingMetric } from "../storage/settings/store-custom-definitions.ts";
import { writeAudit } from "../storage/settings/write-audit.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";

const nothing: CustomDefinitions = { events: {}, metrics: {} };

/**
 * Makes a product's definitions those by which every receiver counts a tenant's events, from the next transaction
 * on. Where they are new, no batch is under way meanwhile; where they stand already, nothing is locked.
 * @throws CountingRulesError if the tenant is counted by other rules than this version's
 * @returns the metrics that need a rebuild, because events came before they were defined as they are now
 */
export async function applyDefinitions(
  client: WriterConnection,
  tenantId: string,
  definitions: CustomDefinitions,
): Promise<PendingMetric[]> {
  const hash = hashDefinitions(definitions);
  if ((await loadCustomDefinitions(client, tenantId))?.hash === hash) return readPendingMetrics(client, tenantId);
  await inTransaction(client, { lock: { alone: tenantId } }, async () => {
    await refuseUnknownRules(client, [tenantId]);
    const stored = await loadCustomDefinitions(client, tenantId);
    const changed = await findChangedMetrics(client, tenantId, stored?.definitions ?? nothing, definitions);
    await storeCustomDefinitions(client, tenantId, definitions, hash);
    await noteChangedMetrics(client, tenantId, changed);
    const details = { hash, before: stored?.hash ?? null, metrics: changed.map(({ metric }) => metric) };
    await writeAudit(client, { tenantId, action: "definitions", details });
  });
  return readPendingMetrics(client, tenantId);
}

/** Metrics that are counted in another way than before, new and removed ones among them. */
async function findChangedMetrics(
  client: WriterConnection,
  tenantId: string,
  before: CustomDefinitions,
  now: CustomDefinitions,
): Promise<ChangedMetric[]> {
  const [known, wanted] = [countersOf(before), countersOf(now)];
  const events = [...known.values(), ...wanted.values()].map(({ event }) => event);
  const counted = await findCountedEvents(client, tenantId, [...new Set(events)]);
  const pending = new Set((await readPendingMetrics(client, tenantId)).map(({ metric }) => metric));
  return [...new Set([...known.keys(), ...wanted.keys()])].flatMap((metric) => {
    const [old, own] = [known.get(metric), wanted.get(metric)];
    const countingHash = own === undefined ? "" : hashCounting(own);
    if (old !== undefined && hashCounting(old) === countingHash) return [];
    const isCounted = [old, own].some((counter) => counter !== undefined && counted.has(counter.event));
    return [{ metric, countingHash, complete: !isCounted && !pending.has(metric) }];
  });
}

function countersOf({ metrics }: CustomDefinitions): Map<string, CustomCounter> {
  const counters = Object.entries(metrics).filter(
    (entry): entry is [string, CustomCounter] => entry[1].kind !== "ratio",
  );
  return new Map(counters);
}
