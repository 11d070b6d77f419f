/** A longer text is a new object each time. */
const maxInternedBytes = 255;

/**
 * From UTF-8 bytes to one object per distinct text, without making a string for the lookup. Direct
 * mapped and of fixed size: a sender with endless names costs new objects, never memory.
 */
export class InternTable<T extends { readonly bytes: Buffer }> {
  readonly #slots: (T | undefined)[] = Array.from({ length: 4096 });
  #empty: T | undefined;
  readonly #make: (bytes: Buffer) => T;

  /** @param make from a private copy of the bytes */
  constructor(make: (bytes: Buffer) => T) {
    this.#make = make;
  }

  /** The object of the text in `[start, end)`. */
  intern(bytes: Buffer, start: number, end: number): T {
    const length = end - start;
    if (length === 0) return (this.#empty ??= this.#make(Buffer.alloc(0)));
    if (length > maxInternedBytes) return this.#make(Buffer.from(bytes.subarray(start, end)));
    const slot =
      (length * 31 +
        bytes[start]! * 7 +
        bytes[end - 1]! * 131 +
        bytes[start + (length >> 1)]! * 1031 +
        bytes[start + (length >> 2)]! * 257 +
        bytes[end - 1 - (length >> 2)]! * 61) &
      4095;
    const known = this.#slots[slot];
    if (known !== undefined && known.bytes.length === length) {
      const knownBytes = known.bytes;
      let i = 0;
      while (i < length && knownBytes[i] === bytes[start + i]) i++;
      if (i === length) return known;
    }
    const made = this.#make(Buffer.from(bytes.subarray(start, end)));
    this.#slots[slot] = made;
    return made;
  }
}
