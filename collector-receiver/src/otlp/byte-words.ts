/**
 * A short text that is compared with bytes, and written among bytes, four at a time: a load through a
 * DataView costs what a load of one byte does.
 */
export class ByteWords {
  readonly length: number;
  /** Little endian, filled up with zeros. */
  private readonly words: Int32Array;
  /** The bytes of the last word that belong to the text. */
  private readonly lastMask: number;

  constructor(text: Uint8Array) {
    this.length = text.length;
    this.words = new Int32Array(Math.max(1, Math.ceil(text.length / 4)));
    const bytes = new DataView(this.words.buffer);
    for (let i = 0; i < text.length; i++) bytes.setUint8(i, text[i]!);
    for (let i = 0; i < this.words.length; i++) this.words[i] = bytes.getInt32(i * 4, true);
    const inLast = text.length - (this.words.length - 1) * 4;
    this.lastMask = inLast === 4 ? -1 : (1 << (inLast * 8)) - 1;
  }

  /** Whether the text stands at that place. */
  isAt(view: DataView, at: number): boolean {
    const words = this.words;
    const last = words.length - 1;
    if (at + last * 4 + 4 > view.byteLength) return this.isAtEnd(view, at);
    for (let i = 0; i < last; i++) if (view.getInt32(at + i * 4, true) !== words[i]) return false;
    return ((view.getInt32(at + last * 4, true) ^ words[last]!) & this.lastMask) === 0;
  }

  private isAtEnd(view: DataView, at: number): boolean {
    if (at + this.length > view.byteLength) return false;
    for (let i = 0; i < this.length; i++) {
      if (view.getUint8(at + i) !== ((this.words[i >> 2]! >> ((i & 3) * 8)) & 255)) return false;
    }
    return true;
  }

  /** Writes the text, and up to three (for an empty one four) zeros behind it. */
  writeTo(view: DataView, at: number): void {
    const words = this.words;
    for (let i = 0; i < words.length; i++) view.setInt32(at + i * 4, words[i]!, true);
  }
}
