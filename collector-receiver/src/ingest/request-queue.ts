import type { MappedRequest } from "../mapping/business-event.ts";
import { FairLine } from "../fairness/fair-line.ts";
import { FairShares } from "../fairness/fair-shares.ts";
import { UnavailableError } from "./ingest-port.ts";
import type { IngestResult } from "./ingest-port.ts";

/** A request of one tenant that waits for its commit, or the part of a request that is this tenant's. */
export interface WaitingRequest {
  readonly tenantId: string;
  readonly request: MappedRequest;
  readonly bytes: number;
  /** When it came, by performance.now(). */
  readonly sinceMs: number;
  resolve(result: IngestResult): void;
  reject(error: Error): void;
}

/** Requests that wait, bounded in bytes, all together and by tenant. Tenants take turns. */
export class RequestQueue {
  readonly #shares: FairShares;
  readonly #line = new FairLine<WaitingRequest>();
  #events = 0;

  /** @param isDivided false if there is only one tenant */
  constructor(maxBytes: number, isDivided: boolean) {
    this.#shares = new FairShares(maxBytes, isDivided);
  }

  /** Bytes of the requests that wait or are being committed. */
  get bytes(): number {
    return this.#shares.held;
  }

  /** Events and rejections that wait. */
  get events(): number {
    return this.#events;
  }

  get length(): number {
    return this.#line.length;
  }

  /** When the oldest request that waits came; undefined: none waits. */
  get oldestMs(): number | undefined {
    let oldest: number | undefined;
    for (const { sinceMs } of this.#line.heads()) oldest = Math.min(oldest ?? sinceMs, sinceMs);
    return oldest;
  }

  /** @returns why the request does not fit: `queue_full` or `tenant_queue_full`; undefined: it waits now */
  push(waiting: WaitingRequest): UnavailableError | undefined {
    const { bytes, tenantId } = waiting;
    const exceeded = this.#shares.exceeds(tenantId, bytes);
    if (exceeded !== undefined) {
      const { held, total } = this.#shares;
      const [code, what] =
        exceeded === "own"
          ? (["tenant_queue_full", `${this.#shares.heldBy(tenantId)} bytes of tenant "${tenantId}" wait`] as const)
          : (["queue_full", "There is no room for more"] as const);
      const text = `${what} for PostgreSQL. All tenants together have ${held} of ${total} bytes (MAX_QUEUE_BYTES), and a tenant may have as many as are left free: send again later.`;
      return new UnavailableError(code, text, 2);
    }
    this.#shares.take(tenantId, bytes);
    this.#events += sizeOf(waiting.request);
    this.#line.push(tenantId, waiting);
    return undefined;
  }

  /** Takes requests up to `maxEvents` events together, at least one if any waits. */
  take(maxEvents: number): WaitingRequest[] {
    const taken: WaitingRequest[] = [];
    let events = 0;
    for (let next = this.#line.first; next !== undefined; next = this.#line.first) {
      const more = sizeOf(next.request);
      if (taken.length > 0 && events + more > maxEvents) break;
      events += more;
      taken.push(next);
      this.#line.next();
    }
    this.#events -= events;
    return taken;
  }

  /** Puts requests that were taken back to the front of their tenants' requests. */
  putBack(requests: readonly WaitingRequest[]): void {
    for (const waiting of requests.toReversed()) {
      this.#events += sizeOf(waiting.request);
      this.#line.putBack(waiting.tenantId, waiting);
    }
  }

  /** Gives the bytes of answered requests back. */
  release(requests: readonly WaitingRequest[]): void {
    for (const { tenantId, bytes } of requests) this.#shares.give(tenantId, bytes);
  }
}

function sizeOf({ events, rejected, waiting = [] }: MappedRequest): number {
  return events.length + rejected.length + waiting.length;
}

export function isEmpty({ events, rejected, waiting = [], sourceReports }: MappedRequest): boolean {
  return events.length === 0 && rejected.length === 0 && waiting.length === 0 && sourceReports.length === 0;
}
