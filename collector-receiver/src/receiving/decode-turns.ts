/**
 * One decode per turn of the event loop. Requests arrive together (they were answered together), and
 * decoding them all at once would keep the writers' answers waiting, whose transactions hold the hot rows
 * meanwhile. Between two turns the loop polls, so an answer of PostgreSQL waits for one decode at most.
 * Where more is decoded than the next batches hold, the turns pause.
 */
export class DecodeTurns {
  readonly #whenRoom: () => Promise<void> | undefined;
  readonly #waiting: (() => void)[] = [];
  #scheduled = false;

  /** @param whenRoom see `Ingest.whenRoom` */
  constructor(whenRoom: () => Promise<void> | undefined = () => undefined) {
    this.#whenRoom = whenRoom;
  }

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
    const turn = () =>
      setImmediate(() => {
        this.#scheduled = false;
        this.#waiting.shift()?.();
        this.#schedule();
      });
    const room = this.#whenRoom();
    if (room === undefined) turn();
    else void room.then(turn);
  }
}
