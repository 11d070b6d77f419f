import type { Ingest } from "../ingest/ingest-port.ts";
import type { MappedRequest } from "../mapping/business-event.ts";
import type { NearMisses } from "../mapping/near-misses.ts";
import { measureMapped } from "../mapping/measure-mapped.ts";
import { giveRowsBack } from "../mapping/row-chunks.ts";

/** Of each kind; an answer's message is cut at 2 KiB anyway. */
const maxQuoted = 20;

/** A rejection in words. */
export interface QuotedRejection {
  readonly eventName: string | null;
  readonly reason: string;
}

/** A request on its way to the database, in one part or in several, and what became of it so far. */
export class Submission {
  readonly #ingest: Ingest;
  /** Rejected events by code. */
  readonly rejected = new Map<string, number>();
  events = 0;
  ignored = 0;
  /** The service of one of its events; undefined if there is none. */
  serviceName: string | null | undefined;
  /** Of each part, if there is something to say. */
  readonly nearMisses: NearMisses[] = [];
  /** Spans or log records of which an event was rejected. */
  rejectedCarriers = 0;
  inserted = 0;
  duplicates = 0;
  ambiguous = 0;
  /** Events that PostgreSQL itself refused. */
  refused = 0;
  unkept = 0;
  /** As many rejections of mapping, and of PostgreSQL, as an answer quotes. */
  readonly quotedRejections: QuotedRejection[] = [];
  readonly quotedRefusals: QuotedRejection[] = [];

  constructor(ingest: Ingest) {
    this.#ingest = ingest;
  }

  /** Resolves after the commit. @throws UnavailableError: the sender has to send all of the request again */
  async submit(part: MappedRequest): Promise<void> {
    const { events, rejected, sourceReports } = part;
    this.events += events.length;
    this.ignored += part.ignored;
    this.serviceName ??= events[0]?.serviceName;
    if (part.nearMisses !== undefined) this.nearMisses.push(part.nearMisses);
    this.rejectedCarriers += part.rejectedCarriers;
    for (const { code } of rejected) this.rejected.set(code, (this.rejected.get(code) ?? 0) + 1);
    quote(this.quotedRejections, rejected);
    if (events.length + rejected.length + sourceReports.length === 0 && part.waiting === undefined) return;
    const result = await this.#ingest.submit(part, measureMapped(part));
    giveRowsBack(events);
    this.inserted += result.inserted;
    this.duplicates += result.duplicates;
    this.ambiguous += result.ambiguous ?? 0;
    this.refused += result.refused.length;
    this.rejectedCarriers += result.refused.length;
    this.unkept += result.unkept ?? 0;
    quote(this.quotedRefusals, result.refused);
  }
}

/** Copies texts only: a rejection's payload must not stay for as long as the request. */
function quote(
  quoted: QuotedRejection[],
  rejections: readonly { readonly eventName?: string | null; readonly reason: string }[],
): void {
  for (const { eventName = null, reason } of rejections.slice(0, maxQuoted - quoted.length)) {
    quoted.push({ eventName, reason });
  }
}
