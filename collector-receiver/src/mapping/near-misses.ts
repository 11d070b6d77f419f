import type { IgnoredReason } from "./ignored-reasons.ts";

/** What a service's own settings took from its events before they were sent. */
export interface LimitLosses {
  /** Events that spans dropped at their limit. */
  readonly events: number;
  /** Attributes that events, log records and the spans of events dropped at their limit. */
  readonly attributes: number;
  /** Session ids that look cut at a limit. */
  readonly cutSessionIds: number;
}

/** A request with more services than this is not one of a product: the rest goes to "". */
const maxServices = 64;
/** As many operations as a request may name; the rest is only counted. */
const maxOperations = 16;
const maxOperationLength = 64;

/** What of a request was almost a business event, and what its senders lost. */
export class NearMisses {
  readonly #reasons = new Map<IgnoredReason, number>();
  readonly #operations = new Map<string, number>();
  readonly #losses = new Map<string, { events: number; attributes: number; cutSessionIds: number }>();

  add(reason: IgnoredReason, amount = 1): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + amount);
  }

  addLosses(service: string, { events = 0, attributes = 0, cutSessionIds = 0 }: Partial<LimitLosses>): void {
    const key = this.#losses.has(service) || this.#losses.size < maxServices ? service : "";
    const known = this.#losses.get(key) ?? { events: 0, attributes: 0, cutSessionIds: 0 };
    known.events += events;
    known.attributes += attributes;
    known.cutSessionIds += cutSessionIds;
    this.#losses.set(key, known);
  }

  addOperation(name: string): void {
    const key = name.slice(0, maxOperationLength);
    const known = this.#operations.get(key);
    if (known !== undefined || this.#operations.size < maxOperations) this.#operations.set(key, (known ?? 0) + 1);
  }

  /** Operations of models that no list knows, by name. */
  get operations(): ReadonlyMap<string, number> {
    return this.#operations;
  }

  /** How much was ignored by each reason, without `foreign_name`. */
  get reasons(): ReadonlyMap<IgnoredReason, number> {
    return this.#reasons;
  }

  /** By `service.name`; "" if there is none. */
  get losses(): ReadonlyMap<string, LimitLosses> {
    return this.#losses;
  }
}
