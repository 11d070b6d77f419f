import { claimedIds, idKind } from "../mapping/id-kind.ts";
import type { BusinessEvent } from "../mapping/business-event.ts";
import { claimEventIds } from "../storage/events/claim-event-ids.ts";
import { findClaimedIds } from "../storage/events/find-claimed-ids.ts";
import { findStoredEarlier } from "../storage/events/find-stored-events.ts";
import { lockOffTimeIds } from "../storage/events/lock-off-time-ids.ts";
import type { WriterConnection } from "../storage/wire/writer-connection.ts";
import { compareText } from "./compare-text.ts";
import type { Batch } from "./gather-batch.ts";

/** Which events of a batch need more than their primary key to be stored once. */
export interface ClaimPlan {
  /** Their ids are claimed; sorted by (tenant, id). */
  readonly claimed: readonly BusinessEvent[];
  /** Their ids hold their time, but may have been claimed with another one. */
  readonly ownTime: readonly BusinessEvent[];
  /** They may be stored under the id that receivers before 0.3.0 derived for them. */
  readonly earlier: readonly BusinessEvent[];
}

/**
 * @param offTimeTenants tenants that are known to have had version 7 ids that were off their time
 * @returns undefined if primary keys are enough, as with all ids of the SDK
 */
export function planClaims({ events, claims }: Batch, offTimeTenants: ReadonlySet<string>): ClaimPlan | undefined {
  const ownTime =
    offTimeTenants.size === 0
      ? []
      : events.filter((event) => event.idKind === idKind.ownTime && offTimeTenants.has(event.tenantId));
  // A claim looks for the earlier id itself.
  const earlier = claims.hasEarlierIds
    ? events.filter(({ earlierId, idKind: kind }) => earlierId !== undefined && (kind & claimedIds) === 0)
    : [];
  if (claims.events.length + ownTime.length + earlier.length === 0) return undefined;
  return { claimed: claims.events, ownTime, earlier };
}

/** The plan for some of its events. */
export function planFor({ claimed, ownTime, earlier }: ClaimPlan, events: readonly BusinessEvent[]): ClaimPlan {
  const kept = new Set(events);
  const among = (all: readonly BusinessEvent[]) => all.filter((event) => kept.has(event));
  return { claimed: among(claimed), ownTime: among(ownTime), earlier: among(earlier) };
}

/** Has to come before claims are taken, in the same transaction. */
export async function lockClaims(client: WriterConnection, { claimed, ownTime }: ClaimPlan): Promise<void> {
  const claimsOffTime = new Map(ownTime.map(({ tenantId }) => [tenantId, false]));
  for (const { idKind: kind, tenantId } of claimed) if (kind === idKind.offTime) claimsOffTime.set(tenantId, true);
  if (claimsOffTime.size === 0) return;
  const sorted = [...claimsOffTime].toSorted(([a], [b]) => compareText(a, b));
  await lockOffTimeIds(
    client,
    sorted.map(([tenantId, claims]) => ({ tenantId, claims })),
  );
}

/**
 * Claims ids in the open transaction.
 * @returns the events whose id is that of an event that was delivered before
 */
export async function takeClaims(
  client: WriterConnection,
  { claimed, ownTime, earlier }: ClaimPlan,
): Promise<ReadonlySet<BusinessEvent>> {
  const found = await Promise.all([
    findAmong(client, claimed, claimEventIds),
    findAmong(client, ownTime, findClaimedIds),
    findAmong(client, earlier, findStoredEarlier),
  ]);
  return new Set(found.flat());
}

async function findAmong(
  client: WriterConnection,
  events: readonly BusinessEvent[],
  find: (client: WriterConnection, events: readonly BusinessEvent[]) => Promise<ReadonlySet<number>>,
): Promise<readonly BusinessEvent[]> {
  if (events.length === 0) return events;
  const places = await find(client, events);
  return events.filter((_, place) => places.has(place));
}
