/** Groups of more events than these need no company: their transaction costs little beside their rows. */
const largeGroup = 512;
/** Of a transaction that took long, senders have waited long enough. */
const maxWaitMs = 10;

/**
 * The requests that follow those which were just answered. A sender that keeps several connections busy has all of them
 * answered by one commit, and sends again over all of them. Whoever takes the first few of these at once has two
 * transactions if one does: a small one, and a large one that waits for it. A transaction of a few events costs
 * about as much as one of a hundred.
 */
export class NextGroup {
  #wanted = Number.POSITIVE_INFINITY;
  #go: (() => void) | undefined;

  /**
   * Waits until about as many requests are there as were answered or wait already, but no longer than the
   * transaction before took: what is waited for in vain costs no more than going on at once can have cost. A
   * lone request waits for nobody.
   * @param answered requests of the group before
   * @param events of that group, and of the requests that wait now
   * @param waiting requests that wait now
   * @param transactionMs what the group's transaction took
   */
  async gather(answered: number, events: number, waiting: number, transactionMs: number): Promise<void> {
    const expected = answered + waiting;
    // Some may not come again: an eighth is not waited for.
    const wanted = expected - (expected >> 3);
    if (expected < 2 || waiting >= wanted || events >= largeGroup || this.#go !== undefined) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => this.#go?.(), Math.min(transactionMs, maxWaitMs));
      this.#wanted = wanted;
      this.#go = () => {
        clearTimeout(timer);
        this.#wanted = Number.POSITIVE_INFINITY;
        this.#go = undefined;
        resolve();
      };
    });
  }

  /** @param waiting requests that wait, after another one has come */
  arrived(waiting: number): void {
    if (waiting >= this.#wanted) this.#go?.();
  }
}
