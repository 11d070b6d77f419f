import type { AttributeKey } from "./event-plan.ts";

/**
 * The attribute names that decide whether an event is ours. Unlike an intern table it makes nothing of the others, however
 * many a sender invents.
 */
export class KnownKeys {
  readonly #byLength = new Map<number, AttributeKey[]>();
  readonly #other: AttributeKey;

  /** @param other stands for every name that is not among `keys` */
  constructor(keys: readonly AttributeKey[], other: AttributeKey) {
    for (const key of keys) {
      const { length } = key.bytes;
      this.#byLength.set(length, [...(this.#byLength.get(length) ?? []), key]);
    }
    this.#other = other;
  }

  find(bytes: Buffer, start: number, end: number): AttributeKey {
    const sameLength = this.#byLength.get(end - start);
    return sameLength?.find((key) => key.bytes.compare(bytes, start, end) === 0) ?? this.#other;
  }
}
