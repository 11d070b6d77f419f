import type { TextRange } from "./otlp-carrier.ts";
import type { JsonMember, JsonMembers } from "./json-members.ts";
import { JsonTokens, tooLong } from "./json-tokens.ts";
import { JsonMeasure, noteWhiteSpace } from "./measure-json.ts";
import { pieceBytes, type Walk } from "./walk-pauses.ts";
import { unescapeJsonText } from "./unescape-json-text.ts";

const quote = 0x22;
/** For each open object or array of the value being skipped: 1 for an object. A deeper value takes a larger table. */
const shallow = new Uint8Array(512);

/**
 * A JSON text read byte by byte: what is not needed is skipped without making a value, but not
 * without checking its syntax.
 */
export class JsonCursor extends JsonTokens {
  /** The last member's name, see `nextKey`. */
  readonly key: TextRange;
  /** The text of the value that was read last, for who reads it at once. */
  readonly text: TextRange;
  /** Where the last value that `readText` skipped begins. */
  skippedAt = 0;
  /** Members whose names nobody knows, so far. */
  unknownMembers = 0;

  constructor(bytes: Buffer) {
    super(bytes);
    this.key = { bytes, start: 0, end: 0 };
    this.text = { bytes, start: 0, end: 0 };
  }

  /**
   * Reads what is next with `read`, unless that is long.
   * @returns undefined if it is long; the cursor is where it was
   */
  readShort<T>(read: () => T): T | undefined {
    const start = this.pos;
    const { unknownMembers } = this;
    this.stop = Math.min(this.end, start + pieceBytes);
    try {
      return read();
    } catch (error) {
      if (error !== tooLong) throw error;
      this.pos = start;
      this.unknownMembers = unknownMembers;
      return undefined;
    } finally {
      this.stop = this.end;
    }
  }

  /** Measures the long value that is next, and leaves the cursor before it. */
  *measure(): Walk {
    this.peek();
    const start = this.pos;
    const measure = new JsonMeasure(this, this.ends);
    this.hasEnds = true;
    for (let at = start; ; at = this.pos) {
      this.pos = at;
      if (measure.run(pieceBytes)) break;
      yield;
    }
    this.pos = start;
  }

  /** Finds long runs of white space, which may stand anywhere. */
  *findWhiteSpace(): Walk {
    if (this.end < pieceBytes) return;
    yield* noteWhiteSpace(this.bytes, this.ends);
    this.hasEnds = this.ends.size > 0;
  }

  /** After the value: nothing may follow. */
  finish(): void {
    const bytes = this.bytes;
    if (this.hasEnds) this.pos = this.ends.get(this.pos) ?? this.pos;
    while (this.pos < this.end) {
      const byte = bytes[this.pos]!;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) throw this.error("the end");
      this.pos++;
    }
  }

  /** Enters an object; false if it has no members. A value of another type is skipped, as if it were empty. */
  enterObject(): boolean {
    return this.#enter(0x7b, 0x7d);
  }

  /** Enters an array; false if it is empty. A value of another type is skipped, as if it were empty. */
  enterArray(): boolean {
    return this.#enter(0x5b, 0x5d);
  }

  #enter(open: number, close: number): boolean {
    if (this.peek() !== open) {
      this.skipValue();
      return false;
    }
    this.pos++;
    if (this.peek() !== close) return true;
    this.pos++;
    return false;
  }

  /** Reads a member's name and the colon; the value is next. */
  nextKey(): void {
    if (this.peek() !== quote) throw this.error("a member's name");
    this.readString(this.key);
    if (this.peek() !== 0x3a) throw this.error("a colon");
    this.pos++;
  }

  /** Reads a member's name and the colon; the value is next. */
  nextMember(members: JsonMembers): JsonMember {
    this.nextKey();
    for (const member of members.all) if (this.keyIs(member.name)) return member;
    const other = members.all.find(({ snakeName }) => snakeName !== null && this.keyIs(snakeName));
    if (other === undefined) this.unknownMembers++;
    return other ?? members.unknown;
  }

  /** Counts the member that was read last as unknown if it has none of these names either. */
  countUnlessOneOf(names: readonly Buffer[]): void {
    if (!this.keyIsOneOf(names)) this.unknownMembers++;
  }

  keyIsOneOf(names: readonly Buffer[]): boolean {
    for (const name of names) if (this.keyIs(name)) return true;
    return false;
  }

  keyIs(name: Buffer): boolean {
    const { bytes, start, end } = this.key;
    const length = name.length;
    if (end - start !== length) return false;
    for (let i = 0; i < length; i++) if (bytes[start + i] !== name[i]) return false;
    return true;
  }

  /** After a member: true if another follows. */
  moreMembers(): boolean {
    return this.#more(0x7d, "a comma or the end of the object");
  }

  /** After an element: true if another follows. */
  moreElements(): boolean {
    return this.#more(0x5d, "a comma or the end of the array");
  }

  #more(close: number, what: string): boolean {
    const byte = this.peek();
    if (byte !== 0x2c && byte !== close) throw this.error(what);
    this.pos++;
    return byte === 0x2c;
  }

  /** Reads `null`; false if something else is next. */
  skipNull(): boolean {
    if (this.peek() !== 0x6e) return false;
    this.skipLiteral("null");
    return true;
  }

  /** Reads the text whose opening quote is next, as UTF-8; a lone surrogate gives invalid UTF-8. */
  readString(into: TextRange): void {
    if (this.peek() !== quote) throw this.error("a text");
    const start = this.pos + 1;
    if (this.skipString()) {
      into.bytes = unescapeJsonText(this.bytes, start, this.pos - 1);
      into.start = 0;
      into.end = into.bytes.length;
    } else {
      into.bytes = this.bytes;
      into.start = start;
      into.end = this.pos - 1;
    }
  }

  /**
   * Reads a text; any other value is skipped and gives an empty one. A measured text is too long for a name: its escapes stay.
   * @returns false if the value is neither a text nor `null`
   */
  readText(into: TextRange): boolean {
    const byte = this.peek();
    if (byte === quote) {
      const start = this.pos;
      if (this.isMeasured(start)) {
        this.skipString();
        into.bytes = this.bytes;
        into.start = start + 1;
        into.end = this.pos - 1;
      } else {
        this.readString(into);
      }
      return true;
    }
    into.start = into.end = 0;
    this.skippedAt = this.pos;
    this.skipValue();
    return byte === 0x6e;
  }

  /** Skips one value of any kind and depth, and checks its syntax; a loop, so that depth costs no stack. */
  skipValue(): void {
    const bytes = this.bytes;
    let isObject = shallow;
    let depth = 0;
    for (;;) {
      // A value is next.
      const byte = this.peek();
      if (this.pos >= this.stop && this.stop < this.end) throw tooLong;
      if (byte === quote) {
        this.skipString();
      } else if (byte === 0x7b || byte === 0x5b) {
        const object = byte === 0x7b;
        const known = this.measuredBytes();
        this.pos++;
        if (known > 0) {
          this.pos += known - 1;
        } else if (this.peek() === (object ? 0x7d : 0x5d)) {
          this.pos++;
        } else {
          if (depth === isObject.length) isObject = enlarge(isObject);
          isObject[depth++] = object ? 1 : 0;
          if (object) this.#skipKey();
          continue;
        }
      } else if (byte === 0x74) {
        this.skipLiteral("true");
      } else if (byte === 0x66) {
        this.skipLiteral("false");
      } else if (byte === 0x6e) {
        this.skipLiteral("null");
      } else {
        this.skipNumber();
      }
      // A value was read: what follows it?
      for (;;) {
        if (depth === 0) return;
        let next = bytes[this.pos];
        if (next !== 0x2c && next !== 0x7d && next !== 0x5d) next = this.peek();
        const object = isObject[depth - 1] === 1;
        this.pos++;
        if (next === 0x2c) {
          if (object) this.#skipKey();
          break;
        }
        if (next !== (object ? 0x7d : 0x5d)) {
          this.pos--;
          throw this.error(object ? "a comma or the end of the object" : "a comma or the end of the array");
        }
        depth--;
      }
    }
  }

  #skipKey(): void {
    if (this.peek() !== quote) throw this.error("a member's name");
    this.skipString();
    if (this.bytes[this.pos] !== 0x3a && this.peek() !== 0x3a) throw this.error("a colon");
    this.pos++;
  }
}

function enlarge(table: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(table.length * 2);
  larger.set(table);
  return larger;
}
