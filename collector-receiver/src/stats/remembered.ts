/** A read may take a tenth of the time at most, so that whoever watches a large tenant costs no more than that. */
const restPerRead = 9;

/** What was read last, for as long as it is good enough; several who ask at once share a read. */
export class Remembered<Value> {
  readonly #leastMs: number;
  #value: Promise<Value> | undefined;
  #goodUntilMs = 0;

  /** @param leastMs for which a value is good at least */
  constructor(leastMs: number) {
    this.#leastMs = leastMs;
  }

  /** The value, read again if it is too old. A read that failed is not remembered. */
  get(read: () => Promise<Value>): Promise<Value> {
    if (this.#value !== undefined && performance.now() < this.#goodUntilMs) return this.#value;
    const beganMs = performance.now();
    this.#goodUntilMs = Infinity;
    const value = read();
    this.#value = value;
    value.then(
      () => {
        const endedMs = performance.now();
        this.#goodUntilMs = endedMs + Math.max(this.#leastMs, restPerRead * (endedMs - beganMs));
      },
      () => {
        this.#value = undefined;
      },
    );
    return value;
  }
}
