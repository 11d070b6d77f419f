/** A short text as bytes, to be compared with bytes and written among bytes. */
export class ByteText {
  readonly length: number;
  readonly #bytes: Uint8Array;

  constructor(text: Uint8Array) {
    this.length = text.length;
    this.#bytes = Uint8Array.from(text);
  }

  /** Whether the text stands at that place and ends within `end`, which is at most the view's end. */
  isAt(view: DataView, at: number, end: number): boolean {
    const bytes = this.#bytes;
    if (at + bytes.length > end) return false;
    for (let i = 0; i < bytes.length; i++) if (view.getUint8(at + i) !== bytes[i]) return false;
    return true;
  }

  writeTo(view: DataView, at: number): void {
    const bytes = this.#bytes;
    for (let i = 0; i < bytes.length; i++) view.setUint8(at + i, bytes[i]!);
  }
}
