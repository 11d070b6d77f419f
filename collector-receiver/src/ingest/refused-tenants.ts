import type { MappedRequest } from "../mapping/business-event.ts";
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

  /**
   * The requests without these tenants. A request that loses something is refused even if the rest is committed: its sender
   * sends all of it again, and the rest is a duplicate then. To take it in part would tell the sender that the other part is
   * lost (`partial_success` must not be sent again).
   */
  leaveOut(requests: readonly WaitingRequest[]): readonly WaitingRequest[] {
    if (this.#untilMs.size === 0) return requests;
    const now = this.#now();
    for (const [tenantId, untilMs] of this.#untilMs) if (untilMs <= now) this.#untilMs.delete(tenantId);
    return requests.map((waiting) => {
      const tenantIds = this.#refusedOf(waiting.request);
      if (tenantIds.size === 0) return waiting;
      const refuse = (): void => waiting.reject(refusalOf([...tenantIds]));
      return { ...waiting, request: without(waiting.request, tenantIds), resolve: refuse };
    });
  }

  #refusedOf({ events, rejected, sourceReports }: MappedRequest): Set<string> {
    const found = new Set<string>();
    for (const part of [events, rejected, sourceReports]) {
      for (const { tenantId } of part) if (this.#untilMs.has(tenantId)) found.add(tenantId);
    }
    return found;
  }
}

function without(request: MappedRequest, tenantIds: ReadonlySet<string>): MappedRequest {
  const isKept = ({ tenantId }: { readonly tenantId: string }): boolean => !tenantIds.has(tenantId);
  const { events, rejected, sourceReports } = request;
  return {
    ...request,
    events: events.filter(isKept),
    rejected: rejected.filter(isKept),
    sourceReports: sourceReports.filter(isKept),
  };
}

/** Tenants that are named in one answer. */
const maxNamed = 5;

function refusalOf(tenantIds: readonly string[]): UnavailableError {
  const named = tenantIds.slice(0, maxNamed).map((tenantId) => `"${tenantId}"`);
  const more = tenantIds.length > maxNamed ? ` and ${tenantIds.length - maxNamed} more` : "";
  return new UnavailableError(
    "counting_rules_unknown",
    `This receiver counts by other rules than those of tenant ${named.join(", ")}${more}: send again. A receiver of ` +
      "another version takes it.",
    refusedSeconds,
  );
}
