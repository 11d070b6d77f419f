/** What a tenant may have kept a day of events that do not count. */

/** What a row takes beside its payload, about. */
const bytesPerRow = 512;

interface KeptPayload {
  readonly tenantId: string;
  readonly payload: Uint8Array;
}

/** Bytes that an event takes of its tenant's bound. */
export function boundedSizeOf({ payload }: KeptPayload): number {
  return payload.length + bytesPerRow;
}

/**
 * Divides events into those that their tenants may still have kept today, and the others. Each goes by itself: a small one may fit
 * if a large one before it did not.
 * @param taken bytes that each tenant has had today; what fits is added
 */
export function divideByBound<Event extends KeptPayload>(
  events: readonly Event[],
  taken: Map<string, number>,
  maxBytes: number,
): { readonly kept: Event[]; readonly over: Event[] } {
  const kept: Event[] = [];
  const over: Event[] = [];
  for (const event of events) {
    const after = (taken.get(event.tenantId) ?? 0) + boundedSizeOf(event);
    if (after > maxBytes) over.push(event);
    else {
      taken.set(event.tenantId, after);
      kept.push(event);
    }
  }
  return { kept, over };
}
