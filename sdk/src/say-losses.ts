import { BurstLine } from "./burst-line.ts";
import { runsUnderTests } from "./config/read-environment.ts";
import { hideCredentials } from "./config/resolve-target.ts";
import { showNotice, writeLastWords } from "./diagnose.ts";
import type { EventRecorder } from "./recording/event-recorder.ts";
import { startTimer } from "./timers.ts";

/** Events that wait this long for a start are worth a line, in ms. */
const startWaitMs = 30_000;

const startRemedy =
  "startBusinessEvents was never called. Call it when the process starts, or use node --import @spanledger/sdk/register";
const inThreadRemedy =
  "a beforeSend or enabled of the main thread cannot be asked for events of another one. Call startBusinessEvents in " +
  "this thread too";

/** Says what is lost in the product's own process, with its number. */
export class LossLines {
  readonly #recorder: EventRecorder;
  readonly #isStarted: () => boolean;
  readonly #isPrivate: () => boolean;
  #unstarted = false;
  /** Events that found no room in the queue. */
  #dropped = 0;
  readonly #dropLine = new BurstLine(
    () => this.#dropped,
    (dropped, occasion) => this.#sayDropped(dropped, occasion),
  );

  /** @param isPrivate the main thread has started the SDK, with functions that another thread cannot ask */
  constructor(recorder: EventRecorder, isStarted: () => boolean, isPrivate: () => boolean) {
    this.#recorder = recorder;
    this.#isStarted = isStarted;
    this.#isPrivate = isPrivate;
    recorder.onDrop = () => {
      this.#dropped += 1;
      this.#dropLine.attend();
    };
  }

  /** An event was recorded before the start. */
  attendUnstarted(): void {
    if (this.#unstarted) return;
    this.#unstarted = true;
    startTimer(startWaitMs, () => this.#sayUnstarted("wait"));
  }

  /** The process ends: what has not been said is said now. */
  sayAtExit(): void {
    this.#sayUnstarted("are lost");
    this.#dropLine.sayAtExit();
  }

  #sayDropped(dropped: number, occasion: string): void {
    const { seq, queue } = this.#recorder;
    const remedy = this.#isStarted()
      ? "set maxQueueBytes higher or spoolDirectory, and see that the receiver answers"
      : "call startBusinessEvents before events are recorded";
    const message =
      `${dropped} of ${seq} business events are dropped and counted: the queue of ` +
      `${Math.round(queue.maxBytes / 1_048_576)} MiB is full; ${remedy}`;
    showNotice({ level: "error", key: `queue-full:${occasion}`, message, loud: true });
  }

  #sayUnstarted(fate: "wait" | "are lost"): void {
    const { seq } = this.#recorder;
    if (this.#isStarted() || seq === 0 || runsUnderTests(process.env)) return;
    const remedy = this.#isPrivate() ? inThreadRemedy : startRemedy;
    const message = `${seq} business events ${fate}: ${remedy}`;
    showNotice({ level: "error", key: `unstarted:${fate}`, message, loud: true });
  }
}

/** The last words of a process whose receiver has not taken everything in time. */
export function sayUnsent(url: string, count: number): void {
  const address = hideCredentials(url);
  writeLastWords(`the process ended before ${address} had taken ${count} business events; they are lost`);
}
