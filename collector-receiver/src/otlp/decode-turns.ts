/**
 * One decode per turn of the event loop. Requests arrive together (they were answered together), and
 * decoding them all at once would keep the writers' answers waiting, whose transactions hold the hot rows
 * meanwhile. Between two turns the loop polls, so an answer of PostgreSQL waits for one decode at most.
 */
export class DecodeTurns {
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  /** Resolves when it is this request's turn. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#schedule();
    });
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#waiting.shift()?.();
      this.#schedule();
    });
  }
}
