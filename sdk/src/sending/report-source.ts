import { controlCounter, type ControlBlock } from "../recording/control-block.ts";
import { startTimer, stopTimer, type Timer } from "../timers.ts";

/**
 * Tells the receiver how many events this source has given out and dropped, some time after the last
 * activity and at the end, so that a loss at the tail shows as well as one in the middle.
 */
export class SourceReporter {
  readonly #control: ControlBlock;
  /** Sends the counts; false if the sender was closed before they arrived. */
  readonly #send: (lastSeq: number, dropped: number) => Promise<boolean>;
  #timer: Timer = null;
  #sending: Promise<void> | null = null;

  constructor(control: ControlBlock, send: (lastSeq: number, dropped: number) => Promise<boolean>) {
    this.#control = control;
    this.#send = send;
  }

  /** The receiver knows all counts. */
  get isKnown(): boolean {
    const { lastSeq, dropped } = this.#counts();
    const { counters } = this.#control;
    // In the control block, so that another sender of this source knows it too.
    return counters[controlCounter.reportedSeq] === lastSeq && counters[controlCounter.reportedDropped] === dropped;
  }

  /** Reports as soon as the source has been idle for this time, unless the receiver knows all of it. */
  schedule(delayMs: number, onReported: () => void): void {
    this.close();
    if (this.isKnown) {
      onReported();
      return;
    }
    this.#timer = startTimer(delayMs, () => void this.report().then(onReported));
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
    if (this.isKnown) return;
    const { lastSeq, dropped } = this.#counts();
    if (!(await this.#send(lastSeq, dropped))) return;
    this.#control.counters[controlCounter.reportedSeq] = lastSeq;
    this.#control.counters[controlCounter.reportedDropped] = dropped;
  }

  #counts(): { readonly lastSeq: number; readonly dropped: number } {
    const { counters } = this.#control;
    return {
      lastSeq: counters[controlCounter.lastSeq] ?? 0,
      dropped: (counters[controlCounter.dropped] ?? 0) + (counters[controlCounter.refused] ?? 0),
    };
  }
}
