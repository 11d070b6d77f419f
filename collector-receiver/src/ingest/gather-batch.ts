import type { BusinessEvent, MappedRequest, RejectedEvent } from "../mapping/business-event.ts";
import { partitionOf } from "../storage/ensure-partitions.ts";
import { eventKey } from "../storage/insert-events.ts";
import { rejectionKey } from "../storage/insert-rejected-events.ts";
import type { SourceChange } from "../storage/upsert-sources.ts";

/** Several requests as one transaction: each event once, in the order that COPY and locks need. */
export interface Batch {
  /** Sorted by (partition, tenant, time, id): any other order lets two writers deadlock. */
  readonly events: readonly BusinessEvent[];
  /** Sorted by (tenant, content hash). */
  readonly rejected: readonly RejectedEvent[];
  readonly requests: readonly MappedRequest[];
  readonly partitions: ReadonlySet<string>;
  readonly tenantIds: readonly string[];
}

/** Folds requests into a batch. Where requests share an event, the first one's copy is kept. */
export function gatherBatch(requests: readonly MappedRequest[]): Batch {
  const events = new Map<string, BusinessEvent>();
  const rejected = new Map<string, RejectedEvent>();
  const partitions = new Set<string>();
  const tenantIds = new Set<string>();
  for (const request of requests) {
    for (const event of request.events) {
      const key = eventKey(event);
      if (!events.has(key)) events.set(key, event);
      tenantIds.add(event.tenantId);
    }
    for (const event of request.rejected) rejected.set(rejectionKey(event), event);
  }
  const partitioned = [...events.values()].map((event) => {
    const partition = partitionOf(event.occurredAtMs);
    partitions.add(partition);
    return { event, partition };
  });
  partitioned.sort(
    (a, b) =>
      compareText(a.partition, b.partition) ||
      compareText(a.event.tenantId, b.event.tenantId) ||
      a.event.occurredAtMs - b.event.occurredAtMs ||
      compareText(a.event.eventId, b.event.eventId),
  );
  return {
    events: partitioned.map(({ event }) => event),
    rejected: [...rejected.entries()].toSorted(([a], [b]) => compareText(a, b)).map(([, event]) => event),
    requests,
    partitions,
    tenantIds: [...tenantIds].toSorted(compareText),
  };
}

/** What a batch tells of its sources: sequence numbers of new events, and what sources reported. */
export function gatherSources(
  requests: readonly MappedRequest[],
  inserted: readonly BusinessEvent[],
  newlyRejected: readonly RejectedEvent[],
): SourceChange[] {
  const sources = new Map<string, SourceChange>();
  const sourceOf = (tenantId: string, sourceId: string, serviceName: string | null): SourceChange => {
    const key = `${tenantId}\n${sourceId}`;
    let change = sources.get(key);
    if (change === undefined) {
      change = { tenantId, sourceId, serviceName, highestSeq: 0, eventsSeen: 0, dropsReported: 0 };
      sources.set(key, change);
    }
    return change;
  };
  for (const event of inserted) {
    if (event.source === null) continue;
    const change = sourceOf(event.tenantId, event.source.sourceId, event.serviceName);
    change.highestSeq = Math.max(change.highestSeq, event.source.seq);
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

export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
