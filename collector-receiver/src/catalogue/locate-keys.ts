/**
 * Where the keys of an object literal stand in a source text, so that what is wrong with a value can be named by
 * its line. A scanner, not a parser: it follows the literal that is exported by default (within one call, as of
 * `defineSpanledger`), and whatever it cannot follow (a spread, a constant, a computed key) has no line of its
 * own; `lineOf` then gives the line of what encloses it.
 */
export class KeyLines {
  readonly #lines = new Map<string, number>();
  readonly #start: number;

  /** @param source TypeScript or JavaScript, as it is on disk */
  constructor(source: string) {
    const scanner = new Scanner(source, (path, line) => this.#lines.set(path.join("\n"), line));
    this.#start = scanner.scanDefaultExport();
  }

  /** The line (from 1) of a key, or of the nearest key around it that has one. */
  lineOf(path: readonly string[]): number {
    for (let length = path.length; length > 0; length--) {
      const line = this.#lines.get(path.slice(0, length).join("\n"));
      if (line !== undefined) return line;
    }
    return this.#start;
  }
}

const openers: Readonly<Record<string, string>> = { "{": "}", "[": "]", "(": ")" };
const identifier = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*|\d[\d._]*/uy;

class Scanner {
  readonly #text: string;
  readonly #found: (path: readonly string[], line: number) => void;
  #at = 0;

  constructor(text: string, found: (path: readonly string[], line: number) => void) {
    this.#text = text;
    this.#found = found;
  }

  /** Goes through the literal and gives the line on which the export begins; 1 where there is none. */
  scanDefaultExport(): number {
    for (;;) {
      this.#skipBlanks();
      if (this.#at >= this.#text.length) return 1;
      if (/^export\s+default\b/.test(this.#text.slice(this.#at, this.#at + 200))) break;
      this.#skipToken();
    }
    const line = this.#line();
    while (this.#at < this.#text.length && this.#text[this.#at] !== "{" && this.#text[this.#at] !== ";") {
      // `defineSpanledger<…>(` and brackets around the literal are walked into, word by word.
      if (/["'`]/.test(this.#text[this.#at] as string)) this.#skipToken();
      else this.#at++;
      this.#skipBlanks();
    }
    if (this.#text[this.#at] === "{") this.#scanObject([]);
    return line;
  }

  #scanObject(path: readonly string[]): void {
    this.#at++;
    for (;;) {
      this.#skipBlanks();
      const character = this.#text[this.#at];
      if (character === undefined) return;
      if (character === "}") {
        this.#at++;
        return;
      }
      const line = this.#line();
      const key = this.#readKey();
      this.#skipBlanks();
      if (key !== null) this.#found([...path, key], line);
      if (key !== null && this.#text[this.#at] === ":") {
        this.#at++;
        this.#skipBlanks();
        if (this.#text[this.#at] === "{") this.#scanObject([...path, key]);
      }
      this.#skipUntilComma();
    }
  }

  /** Null where the key is no plain name: a spread or a computed one. */
  #readKey(): string | null {
    const character = this.#text[this.#at] as string;
    if (character === '"' || character === "'") {
      const start = this.#at;
      this.#skipToken();
      return unquote(this.#text.slice(start, this.#at));
    }
    identifier.lastIndex = this.#at;
    const match = identifier.exec(this.#text);
    if (match === null) return null;
    this.#at += match[0].length;
    return match[0];
  }

  #skipUntilComma(): void {
    for (;;) {
      this.#skipBlanks();
      const character = this.#text[this.#at];
      if (character === undefined || character === "}") return;
      if (character === ",") {
        this.#at++;
        return;
      }
      this.#skipToken();
    }
  }

  /** Over a text, a bracket with all that is in it, or one character. */
  #skipToken(): void {
    const character = this.#text[this.#at] as string;
    if (character === '"' || character === "'" || character === "`") this.#skipText(character);
    else if (openers[character] === undefined) this.#at++;
    else this.#skipBracket(openers[character]);
  }

  #skipBracket(closer: string): void {
    this.#at++;
    for (;;) {
      this.#skipBlanks();
      const character = this.#text[this.#at];
      if (character === undefined) return;
      if (character === closer) {
        this.#at++;
        return;
      }
      this.#skipToken();
    }
  }

  #skipText(quote: string): void {
    this.#at++;
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at];
      if (character === quote) {
        this.#at++;
        return;
      }
      if (character === "\\") this.#at += 2;
      else if (quote === "`" && character === "$" && this.#text[this.#at + 1] === "{") {
        this.#at++;
        this.#skipBracket("}");
      } else this.#at++;
    }
  }

  #skipBlanks(): void {
    for (;;) {
      const rest = this.#text.slice(this.#at, this.#at + 2);
      if (rest === "//") this.#skipTo("\n", 0);
      else if (rest === "/*") this.#skipTo("*/", 2);
      else if (/^\s/.test(rest)) this.#at++;
      else return;
    }
  }

  #skipTo(end: string, over: number): void {
    const found = this.#text.indexOf(end, this.#at + 2);
    this.#at = found < 0 ? this.#text.length : found + over;
  }

  #line(): number {
    let line = 1;
    for (let at = this.#text.indexOf("\n"); at >= 0 && at < this.#at; at = this.#text.indexOf("\n", at + 1)) line++;
    return line;
  }
}

function unquote(literal: string): string {
  const inner = literal.slice(1, -1);
  if (!inner.includes("\\")) return inner;
  // Only what a name needs: the escaped character itself, and code points.
  return inner.replace(/\\u\{([\da-f]+)\}|\\u([\da-f]{4})|\\x([\da-f]{2})|\\(.)/gi, (_, long, short, byte, character) =>
    character === undefined ? String.fromCodePoint(Number.parseInt(long ?? short ?? byte, 16)) : character,
  );
}
