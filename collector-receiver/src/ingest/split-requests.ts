import type { MappedRequest } from "../mapping/business-event.ts";
import type { IngestResult } from "./ingest-port.ts";
import type { WaitingRequest } from "./request-queue.ts";

/** Requests in two: those, and those parts, of the tenants that go apart, and the rest. */
export interface SplitRequests {
  readonly rest: readonly WaitingRequest[];
  readonly apart: readonly WaitingRequest[];
}

/**
 * Splits requests by tenant. A request of tenants on both sides becomes two, and is answered when both have been committed,
 * or as soon as one of them is refused: its sender sends all of it again, and what was committed is a duplicate then.
 */
export function splitRequests(
  requests: readonly WaitingRequest[],
  isApart: (tenantId: string) => boolean,
): SplitRequests {
  const rest: WaitingRequest[] = [];
  const apart: WaitingRequest[] = [];
  for (const waiting of requests) {
    const own = partOf(waiting.request, (tenantId) => !isApart(tenantId));
    const other = partOf(waiting.request, isApart);
    if (sizeOf(other) === 0) rest.push(waiting);
    else if (sizeOf(own) === 0) apart.push(waiting);
    else {
      const [first, second] = halves(waiting, own, other);
      rest.push(first);
      apart.push(second);
    }
  }
  return { rest, apart };
}

function partOf(request: MappedRequest, isWanted: (tenantId: string) => boolean): MappedRequest {
  const isPart = ({ tenantId }: { readonly tenantId: string }): boolean => isWanted(tenantId);
  return {
    ...request,
    events: request.events.filter(isPart),
    rejected: request.rejected.filter(isPart),
    sourceReports: request.sourceReports.filter(isPart),
  };
}

function sizeOf({ events, rejected, sourceReports }: MappedRequest): number {
  return events.length + rejected.length + sourceReports.length;
}

function halves(
  waiting: WaitingRequest,
  own: MappedRequest,
  other: MappedRequest,
): readonly [WaitingRequest, WaitingRequest] {
  const { bytes, reject } = waiting;
  const ownBytes = Math.floor((bytes * sizeOf(own)) / (sizeOf(own) + sizeOf(other)));
  let first: IngestResult | undefined;
  const resolve = (result: IngestResult): void => {
    if (first === undefined) first = result;
    else waiting.resolve(sumOf(first, result));
  };
  return [
    { ...waiting, request: own, bytes: ownBytes, resolve, reject },
    { ...waiting, request: other, bytes: bytes - ownBytes, resolve, reject },
  ];
}

function sumOf(a: IngestResult, b: IngestResult): IngestResult {
  const unkept = (a.unkept ?? 0) + (b.unkept ?? 0);
  return {
    inserted: a.inserted + b.inserted,
    duplicates: a.duplicates + b.duplicates,
    refused: [...a.refused, ...b.refused],
    ...(unkept === 0 ? {} : { unkept }),
  };
}
