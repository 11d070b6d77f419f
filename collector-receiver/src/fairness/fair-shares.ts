/** Who has used up what: all owners together, or this one its share. */
export type ExceededShare = "all" | "own";

/**
 * Divides a fixed amount (bytes, streams) among owners. Each may hold as much as is left free: one alone has half of all, two
 * have a third each. So there is always room for another, however many flood us.
 */
export class FairShares {
  readonly total: number;
  readonly #isDivided: boolean;
  #held = 0;
  readonly #byOwner = new Map<string, number>();

  /** @param isDivided false if there can be only one owner: it may have all of it */
  constructor(total: number, isDivided = true) {
    this.total = total;
    this.#isDivided = isDivided;
  }

  /** Held by all owners together. */
  get held(): number {
    return this.#held;
  }

  heldBy(owner: string): number {
    return this.#byOwner.get(owner) ?? 0;
  }

  /**
   * @returns what `more` would exceed; undefined if it fits. If nothing is held, any amount fits: what is larger than a
   *   share would be refused forever otherwise.
   */
  exceeds(owner: string, more: number): ExceededShare | undefined {
    if (this.#held === 0) return undefined;
    const own = this.heldBy(owner);
    const free = this.total - this.#held - more;
    if (free >= (this.#isDivided ? own + more : 0)) return undefined;
    return this.#isDivided && own > 0 ? "own" : "all";
  }

  take(owner: string, amount: number): void {
    this.#held += amount;
    this.#byOwner.set(owner, this.heldBy(owner) + amount);
  }

  give(owner: string, amount: number): void {
    this.#held -= amount;
    const left = this.heldBy(owner) - amount;
    if (left > 0) this.#byOwner.set(owner, left);
    else this.#byOwner.delete(owner);
  }
}
