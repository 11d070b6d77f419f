import type { MappedRequest } from "../mapping/business-event.ts";
import { UnavailableError } from "./ingest-port.ts";
import type { IngestResult } from "./ingest-port.ts";

/** A request that waits for its commit. */
export interface WaitingRequest {
  readonly request: MappedRequest;
  readonly bytes: number;
  resolve(result: IngestResult): void;
  reject(error: Error): void;
}

/** Requests in the order of their arrival, bounded in bytes. */
export class RequestQueue {
  readonly #maxBytes: number;
  #waiting: WaitingRequest[] = [];
  #bytes = 0;
  #events = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Bytes of the requests that wait or are being committed. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Events and rejections that wait. */
  get events(): number {
    return this.#events;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /**
   * @throws UnavailableError `queue_full` where the request does not fit; an empty queue takes any
   *   request, so that one which is larger than the bound is not refused for ever
   */
  push(waiting: WaitingRequest): void {
    if (this.#bytes > 0 && this.#bytes + waiting.bytes > this.#maxBytes) {
      throw new UnavailableError(
        "queue_full",
        `${this.#bytes} bytes wait for PostgreSQL and the limit (MAX_QUEUE_BYTES) is ${this.#maxBytes}: send again later.`,
        2,
      );
    }
    this.#bytes += waiting.bytes;
    this.#events += sizeOf(waiting.request);
    this.#waiting.push(waiting);
  }

  /** Takes requests up to `maxEvents` events together, at least one where there is any. */
  take(maxEvents: number): WaitingRequest[] {
    let events = 0;
    let count = 0;
    for (const { request } of this.#waiting) {
      const more = sizeOf(request);
      if (count > 0 && events + more > maxEvents) break;
      events += more;
      count++;
    }
    this.#events -= events;
    return this.#waiting.splice(0, count);
  }

  /** Gives the bytes of answered requests back. */
  release(requests: readonly WaitingRequest[]): void {
    for (const { bytes } of requests) this.#bytes -= bytes;
  }
}

function sizeOf({ events, rejected }: MappedRequest): number {
  return events.length + rejected.length;
}
