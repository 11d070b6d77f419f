import "../otlp/buffer-slices.ts";

/** A longer text is made anew each time. */
const longest = 64;
const wordsEach = longest / 4;
const slots = 16_384;

/**
 * From UTF-8 bytes to one string per distinct text: nothing is made for a text that came before, and a map then finds the
 * string without comparing letters. Direct mapped and of fixed size (1 MB). All bytes enter the hash, because ids are
 * numbered: `InternTable` looks at four, of which the last alone differs between `s-20251225-00041` and `-00052`.
 */
export class StoredTexts {
  readonly #words = new Uint32Array(slots * wordsEach);
  readonly #lengths = new Uint8Array(slots);
  readonly #texts: string[] = Array.from({ length: slots }, () => "");

  /** @param view of the same memory as `bytes` */
  find(bytes: Buffer, view: DataView, start: number, end: number): string {
    const length = end - start;
    if (length > longest) return bytes.utf8Slice(start, end);
    const wordsEnd = start + (length & ~3);
    let hash = length;
    let pos = start;
    for (; pos < wordsEnd; pos += 4) hash = spread(hash, view.getUint32(pos));
    let rest = 0;
    for (; pos < end; pos++) rest = (rest << 8) | bytes[pos]!;
    rest >>>= 0;
    hash = spread(hash, rest);
    const slot = hash & (slots - 1);
    const words = this.#words;
    let at = slot * wordsEach;
    let same = this.#lengths[slot] === length;
    for (pos = start; same && pos < wordsEnd; pos += 4) same = words[at++] === view.getUint32(pos);
    // A text of whole words has no rest to compare, and where it is longest, no place for one.
    if (same && (pos === end || words[at] === rest)) return this.#texts[slot]!;
    at = slot * wordsEach;
    for (pos = start; pos < wordsEnd; pos += 4) words[at++] = view.getUint32(pos);
    if (pos < end) words[at] = rest;
    this.#lengths[slot] = length;
    return (this.#texts[slot] = bytes.utf8Slice(start, end));
  }
}

function spread(hash: number, word: number): number {
  const product = Math.imul(hash ^ word, 0x9e3779b1);
  return product ^ (product >>> 15);
}
