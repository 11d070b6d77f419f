import { idKind } from "../mapping/id-kind.ts";
import type { BusinessEvent } from "../mapping/business-event.ts";
import { claimEventIds } from "../storage/events/claim-event-ids.ts";
import { findClaimedIds } from "../storage/events/find-claimed-ids.ts";
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
  return claims.events.length === 0 && ownTime.length === 0 ? undefined : { claimed: claims.events, ownTime };
}

/** The plan for some of its events. */
export function planFor({ claimed, ownTime }: ClaimPlan, events: readonly BusinessEvent[]): ClaimPlan {
  const kept = new Set(events);
  return { claimed: claimed.filter((event) => kept.has(event)), ownTime: ownTime.filter((event) => kept.has(event)) };
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
  { claimed, ownTime }: ClaimPlan,
): Promise<ReadonlySet<BusinessEvent>> {
  const [lost, found] = await Promise.all([
    claimed.length > 0 ? claimEventIds(client, claimed) : none,
    ownTime.length > 0 ? findClaimedIds(client, ownTime) : none,
  ]);
  return new Set([...claimed.filter((_, place) => lost.has(place)), ...ownTime.filter((_, place) => found.has(place))]);
}

const none: ReadonlySet<number> = new Set();
