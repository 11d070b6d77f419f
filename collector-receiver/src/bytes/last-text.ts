import { ByteWords } from "./byte-words.ts";

/** The value of the text that was met last: one event after the other has the same name and comes from the same source. */
export class LastText<T> {
  #words = new ByteWords(Buffer.alloc(0));
  #value: T | null = null;

  /** @returns null if `[start, end)` is another text, or the first one */
  get(view: DataView, start: number, end: number): T | null {
    const words = this.#words;
    return end - start === words.length && words.isAt(view, start, end) ? this.#value : null;
  }

  set(words: ByteWords, value: T): T {
    this.#words = words;
    return (this.#value = value);
  }
}
