import { controlCounter, type ControlBlock } from "../recording/control-block.ts";
import { startTimer, stopTimer, type Timer } from "../timers.ts";

/**
 * Tells the receiver how many events this source has given out and dropped, some time after the last
 * activity and at the end, so that a loss at the tail shows as well as one in the middle.
 */
export class SourceReporter {
  readonly #control: ControlBlock;
  readonly #delayMs: number;
  /** Sends the counts; false where the sender was closed before they arrived. */
  readonly #send: (lastSeq: number, dropped: number) => Promise<boolean>;
  #reported = { lastSeq: 0, dropped: 0 };
  #timer: Timer = null;
  #sending: Promise<void> | null = null;

  constructor(control: ControlBlock, delayMs: number, send: (lastSeq: number, dropped: number) => Promise<boolean>) {
    this.#control = control;
    this.#delayMs = delayMs;
    this.#send = send;
  }

  /** Reports as soon as the source has been idle for a while, unless the receiver knows all of it. */
  schedule(): void {
    this.close();
    if (this.#isKnown()) return;
    this.#timer = startTimer(this.#delayMs, () => void this.report());
  }

  /** Resolves as soon as the receiver knows the counts of this moment. */
  async report(): Promise<void> {
    // A report that is on its way may have left before the last events were recorded.
    await this.#sending;
    this.#sending ??= this.#sendCounts().finally(() => {
      this.#sending = null;
    });
    await this.#sending;
  }

  close(): void {
    stopTimer(this.#timer);
    this.#timer = null;
  }

  async #sendCounts(): Promise<void> {
    if (this.#isKnown()) return;
    const counts = this.#counts();
    if (await this.#send(counts.lastSeq, counts.dropped)) this.#reported = counts;
  }

  #isKnown(): boolean {
    const { lastSeq, dropped } = this.#counts();
    return lastSeq === this.#reported.lastSeq && dropped === this.#reported.dropped;
  }

  #counts(): { readonly lastSeq: number; readonly dropped: number } {
    const { counters } = this.#control;
    return {
      lastSeq: counters[controlCounter.lastSeq] ?? 0,
      dropped: (counters[controlCounter.dropped] ?? 0) + (counters[controlCounter.refused] ?? 0),
    };
  }
}
