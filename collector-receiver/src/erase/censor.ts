import type { OwnWordLists } from "../metrics/words.ts";

/** What stands in a text where an identifier stood. No digits: words that are counted fold them. */
const replacement = "erased";

/** A shorter id, or a number of so few digits, is part of too many texts that do not mean the person. */
const minTokenLength = 4;
const shortNumber = /^\d{1,5}$/;

/** Finds a person's identifier in stored texts and takes it out, the same way in rows and in counters. */
export class Censor {
  readonly id: string;
  /** False: the id is found only if it is a whole value. */
  readonly findsInTexts: boolean;
  /** Words of the product, which name nobody. */
  readonly words: OwnWordLists;
  /** Values that the product declares: they name nobody. */
  readonly declared: ReadonlySet<string>;
  readonly #token: RegExp;
  readonly #wholeValues: boolean;

  constructor(id: string, words: OwnWordLists, declared: ReadonlySet<string> = new Set()) {
    this.id = id;
    this.words = words;
    this.declared = declared;
    const isShortNumber = shortNumber.test(id);
    this.findsInTexts = id.length >= minTokenLength && !isShortNumber;
    this.#wholeValues = !isShortNumber;
    const escaped = id.replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
    // `anna` is found in `for-anna`, and not in `anna-2`, which is another person's.
    this.#token = new RegExp(String.raw`(?<![\p{L}\p{N}_])${escaped}(?!-?[\p{L}\p{N}_])`, "gu");
  }

  /** Whether a text holds the identifier. */
  finds(text: string): boolean {
    return this.text(text) !== text;
  }

  /** @param maxLength characters that the column holds; the replacement may be longer than the id */
  text(text: string, maxLength = Infinity): string {
    if (this.findsInTexts) {
      const censored = text.replace(this.#token, replacement);
      return censored === text ? text : censored.slice(0, maxLength);
    }
    return this.#wholeValues && text === this.id ? replacement : text;
  }

  /** The same in whatever JSON holds: texts, keys, lists, at any depth. Numbers stay. */
  data<T>(value: T): T {
    if (typeof value === "string") return this.text(value) as T;
    if (Array.isArray(value)) return value.map((inner: unknown) => this.data(inner)) as T;
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [this.text(key), this.data(inner)])) as T;
  }
}
