/** What does not fit: everything that is held, or what one owner may have of it. */
export type ExceededLimit = "everybody" | "owner";

/**
 * Counts memory that waiting requests occupy, bounded altogether and for each owner, so that one tenant whose
 * products flood the receiver does not keep the others out.
 */
export class HeldBytes {
  readonly most: number;
  readonly mostOfHolder: number;
  #bytes = 0;
  readonly #byHolder = new Map<string, number>();

  constructor(most: number, mostOfHolder: number = most) {
    this.most = most;
    this.mostOfHolder = mostOfHolder;
  }

  get bytes(): number {
    return this.#bytes;
  }

  ofHolder(owner: string): number {
    return this.#byHolder.get(owner) ?? 0;
  }

  /**
   * @returns the limit that `more` would exceed. Where nothing is held, any amount is taken, or what is larger than
   *   a limit would be refused for ever.
   */
  exceeds(owner: string, more: number): ExceededLimit | undefined {
    if (this.#bytes > 0 && this.#bytes + more > this.most) return "everybody";
    const own = this.ofHolder(owner);
    return own > 0 && own + more > this.mostOfHolder ? "owner" : undefined;
  }

  take(owner: string, bytes: number): void {
    this.#bytes += bytes;
    this.#byHolder.set(owner, this.ofHolder(owner) + bytes);
  }

  give(owner: string, bytes: number): void {
    this.#bytes -= bytes;
    const left = this.ofHolder(owner) - bytes;
    if (left > 0) this.#byHolder.set(owner, left);
    else this.#byHolder.delete(owner);
  }
}
