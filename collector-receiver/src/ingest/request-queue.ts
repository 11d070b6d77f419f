import type { MappedRequest } from "../mapping/business-event.ts";
import { HeldBytes } from "./held-bytes.ts";
import { UnavailableError } from "./ingest-port.ts";
import type { IngestResult } from "./ingest-port.ts";

/** A request that waits for its commit. */
export interface WaitingRequest {
  readonly request: MappedRequest;
  readonly bytes: number;
  /** Whose memory it is. */
  readonly owner: string;
  /** When it came, by performance.now(). */
  readonly sinceMs: number;
  resolve(result: IngestResult): void;
  reject(error: Error): void;
}

/** Requests in the order of their arrival, bounded in bytes, altogether and for each owner. */
export class RequestQueue {
  readonly #held: HeldBytes;
  #waiting: WaitingRequest[] = [];
  #events = 0;

  constructor(maxBytes: number, maxOwnerBytes: number) {
    this.#held = new HeldBytes(maxBytes, maxOwnerBytes);
  }

  /** Bytes of the requests that wait or are being committed. */
  get bytes(): number {
    return this.#held.bytes;
  }

  /** Events and rejections that wait. */
  get events(): number {
    return this.#events;
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** When the oldest request that waits came; undefined: none waits. */
  get oldestMs(): number | undefined {
    return this.#waiting[0]?.sinceMs;
  }

  /**
   * @throws UnavailableError `queue_full` or `tenant_queue_full` where the request does not fit
   */
  push(waiting: WaitingRequest): void {
    const { bytes, owner } = waiting;
    const { maxBytes, maxOwnerBytes } = this.#held;
    const exceeded = this.#held.exceeds(owner, bytes);
    if (exceeded === "owner") {
      throw new UnavailableError(
        "tenant_queue_full",
        `${this.#held.ofOwner(owner)} bytes of ${owner} wait for PostgreSQL, and the limit for one tenant (half of MAX_QUEUE_BYTES) is ${maxOwnerBytes}: send again later.`,
        2,
      );
    }
    if (exceeded !== undefined) {
      throw new UnavailableError(
        "queue_full",
        `${this.#held.bytes} bytes wait for PostgreSQL and the limit (MAX_QUEUE_BYTES) is ${maxBytes}: send again later.`,
        2,
      );
    }
    this.#held.take(owner, bytes);
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

  /** Puts requests that were taken back to the front. */
  putBack(requests: readonly WaitingRequest[]): void {
    for (const { request } of requests) this.#events += sizeOf(request);
    this.#waiting.unshift(...requests);
  }

  /** Gives the bytes of answered requests back. */
  release(requests: readonly WaitingRequest[]): void {
    for (const { owner, bytes } of requests) this.#held.give(owner, bytes);
  }
}

function sizeOf({ events, rejected }: MappedRequest): number {
  return events.length + rejected.length;
}
