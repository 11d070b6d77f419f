/**
 * Bodies that take long are inflated and mapped one at a time, so that their memory is that of one. Tenants take turns: one
 * that sends many of them delays its own.
 */
export class LongBodyTurns {
  /** By owner, in the order in which they get their turns. */
  readonly #waiting = new Map<string, (() => void)[]>();
  #taken = false;

  /**
   * Resolves when it is this body's turn.
   * @returns ends the turn; call it once
   */
  async take(owner: string): Promise<() => void> {
    if (this.#taken) {
      await new Promise<void>((resolve) => {
        const others = this.#waiting.get(owner);
        if (others === undefined) this.#waiting.set(owner, [resolve]);
        else others.push(resolve);
      });
    }
    this.#taken = true;
    return () => this.#end();
  }

  #end(): void {
    // The turn is handed on: between two of them nobody else may take it.
    for (const [owner, waiting] of this.#waiting) {
      const next = waiting.shift()!;
      this.#waiting.delete(owner);
      if (waiting.length > 0) this.#waiting.set(owner, waiting);
      next();
      return;
    }
    this.#taken = false;
  }
}
