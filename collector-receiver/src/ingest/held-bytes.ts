/** What does not fit: everything that is held, or what one owner may have of it. */
export type ExceededLimit = "everybody" | "owner";

/**
 * Counts memory that waiting requests occupy, bounded altogether and for each owner, so that one tenant whose
 * products flood the receiver does not keep the others out.
 */
export class HeldBytes {
  readonly maxBytes: number;
  readonly maxOwnerBytes: number;
  #bytes = 0;
  readonly #byOwner = new Map<string, number>();

  constructor(maxBytes: number, maxOwnerBytes: number = maxBytes) {
    this.maxBytes = maxBytes;
    this.maxOwnerBytes = maxOwnerBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  ofOwner(owner: string): number {
    return this.#byOwner.get(owner) ?? 0;
  }

  /**
   * @returns the limit that `more` would exceed. Where nothing is held, any amount is taken, or what is larger than
   *   a limit would be refused for ever.
   */
  exceeds(owner: string, more: number): ExceededLimit | undefined {
    if (this.#bytes > 0 && this.#bytes + more > this.maxBytes) return "everybody";
    const own = this.ofOwner(owner);
    return own > 0 && own + more > this.maxOwnerBytes ? "owner" : undefined;
  }

  take(owner: string, bytes: number): void {
    this.#bytes += bytes;
    this.#byOwner.set(owner, this.ofOwner(owner) + bytes);
  }

  give(owner: string, bytes: number): void {
    this.#bytes -= bytes;
    const left = this.ofOwner(owner) - bytes;
    if (left > 0) this.#byOwner.set(owner, left);
    else this.#byOwner.delete(owner);
  }
}
