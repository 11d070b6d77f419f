import { hash as digest } from "node:crypto";
import { hashCounting, hashDefinitions } from "../catalogue/custom-definitions.ts";
import type { CustomDefinitions } from "../catalogue/custom-definitions.ts";
import { attributeOfSegmentKey, segmentKey } from "../catalogue/custom-segments.ts";
import { eventsOfWords, listOfWordsKey, wordsKey } from "../catalogue/custom-words.ts";
import { refuseUnknownRules } from "../storage/settings/refuse-unknown-rules.ts";
import { inTransaction } from "../storage/wire/in-transaction.ts";
import {
  findCountedEvents,
  findTenantsOfOtherDefinitions,
  findTenantsWithTests,
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
 * @returns the metrics and lists of words that need a rebuild, because events came before they were defined as they are now,
 *   by tenant
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

/** Metrics and lists of words by which events count in another way than before, new and removed ones among them. */
async function findChangedMetrics(
  client: WriterConnection,
  stored: ReadonlyMap<string, TenantDefinitions | null>,
  definitions: CustomDefinitions,
): Promise<ChangedMetric[]> {
  const tenantIds = [...stored.keys()];
  const wanted = countersOf(definitions);
  const before = new Map([...new Set(stored.values())].map((each) => [each, countersOf(each?.definitions ?? nothing)]));
  const events = [wanted, ...before.values()].flatMap((counters) =>
    [...counters.values()].flatMap((counter) => counter.events),
  );
  const counted = await findCountedEvents(client, tenantIds, [...new Set(events)]);
  const pending = await readPendingMetrics(client, tenantIds);
  const changed = [...stored].flatMap(([tenantId, each]) => {
    const known = before.get(each) ?? countersOf(nothing);
    const isPending = new Set((pending.get(tenantId) ?? []).map(({ metric }) => metric));
    return [...new Set([...known.keys(), ...wanted.keys()])].flatMap((metric) => {
      const [old, own] = [known.get(metric), wanted.get(metric)];
      const countingHash = own?.hash ?? "";
      if (old !== undefined && old.hash === countingHash) return [];
      const isCounted = [old, own].some((counter) =>
        counter?.events.some((event) => counted.get(tenantId)?.has(event) === true),
      );
      return [{ tenantId, metric, countingHash, complete: !isCounted && !isPending.has(metric) }];
    });
  });
  return besideTests(client, changed);
}

/** As `changed`, but with nothing that facts rest on complete for a tenant that has test sessions. */
async function besideTests(client: WriterConnection, changed: readonly ChangedMetric[]): Promise<ChangedMetric[]> {
  const isDoubtful = ({ metric, complete }: ChangedMetric): boolean =>
    complete && (listOfWordsKey(metric) ?? attributeOfSegmentKey(metric)) !== undefined;
  const asked = new Set(changed.filter(isDoubtful).map(({ tenantId }) => tenantId));
  if (asked.size === 0) return [...changed];
  const withTests = await findTenantsWithTests(client, [...asked]);
  return changed.map((each) =>
    isDoubtful(each) && withTests.has(each.tenantId) ? { ...each, complete: false } : each,
  );
}

/** How something is counted, and the events that it is counted from. */
interface Counting {
  readonly events: readonly string[];
  readonly hash: string;
}

/** By metric, by list of words, and by attribute that figures are split by. */
function countersOf({ metrics, words = {}, segments = {} }: CustomDefinitions): Map<string, Counting> {
  const ofMetrics = Object.entries(metrics).flatMap(([metric, counter]): [string, Counting][] =>
    counter.kind === "ratio" ? [] : [[metric, { events: [counter.event], hash: hashCounting(counter) }]],
  );
  const ofWords = Object.entries(words).map(([name, meanings]): [string, Counting] => {
    const list = name as keyof typeof words;
    return [wordsKey(list), { events: eventsOfWords(list), hash: digest("sha256", JSON.stringify(meanings), "hex") }];
  });
  const ofSegments = Object.entries(segments).flatMap(([event, attributes]) =>
    Object.entries(attributes).map(([attribute, { values }]): [string, Counting] => [
      segmentKey(event, attribute),
      { events: [event], hash: digest("sha256", JSON.stringify(values), "hex") },
    ]),
  );
  return new Map([...ofMetrics, ...ofWords, ...ofSegments]);
}
