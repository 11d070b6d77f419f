import { FairLine } from "../fairness/fair-line.ts";

interface WaitingDecode {
  readonly begin: () => void;
  readonly cannotWait: () => boolean;
}

/**
 * One decode per turn of the event loop. Requests arrive together (they were answered together), and
 * decoding them all at once would keep the writers' answers waiting, whose transactions hold the hot rows
 * meanwhile. Between two turns the loop polls, so an answer of PostgreSQL waits for one decode at most.
 * Senders take turns. If more is decoded than the next batches hold, the turns pause.
 */
export class DecodeTurns {
  readonly #whenRoom: () => Promise<void> | undefined;
  readonly #line = new FairLine<WaitingDecode>();
  #scheduled = false;
  #waitsForRoom = false;

  /** @param whenRoom see `Ingest.whenRoom` */
  constructor(whenRoom: () => Promise<void> | undefined = () => undefined) {
    this.#whenRoom = whenRoom;
  }

  /**
   * Resolves when it is this request's turn.
   * @param cannotWait true if it has to be decoded although there is no room
   */
  next(owner: string, cannotWait: () => boolean = () => false): Promise<void> {
    return new Promise((resolve) => {
      this.#line.push(owner, { begin: resolve, cannotWait });
      this.#schedule();
    });
  }

  #schedule(): void {
    const { first } = this.#line;
    if (this.#scheduled || first === undefined) return;
    const room = this.#whenRoom();
    if (room === undefined || first.cannotWait()) this.#scheduleTurn();
    else if (!this.#waitsForRoom) {
      this.#waitsForRoom = true;
      void room.then(() => {
        this.#waitsForRoom = false;
        if (!this.#scheduled) this.#scheduleTurn();
      });
    }
  }

  #scheduleTurn(): void {
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#line.next()?.begin();
      this.#schedule();
    });
  }
}
