import { eventKey } from "../storage/events/insert-events.ts";
import { rejectionKey } from "../storage/events/insert-rejected-events.ts";
import { idKind } from "../mapping/id-kind.ts";
import type { MappedRequest } from "../mapping/business-event.ts";
import type { CommittedBatch } from "./commit-batch.ts";
import { faultText, UnavailableError, type IngestResult } from "./ingest-port.ts";
import type { WaitingRequest } from "./request-queue.ts";

/** Tells each request what became of its own events; an event that two requests share is the first one's. */
export function answerRequests(requests: readonly WaitingRequest[], committed: CommittedBatch): void {
  let received = 0;
  for (const { request } of requests) received += request.events.length;
  const unkept = new Set(committed.unkept.map(rejectionKey));
  if (committed.inserted.length === received) {
    for (const { request, resolve } of requests) {
      resolve({ inserted: request.events.length, duplicates: 0, refused: [], ...unkeptOf(request, unkept) });
    }
    return;
  }
  // Objects, not keys: a batch holds the very events of its requests. Each is claimed once.
  const inserted = new Set(committed.inserted);
  const refusals = new Map(committed.refused.map(({ event, rejection }) => [eventKey(event), rejection]));
  for (const { request, resolve } of requests) {
    let own = 0;
    let ambiguous = 0;
    const refused: { code: string; reason: string }[] = [];
    for (const event of request.events) {
      const refusal = refusals.size > 0 ? refusals.get(eventKey(event)) : undefined;
      if (refusal) refused.push({ code: refusal.code, reason: refusal.reason });
      else if (inserted.delete(event)) own++;
      else if (event.idKind === idKind.ambiguous) ambiguous++;
    }
    const duplicates = request.events.length - own - refused.length;
    resolve({
      inserted: own,
      duplicates,
      refused,
      ...(ambiguous > 0 ? { ambiguous } : {}),
      ...(request.kept !== undefined && committed.forgotten?.includes(request.kept) === true
        ? { isForgotten: true }
        : {}),
      ...unkeptOf(request, unkept),
    });
  }
}

function unkeptOf({ rejected }: MappedRequest, unkept: ReadonlySet<string>): Pick<IngestResult, "unkept"> {
  if (unkept.size === 0) return {};
  return { unkept: rejected.filter((event) => unkept.has(rejectionKey(event))).length };
}

/** Tells each request that nothing was committed; the text of an error that is not for senders is kept from them. */
export function refuseRequests(requests: readonly WaitingRequest[], error: unknown): void {
  const refusal =
    error instanceof UnavailableError ? error : new UnavailableError("internal_fault", faultText, 5, { cause: error });
  for (const { reject } of requests) reject(refusal);
}
