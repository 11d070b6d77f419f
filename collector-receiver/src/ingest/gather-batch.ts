import { idKind } from "../mapping/id-kind.ts";
import type { BusinessEvent, KeptKey, MappedRequest, RejectedEvent, WaitingEvent } from "../mapping/business-event.ts";
import { addClockNote, type ClockNote } from "../mapping/sender-clocks.ts";
import { addVersionNote, type VersionNote } from "../mapping/service-versions.ts";
import { partitionOf } from "../storage/events/ensure-partitions.ts";
import { rejectionKey } from "../storage/events/insert-rejected-events.ts";
import type { SourceChange } from "../storage/facts/upsert-sources.ts";
import { compareText } from "./compare-text.ts";
import { gatherClaims, noClaims } from "./gather-claims.ts";
import type { BatchClaims } from "./gather-claims.ts";

/** Several requests as one transaction: each event once, in the order that COPY and locks need. */
export interface Batch {
  /** Sorted by (partition, tenant, time, id): any other order lets two writers deadlock. */
  readonly events: readonly BusinessEvent[];
  readonly claims: BatchClaims;
  /** Sorted by (tenant, content hash). */
  readonly rejected: readonly RejectedEvent[];
  /** Sorted by (tenant, content hash); undefined for nearly all batches. */
  readonly waiting?: readonly WaitingEvent[] | undefined;
  /** What is new of senders' clocks, one note a sender, sorted; undefined for nearly all batches. */
  readonly clocks?: readonly ClockNote[] | undefined;
  /** Of requests that were kept until now; undefined for nearly all batches. */
  readonly kept?: readonly KeptKey[] | undefined;
  /** What is new of services' versions, one note a version, sorted; undefined for nearly all batches. */
  readonly versions?: readonly VersionNote[] | undefined;
  readonly requests: readonly MappedRequest[];
  readonly partitions: ReadonlySet<string>;
  /** Tenants with events, rejections or events whose time has not come, in order. */
  readonly tenantIds: readonly string[];
  /** Those, and tenants that only have reports of sources, in order. */
  readonly lockedTenantIds: readonly string[];
}

/** Folds requests into a batch. Where requests share an event, the first one's copy is kept. */
export function gatherBatch(requests: readonly MappedRequest[]): Batch {
  const rejected = new Map<string, RejectedEvent>();
  let waiting: Map<string, WaitingEvent> | undefined;
  let clocks: Map<string, ClockNote> | undefined;
  let kept: KeptKey[] | undefined;
  let versions: Map<string, VersionNote> | undefined;
  for (const request of requests) {
    for (const event of request.rejected) rejected.set(rejectionKey(event), event);
    for (const event of request.waiting ?? []) (waiting ??= new Map()).set(rejectionKey(event), event);
    for (const note of request.clocks ?? []) addClockNote((clocks ??= new Map()), note);
    if (request.kept !== undefined) (kept ??= []).push(request.kept);
    for (const note of request.versions ?? []) addVersionNote((versions ??= new Map()), note);
  }
  const sorted = sortOnce(requests);
  let idKinds = 0;
  for (const event of sorted) idKinds |= event.idKind;
  const claims = (idKinds | idKind.ownTime) === idKind.ownTime ? noClaims : gatherClaims(requests);
  const events = claims.repeated.size === 0 ? sorted : sorted.filter((event) => !claims.repeated.has(event));
  const partitions = new Set<string>();
  const tenantIds = new Set<string>();
  let partition = "";
  let tenantId: string | null = null;
  for (const event of events) {
    const ofEvent = partitionOf(event.occurredAtMs);
    if (ofEvent !== partition) partitions.add((partition = ofEvent));
    if (event.tenantId !== tenantId) tenantIds.add((tenantId = event.tenantId));
  }
  for (const each of rejected.values()) tenantIds.add(each.tenantId);
  for (const each of waiting?.values() ?? []) tenantIds.add(each.tenantId);
  const lockedTenantIds = new Set(tenantIds);
  for (const request of requests) {
    for (const each of request.sourceReports) lockedTenantIds.add(each.tenantId);
  }
  return {
    events,
    claims,
    rejected: sortedByKey(rejected),
    ...(waiting === undefined ? {} : { waiting: sortedByKey(waiting) }),
    ...(clocks === undefined ? {} : { clocks: sortedByKey(clocks) }),
    ...(kept === undefined ? {} : { kept }),
    ...(versions === undefined ? {} : { versions: sortedByKey(versions) }),
    requests,
    partitions,
    tenantIds: [...tenantIds].toSorted(compareText),
    lockedTenantIds: [...lockedTenantIds].toSorted(compareText),
  };
}

function sortedByKey<Kept>(kept: ReadonlyMap<string, Kept>): Kept[] {
  return [...kept].toSorted(([a], [b]) => compareText(a, b)).map(([, event]) => event);
}

/** The events of all requests in order, each once. No key is made: comparing is cheaper than joining texts. */
function sortOnce(requests: readonly MappedRequest[]): readonly BusinessEvent[] {
  const [only] = requests;
  const all = requests.length === 1 && only ? only.events : requests.flatMap(({ events }) => events);
  if (isAscending(all)) return all;
  // Stable, so that of equal events the first one stays the first.
  const sorted = all.toSorted(compareEvents);
  return sorted.filter((event, i) => i === 0 || compareEvents(sorted[i - 1] as BusinessEvent, event) !== 0);
}

function isAscending(events: readonly BusinessEvent[]): boolean {
  for (let i = 1; i < events.length; i++) {
    if (compareEvents(events[i - 1] as BusinessEvent, events[i] as BusinessEvent) >= 0) return false;
  }
  return true;
}

/** By (partition, tenant, time, id): within a tenant, time alone decides the partition. */
function compareEvents(a: BusinessEvent, b: BusinessEvent): number {
  if (a.tenantId !== b.tenantId) {
    return compareText(partitionOf(a.occurredAtMs), partitionOf(b.occurredAtMs)) || compareText(a.tenantId, b.tenantId);
  }
  return a.occurredAtMs - b.occurredAtMs || a.compareIds(b);
}

/** What a batch tells of its sources: sequence numbers of new events, and what sources reported. */
export function gatherSources(
  requests: readonly MappedRequest[],
  inserted: readonly BusinessEvent[],
  newlyRejected: readonly RejectedEvent[],
): SourceChange[] {
  const sources = new Map<string, SourceChange>();
  let latest: SourceChange | undefined;
  const sourceOf = (tenantId: string, sourceId: string, serviceName: string | null): SourceChange => {
    // Mostly the source of the event before.
    if (latest?.sourceId === sourceId && latest.tenantId === tenantId) return latest;
    const key = `${tenantId}\n${sourceId}`;
    let change = sources.get(key);
    if (change === undefined) {
      change = { tenantId, sourceId, serviceName, highestSeq: 0, eventsSeen: 0, dropsReported: 0 };
      sources.set(key, change);
    }
    latest = change;
    return change;
  };
  for (const event of inserted) {
    const { source } = event;
    if (source === null) continue;
    const change = sourceOf(event.tenantId, source.sourceId, event.serviceName);
    change.highestSeq = Math.max(change.highestSeq, source.seq);
    change.eventsSeen++;
  }
  for (const event of newlyRejected) {
    if (event.source === null) continue;
    const change = sourceOf(event.tenantId, event.source.sourceId, null);
    change.highestSeq = Math.max(change.highestSeq, event.source.seq);
    change.eventsSeen++;
  }
  for (const { sourceReports } of requests) {
    for (const report of sourceReports) {
      const change = sourceOf(report.tenantId, report.sourceId, report.serviceName);
      change.highestSeq = Math.max(change.highestSeq, report.lastSeq);
      change.dropsReported = Math.max(change.dropsReported, report.dropped);
    }
  }
  return [...sources.entries()].toSorted(([a], [b]) => compareText(a, b)).map(([, change]) => change);
}
