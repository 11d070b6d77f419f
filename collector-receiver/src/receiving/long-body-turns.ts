import { FairLine } from "../fairness/fair-line.ts";

/**
 * Bodies that take long are inflated and mapped one at a time, so that their memory is that of one. Tenants take turns: one
 * that sends many of them delays its own.
 */
export class LongBodyTurns {
  readonly #line = new FairLine<() => void>();
  #taken = false;

  /**
   * Resolves when it is this body's turn.
   * @returns ends the turn; call it once
   */
  async take(owner: string): Promise<() => void> {
    if (this.#taken) await new Promise<void>((resolve) => this.#line.push(owner, resolve));
    this.#taken = true;
    return () => this.#end();
  }

  #end(): void {
    // The turn is handed on: between two of them nobody else may take it.
    const next = this.#line.next();
    if (next === undefined) this.#taken = false;
    else next();
  }
}
