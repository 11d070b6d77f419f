import { UnavailableError } from "./ingest-port.ts";
import type { WaitingRequest } from "./request-queue.ts";

/** For how long a tenant is left out before PostgreSQL is asked again, and when its sender may try again. */
const refusedSeconds = 5;

/**
 * Tenants that are counted by other rules than this receiver's. They are left out of the batches for a few seconds: to find
 * out in each transaction anew would roll back what it has written of the other tenants.
 */
export class RefusedTenants {
  readonly #untilMs = new Map<string, number>();
  readonly #now: () => number;

  /** @param now milliseconds of a clock that only goes forward */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  add(tenantIds: readonly string[]): void {
    for (const tenantId of tenantIds) this.#untilMs.set(tenantId, this.#now() + refusedSeconds * 1000);
  }

  /** The requests of these tenants without their content: committing them refuses them. */
  leaveOut(requests: readonly WaitingRequest[]): readonly WaitingRequest[] {
    if (this.#untilMs.size === 0) return requests;
    const now = this.#now();
    for (const [tenantId, untilMs] of this.#untilMs) if (untilMs <= now) this.#untilMs.delete(tenantId);
    return requests.map((waiting) => {
      const { tenantId, request } = waiting;
      if (!this.#untilMs.has(tenantId)) return waiting;
      const refuse = (): void => waiting.reject(refusalOf(tenantId));
      return { ...waiting, request: { ...request, events: [], rejected: [], sourceReports: [] }, resolve: refuse };
    });
  }
}

function refusalOf(tenantId: string): UnavailableError {
  return new UnavailableError(
    "counting_rules_unknown",
    `This receiver counts by other rules than those of tenant "${tenantId}": send again. A receiver of another version takes it.`,
    refusedSeconds,
  );
}
