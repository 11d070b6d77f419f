import { Socket } from "node:net";

/**
 * A connection whose corked writes leave together at the end of the present turn, as one packet: statements that are sent
 * without waiting for each other cost the sender one system call, and the server one wake-up, instead of one each.
 */
export class TurnSocket extends Socket {
  #isHeld = false;

  override uncork(): void {
    if (!this.#isHeld) {
      this.#isHeld = true;
      super.cork();
      // After the promises that are settled already: what they send belongs to this turn too.
      process.nextTick(() => {
        this.#isHeld = false;
        super.uncork();
      });
    }
    super.uncork();
  }
}
