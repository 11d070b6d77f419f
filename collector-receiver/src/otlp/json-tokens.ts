import { hexValue } from "../bytes/hex.ts";
import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import { escapeOf } from "./unescape-json-text.ts";

/** Thrown by what is read past `stop`; `JsonCursor.readShort` catches it. */
export const tooLong = new Error("A long JSON value is measured first");
const quote = 0x22;
const backslash = 0x5c;

/** The tokens of a JSON text: white space, texts, numbers and literals are passed over, and their syntax is checked. */
export class JsonTokens {
  readonly bytes: Buffer;
  readonly view: DataView;
  pos = 0;
  /** Up to where values are read in one go, see `JsonCursor.readShort`. */
  stop: number;
  /** Where long values and white space that were met before end, by their start; see `JsonMeasure`. */
  readonly ends = new Map<number, number>();
  protected hasEnds = false;
  protected readonly end: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = this.stop = bytes.length;
    // A byte order mark is allowed to be ignored (RFC 8259, section 8.1).
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.pos = 3;
  }

  /** The next byte that is not white space; it stays unread. */
  peek(): number {
    const byte = this.bytes[this.pos]!;
    return byte > 0x20 ? byte : this.#peekBehindSpace();
  }

  #peekBehindSpace(): number {
    const bytes = this.bytes;
    let pos = this.pos;
    if (this.hasEnds) pos = this.ends.get(pos) ?? pos;
    let byte = bytes[pos];
    while (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) byte = bytes[++pos];
    this.pos = pos;
    if (byte === undefined) throw this.error("more JSON");
    return byte;
  }

  /** True if a value was measured that begins there. */
  isMeasured(at: number): boolean {
    return this.hasEnds && this.ends.has(at);
  }

  /** True if a text of at least so many bytes was measured there that has no escapes, or is too long for anyone. */
  isMeasuredText(at: number, minBytes: number): boolean {
    return this.bytes[at] === quote && this.hasEnds && (this.ends.get(at) ?? 0) - at >= minBytes;
  }

  /** The size of the next value if it was measured; 0 otherwise. */
  measuredBytes(): number {
    const end = this.hasEnds ? this.ends.get(this.pos) : undefined;
    return end === undefined ? 0 : Math.abs(end) - this.pos;
  }

  skipLiteral(text: string): void {
    for (let i = 0; i < text.length; i++) {
      if (this.bytes[this.pos + i] !== text.charCodeAt(i)) throw this.error("a JSON value");
    }
    this.pos += text.length;
  }

  /** Skips the text whose opening quote is next; true if it has escapes. Those of a text that is too long for anyone do not count. */
  skipString(): boolean {
    if (this.hasEnds) {
      const end = this.ends.get(this.pos);
      if (end !== undefined) {
        this.pos = Math.abs(end);
        return end < 0;
      }
    }
    const bytes = this.bytes;
    const end = this.stop;
    let pos = this.pos + 1;
    let escapes = false;
    while (pos < end) {
      const byte = bytes[pos]!;
      if (byte === quote) {
        this.pos = pos + 1;
        return escapes;
      }
      if (byte === backslash) {
        escapes = true;
        pos = this.skipEscape(pos);
      } else if (byte < 0x20) {
        this.pos = pos;
        throw this.error("no control character within a text");
      } else {
        pos++;
      }
    }
    if (end < this.end) throw tooLong;
    this.pos = pos;
    throw this.error("the end of a text");
  }

  /** The position after the escape at `pos`. */
  skipEscape(pos: number): number {
    const kind = this.bytes[pos + 1];
    if (kind === 0x75) {
      for (let i = 2; i < 6; i++) {
        if (pos + i >= this.end || hexValue[this.bytes[pos + i]!] === 255) {
          this.pos = pos;
          throw this.error("four hex digits after \\u");
        }
      }
      return pos + 6;
    }
    if (kind === undefined || escapeOf[kind] === 0) {
      this.pos = pos;
      throw this.error("a valid escape");
    }
    return pos + 2;
  }

  /** Skips a number, and checks its syntax. */
  skipNumber(): void {
    const bytes = this.bytes;
    let pos = this.pos;
    const known = this.hasEnds ? this.ends.get(pos) : undefined;
    if (known !== undefined) {
      this.pos = known;
      return;
    }
    if (bytes[pos] === 0x2d) pos++;
    if (bytes[pos] === 0x30) pos++;
    else pos = this.#skipDigits(pos);
    if (bytes[pos] === 0x2e) pos = this.#skipDigits(pos + 1);
    if (bytes[pos] === 0x65 || bytes[pos] === 0x45) {
      pos++;
      if (bytes[pos] === 0x2b || bytes[pos] === 0x2d) pos++;
      pos = this.#skipDigits(pos);
    }
    this.pos = pos;
  }

  #skipDigits(pos: number): number {
    const first = pos;
    const { stop } = this;
    while (pos < stop && isDigit(this.bytes[pos])) pos++;
    if (pos === stop && stop < this.end) throw tooLong;
    if (pos === first) {
      this.pos = pos;
      throw this.error("a JSON value");
    }
    return pos;
  }

  error(expected: string): MalformedOtlpError {
    const at = this.pos;
    const found = at >= this.end ? "the end" : JSON.stringify(this.bytes.toString("latin1", at, at + 12));
    return new MalformedOtlpError(`Expected ${expected}, found ${found}`, at);
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}
