import type { BusinessEvent, MappedRequest, RejectedEvent } from "./business-event.ts";

/** What an event, a rejection or a report costs in memory beside its row or payload, about. */
export const bytesEach = 300;

export function bytesOfEvent({ rowStart, rowEnd }: BusinessEvent): number {
  return rowEnd - rowStart + bytesEach;
}

export function bytesOfRejection({ payload }: RejectedEvent): number {
  return payload.length + bytesEach;
}

/** Memory that a mapped request takes while it waits, about. */
export function measureMapped({ events, rejected, waiting, sourceReports }: MappedRequest): number {
  let bytes = sourceReports.length * bytesEach;
  for (const event of events) bytes += bytesOfEvent(event);
  for (const rejection of rejected) bytes += bytesOfRejection(rejection);
  for (const event of waiting ?? []) bytes += bytesOfRejection(event);
  return bytes;
}
