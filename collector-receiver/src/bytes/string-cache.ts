import "./buffer-slices.ts";

/** A longer text is made anew each time. */
const maxTextBytes = 60;
/** The length and the text, together a line of the processor's cache. */
const wordsEach = 1 + maxTextBytes / 4;
const slots = 16_384;
/** A product's upper bits depend on all bits of its factors. */
const slotShift = 32 - Math.log2(slots);

/**
 * From UTF-8 bytes to one string per distinct text: nothing is made for a text that came before, and a map then finds the
 * string without comparing letters. Direct mapped and of fixed size (1 MB). All bytes enter the hash, because ids are
 * numbered: `InternTable` looks at four, of which the last alone differs between `s-20251225-00041` and `-00052`. It needs no
 * secret key: a text that a sender made to take another's place costs what any new text costs.
 */
export class StringCache {
  readonly #words = new Int32Array(slots * wordsEach);
  readonly #texts: string[] = Array.from({ length: slots }, () => "");

  /** @param view of the same memory as `bytes` */
  find(bytes: Buffer, view: DataView, start: number, end: number): string {
    const length = end - start;
    if (length > maxTextBytes) return bytes.utf8Slice(start, end);
    // Four bytes at a time; the last four overlap those before them.
    const lastAt = end - 4;
    const last = length < 4 ? readShort(bytes, start, end) : view.getInt32(lastAt);
    let hash = last ^ length;
    for (let pos = start; pos < lastAt; pos += 4) hash = ((hash << 5) | (hash >>> 27)) ^ view.getInt32(pos);
    const slot = Math.imul(hash, 0x9e3779b1) >>> slotShift;
    const words = this.#words;
    let at = slot * wordsEach;
    let same = words[at++] === length && words[at] === last;
    for (let pos = start; same && pos < lastAt; pos += 4) same = words[++at] === view.getInt32(pos);
    if (same) return this.#texts[slot]!;
    at = slot * wordsEach;
    words[at++] = length;
    words[at] = last;
    for (let pos = start; pos < lastAt; pos += 4) words[++at] = view.getInt32(pos);
    return (this.#texts[slot] = bytes.utf8Slice(start, end));
  }
}

/** Up to three bytes as a number. */
function readShort(bytes: Buffer, start: number, end: number): number {
  let word = 0;
  for (let pos = start; pos < end; pos++) word = (word << 8) | bytes[pos]!;
  return word;
}
