/**
 * A short text that is compared with bytes four at a time, and written among bytes eight at a time: a load through a
 * DataView costs what a load of one byte does. (Eight at a time for comparing would make a BigInt of each.)
 */
export class ByteWords {
  readonly length: number;
  /** Little endian. The last word ends with the text, so that it overlaps the one before; a text below four bytes has one. */
  readonly #words: Int32Array;
  /** Little endian, filled up with zeros. */
  readonly #longs: BigUint64Array;

  constructor(text: Uint8Array) {
    const { length } = text;
    this.length = length;
    this.#longs = new BigUint64Array(Math.max(1, Math.ceil(length / 8)));
    const padded = new DataView(this.#longs.buffer);
    for (let i = 0; i < length; i++) padded.setUint8(i, text[i]!);
    this.#words = new Int32Array(Math.max(1, Math.ceil(length / 4)));
    const last = this.#words.length - 1;
    for (let i = 0; i < last; i++) this.#words[i] = padded.getInt32(i * 4, true);
    this.#words[last] = padded.getInt32(Math.max(0, length - 4), true);
    for (let i = 0; i < this.#longs.length; i++) this.#longs[i] = padded.getBigUint64(i * 8, true);
  }

  /** Whether the text stands at that place and ends within `end`, which is at most the view's end. */
  isAt(view: DataView, at: number, end: number): boolean {
    const { length } = this;
    const words = this.#words;
    if (at + length > end) return false;
    if (length < 4) return this.#isShortAt(view, at);
    const last = words.length - 1;
    // The end first: names that begin alike are more frequent than names that end alike.
    if (view.getInt32(at + length - 4, true) !== words[last]) return false;
    for (let i = 0; i < last; i++) if (view.getInt32(at + i * 4, true) !== words[i]) return false;
    return true;
  }

  #isShortAt(view: DataView, at: number): boolean {
    const word = this.#words[0]!;
    for (let i = 0; i < this.length; i++) if (view.getUint8(at + i) !== ((word >> (i * 8)) & 255)) return false;
    return true;
  }

  /** Writes the text, and up to seven (for an empty one eight) zeros behind it. */
  writeTo(view: DataView, at: number): void {
    const longs = this.#longs;
    for (let i = 0; i < longs.length; i++) view.setBigUint64(at + i * 8, longs[i]!, true);
  }
}
