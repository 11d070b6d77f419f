import type {
  BusinessEvent,
  MappedRequest,
  RejectedEvent,
  SourceReport,
  WaitingEvent,
} from "../mapping/business-event.ts";
import type { IngestResult } from "./ingest-port.ts";
import type { WaitingRequest } from "./request-queue.ts";

type Asked = Omit<WaitingRequest, "tenantId">;

/** What of a request is one tenant's. */
interface Part {
  readonly events: BusinessEvent[];
  readonly rejected: RejectedEvent[];
  readonly waiting: WaitingEvent[];
  readonly sourceReports: SourceReport[];
}

/**
 * A request as one for each tenant in it, so that each waits for its own tenant only. It is answered when all of them are. If
 * one is refused, the answer is this refusal: the sender sends all of the request again, and what was committed is a duplicate
 * then. To take it in part would tell the sender that the other part is lost (`partial_success` must not be sent again).
 * @param asked not empty
 */
export function splitByTenant(asked: Asked): readonly WaitingRequest[] {
  const only = onlyTenantOf(asked.request);
  if (only !== undefined) return [{ ...asked, tenantId: only }];
  const parts = partsOf(asked.request);
  const answer = joinAnswers(parts.size, asked);
  const size = sizeOf(asked.request);
  return [...parts].map(([tenantId, part]) => ({
    ...answer,
    tenantId,
    request: {
      ...asked.request,
      ...part,
      clocks: asked.request.clocks?.filter((note) => note.tenantId === tenantId),
      versions: asked.request.versions?.filter((note) => note.tenantId === tenantId),
    },
    bytes: Math.floor((asked.bytes * sizeOf(part)) / size),
    sinceMs: asked.sinceMs,
  }));
}

function onlyTenantOf({ events, rejected, waiting = [], sourceReports }: MappedRequest): string | undefined {
  const first = (events[0] ?? rejected[0] ?? waiting[0] ?? sourceReports[0])?.tenantId;
  for (const part of [events, rejected, waiting, sourceReports]) {
    for (const { tenantId } of part) if (tenantId !== first) return undefined;
  }
  return first;
}

function partsOf({ events, rejected, waiting = [], sourceReports }: MappedRequest): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  const partOf = ({ tenantId }: { readonly tenantId: string }): Part => {
    let part = parts.get(tenantId);
    if (part === undefined) parts.set(tenantId, (part = { events: [], rejected: [], waiting: [], sourceReports: [] }));
    return part;
  };
  for (const event of events) partOf(event).events.push(event);
  for (const event of rejected) partOf(event).rejected.push(event);
  for (const event of waiting) partOf(event).waiting.push(event);
  for (const report of sourceReports) partOf(report).sourceReports.push(report);
  return parts;
}

function sizeOf({ events, rejected, waiting = [], sourceReports }: Pick<MappedRequest, keyof Part>): number {
  return events.length + rejected.length + waiting.length + sourceReports.length;
}

function joinAnswers(parts: number, { resolve, reject }: Asked): Pick<Asked, "resolve" | "reject"> {
  let left = parts;
  let sum: IngestResult = { inserted: 0, duplicates: 0, refused: [] };
  let refusal: Error | undefined;
  const answer = (): void => {
    if (--left > 0) return;
    if (refusal === undefined) resolve(sum);
    else reject(refusal);
  };
  return {
    resolve(result) {
      sum = sumOf(sum, result);
      answer();
    },
    reject(error) {
      refusal ??= error;
      answer();
    },
  };
}

function sumOf(a: IngestResult, b: IngestResult): IngestResult {
  const unkept = (a.unkept ?? 0) + (b.unkept ?? 0);
  const ambiguous = (a.ambiguous ?? 0) + (b.ambiguous ?? 0);
  return {
    inserted: a.inserted + b.inserted,
    duplicates: a.duplicates + b.duplicates,
    refused: [...a.refused, ...b.refused],
    ...(ambiguous === 0 ? {} : { ambiguous }),
    ...(unkept === 0 ? {} : { unkept }),
  };
}
