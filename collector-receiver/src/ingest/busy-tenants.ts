import type { BatchWriter } from "./batch-writer.ts";
import { UnavailableError } from "./ingest-port.ts";
import type { WaitingRequest } from "./request-queue.ts";

/** For how long a request waits for its tenant before its sender has to try again. */
const maxWaitMs = 5_000;

/** Requests that nothing became of, because tenants of theirs are busy. */
export interface BusyRequests {
  readonly tenantIds: readonly string[];
  readonly requests: readonly WaitingRequest[];
}

export interface BusyTenantsOptions {
  /** Events of one transaction. */
  readonly maxEvents: number;
  /** Commits and answers requests of one tenant, or returns them if it is still busy. */
  readonly commit: (writer: BatchWriter, requests: readonly WaitingRequest[]) => Promise<BusyRequests | undefined>;
  /** Refuses requests. */
  readonly finish: (requests: readonly WaitingRequest[], refusal: UnavailableError) => void;
  /** Called whenever fewer requests wait here. */
  readonly onServed: () => void;
  readonly openWriter: () => BatchWriter;
}

/**
 * Requests of tenants that a sweep, a rebuild or an erasure has for itself now. They wait here, apart from the queue, so that
 * the other tenants go on. A writer of their own waits for one tenant after the other, at most a second for each.
 */
export class BusyTenants {
  readonly #options: BusyTenantsOptions;
  /** A tenant is busy as long as it is in here. */
  readonly #byTenant = new Map<string, WaitingRequest[]>();
  #writer: BatchWriter | undefined;
  #isServing = false;
  /** Requests of the transaction under way. */
  #committing = 0;

  constructor(options: BusyTenantsOptions) {
    this.#options = options;
  }

  /** Requests that wait here. */
  get length(): number {
    let length = 0;
    for (const { length: waiting } of this.#byTenant.values()) length += waiting;
    return length;
  }

  get isIdle(): boolean {
    return this.#committing === 0 && this.length === 0;
  }

  /** From now on the requests of these tenants are set aside. */
  add(tenantIds: readonly string[]): void {
    for (const tenantId of tenantIds) if (!this.#byTenant.has(tenantId)) this.#byTenant.set(tenantId, []);
  }

  /** @returns the requests that need not wait for a busy tenant */
  setAside(requests: readonly WaitingRequest[]): readonly WaitingRequest[] {
    if (this.#byTenant.size === 0) return requests;
    const left: WaitingRequest[] = [];
    for (const request of requests) (this.#byTenant.get(request.tenantId) ?? left).push(request);
    if (!this.#isServing) void this.#serve();
    return left;
  }

  /** Closes the connection; nothing may wait any more. */
  async close(): Promise<void> {
    await this.#writer?.close();
  }

  async #serve(): Promise<void> {
    this.#isServing = true;
    this.#writer ??= this.#options.openWriter();
    for (;;) {
      const next = this.#byTenant.entries().next();
      if (next.done === true) break;
      const [tenantId, waiting] = next.value;
      // To the end of the line, unless nothing of it is left to wait.
      this.#byTenant.delete(tenantId);
      if (waiting.length === 0) continue;
      this.#byTenant.set(tenantId, waiting);
      await this.#commitSome(this.#writer, tenantId, waiting);
    }
    this.#isServing = false;
  }

  async #commitSome(writer: BatchWriter, tenantId: string, waiting: WaitingRequest[]): Promise<void> {
    const batch = this.#takeBatch(waiting);
    this.#committing = batch.length;
    const busy = await this.#options.commit(writer, batch);
    this.#committing = 0;
    if (busy !== undefined) {
      waiting.unshift(...batch);
      this.#refuseLate(tenantId, waiting);
    }
    this.#options.onServed();
  }

  #takeBatch(waiting: WaitingRequest[]): WaitingRequest[] {
    let events = 0;
    let count = 0;
    for (const { request } of waiting) {
      events += request.events.length;
      if (count > 0 && events > this.#options.maxEvents) break;
      count++;
    }
    return waiting.splice(0, count);
  }

  #refuseLate(tenantId: string, waiting: WaitingRequest[]): void {
    const latestMs = performance.now() - maxWaitMs;
    const late = waiting.findIndex(({ sinceMs }) => sinceMs > latestMs);
    const refused = waiting.splice(0, late < 0 ? waiting.length : late);
    if (refused.length === 0) return;
    this.#options.finish(
      refused,
      new UnavailableError(
        "tenant_busy",
        `Tenant "${tenantId}" is being rebuilt, erased or changed right now. Nothing was committed: send again.`,
        1,
      ),
    );
  }
}
