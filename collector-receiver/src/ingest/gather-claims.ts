import { claimedIds, idKind } from "../mapping/id-kind.ts";
import type { BusinessEvent, MappedRequest } from "../mapping/business-event.ts";
import { compareText } from "./compare-text.ts";

/** The ids of a batch that are unique whatever time they come with. */
export interface BatchClaims {
  /** Events whose ids have to be claimed, each id once, sorted by (tenant, id): any other order lets two writers deadlock. */
  readonly events: readonly BusinessEvent[];
  /** Events that came later in the same batch with an id of another one. */
  readonly repeated: ReadonlySet<BusinessEvent>;
  /** Tenants with version 7 ids that are off their time, in order. */
  readonly offTimeTenants: readonly string[];
  /** Receivers before 0.3.0 derived another id for some events. */
  readonly hasEarlierIds: boolean;
}

export const noClaims: BatchClaims = { events: [], repeated: new Set(), offTimeTenants: [], hasEarlierIds: false };

/**
 * Finds the events whose ids are claimed. Of events with one id, the one that came first counts.
 * @param requests in the order in which they came
 */
export function gatherClaims(requests: readonly MappedRequest[]): BatchClaims {
  const offTimeTenants = new Set<string>();
  let hasEarlierIds = false;
  for (const { events } of requests) {
    for (const { idKind: kind, tenantId, earlierId } of events) {
      if (kind === idKind.offTime) offTimeTenants.add(tenantId);
      hasEarlierIds ||= earlierId !== undefined;
    }
  }
  const concerned = requests.flatMap(({ events }) =>
    events.filter(
      (event) =>
        (event.idKind & claimedIds) !== 0 || (event.idKind === idKind.ownTime && offTimeTenants.has(event.tenantId)),
    ),
  );
  // Stable, so that of events with one id the first one stays the first.
  const sorted = concerned.toSorted(compareByIds);
  const claimed: BusinessEvent[] = [];
  const repeated = new Set<BusinessEvent>();
  let last: BusinessEvent | undefined;
  for (const event of sorted) {
    if (last !== undefined && compareByIds(last, event) === 0) {
      // A copy with the same time is left out where the batch is sorted.
      if (last.occurredAtMs !== event.occurredAtMs) repeated.add(event);
      continue;
    }
    last = event;
    if ((event.idKind & claimedIds) !== 0) claimed.push(event);
  }
  return { events: claimed, repeated, offTimeTenants: [...offTimeTenants].toSorted(compareText), hasEarlierIds };
}

function compareByIds(a: BusinessEvent, b: BusinessEvent): number {
  return compareText(a.tenantId, b.tenantId) || a.compareIds(b);
}
