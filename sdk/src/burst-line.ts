import { startTimer, type Timer } from "./timers.ts";

/** A burst is over after this time, so that the line about it gives its number, in ms. */
const burstMs = 1000;

/** Says how much of something was lost: after a burst, and at the end of the process if that was not the last of it. */
export class BurstLine {
  readonly #count: () => number;
  readonly #say: (count: number, occasion: string) => void;
  /** In the first line: later ones may not have been shown, because the same thing is said every ten minutes. */
  #said = 0;
  #timer: Timer = null;

  /** @param count how much was lost until now */
  constructor(count: () => number, say: (count: number, occasion: string) => void) {
    this.#count = count;
    this.#say = say;
  }

  /** Something may have been lost. */
  attend(): void {
    if (this.#timer !== null || this.#count() === this.#said) return;
    this.#timer = startTimer(burstMs, () => {
      this.#timer = null;
      if (this.#said === 0) this.#said = this.#count();
      this.#say(this.#count(), "a burst");
    });
  }

  sayAtExit(): void {
    const count = this.#count();
    if (count !== this.#said) this.#say(count, "the exit");
  }
}
