/** Letters and digits of a name, in lower case: `Session.Start`, `session_start` and `sessionStart` are the same. */
export function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, "");
}

/** How much longer than the longest known name a name may be that is compared with them. */
const maxMoreLetters = 16;

/** Finds names that are almost one of the known ones, and none of them. */
export class CloseNames {
  readonly #known: ReadonlySet<string>;
  /** By their letters. */
  readonly #letters: ReadonlySet<string>;
  readonly #maxLength: number;

  constructor(known: Iterable<string>) {
    this.#known = new Set(known);
    this.#letters = new Set([...this.#known].map(lettersOf));
    this.#maxLength = Math.max(0, ...[...this.#known].map(({ length }) => length)) + maxMoreLetters;
  }

  isClose(name: string): boolean {
    if (name.length > this.#maxLength || this.#known.has(name)) return false;
    const letters = lettersOf(name);
    if (letters === "") return false;
    if (this.#letters.has(letters)) return true;
    for (const known of this.#letters) if (isOneEditAway(letters, known)) return true;
    return false;
  }
}

/** In a shorter name one letter makes another word. */
const minEditLength = 8;

/** True if a letter was inserted, left out or replaced, once. */
function isOneEditAway(a: string, b: string): boolean {
  const longer = a.length > b.length ? a : b;
  const shorter = longer === a ? b : a;
  if (shorter.length < minEditLength || longer.length - shorter.length > 1) return false;
  let at = 0;
  while (at < shorter.length && longer[at] === shorter[at]) at++;
  return longer.slice(at + 1) === shorter.slice(longer.length === shorter.length ? at + 1 : at);
}
