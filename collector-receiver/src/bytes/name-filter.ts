/** A longer name is none of those that are looked for. */
const maxLength = 64;

/** A quick test before names are compared: by length and first byte. */
export class NameFilter {
  readonly #lengths = new Uint8Array(maxLength);
  readonly #firstBytes = new Uint8Array(256);

  /** @param names ASCII; longer ones than 63 bytes are not found */
  constructor(names: Iterable<string>) {
    for (const name of names) {
      if (name.length === 0 || name.length >= maxLength) continue;
      this.#lengths[name.length] = 1;
      this.#firstBytes[name.charCodeAt(0)] = 1;
    }
  }

  /** False if `[start, end)` is none of the names. */
  mayHold(bytes: Buffer, start: number, end: number): boolean {
    const length = end - start;
    return length < maxLength && this.#lengths[length] === 1 && this.#firstBytes[bytes[start]!] === 1;
  }
}
