import { startTimer, stopTimer } from "../timers.ts";
import type { SenderHost } from "./sender-host.ts";

/** What somebody waits for, to be asked again of a sender that takes over. */
export class HostQuestions {
  readonly #host: () => SenderHost | null;
  readonly #open = new Set<(host: SenderHost) => void>();

  /** @param host the sender of this moment */
  constructor(host: () => SenderHost | null) {
    this.#host = host;
  }

  /**
   * Asks the sender, and whoever takes over from it; false if the answer takes longer than `timeoutMs`.
   * @param holds the process stays alive until then
   */
  ask(question: (host: SenderHost) => Promise<void>, timeoutMs: number, holds = true): Promise<boolean> {
    return new Promise((resolve) => {
      const ask = (host: SenderHost): void => {
        if (holds) host.hold(true);
        void question(host).then(() => end(true));
      };
      const end = (answered: boolean): void => {
        stopTimer(timer);
        if (!this.#open.delete(ask)) return;
        if (this.#open.size === 0) this.#host()?.hold(false);
        resolve(answered);
      };
      const timer = startTimer(timeoutMs, () => end(false));
      this.#open.add(ask);
      const host = this.#host();
      if (host !== null) ask(host);
    });
  }

  /** Another sender has to answer now. */
  repeat(host: SenderHost): void {
    for (const ask of this.#open) ask(host);
  }
}
