import type { JsonTokens } from "./json-tokens.ts";
import { maxAttributesBytes } from "./walk-pauses.ts";

/** A shorter value is skipped again instead of being noted. */
const minNotedBytes = 1024;
const minWhiteSpaceBytes = 32 * 1024;
/** Values are noted down to this depth below the one that is measured: from a span to what is nested in one of its attributes. */
const maxNotedDepth = 48;
/** Members are counted down to this depth: from a span to an attribute of one of its events. */
const maxCountedDepth = 8;

/**
 * An object of a long value with more members would hold others up, because its members are read in one go. OTLP's largest
 * has some twenty.
 */
const maxMembers = 2048;

const mode = { firstValue: 0, value: 1, firstKey: 2, key: 3, colon: 4, afterValue: 5, text: 6, number: 7 } as const;
type Mode = (typeof mode)[keyof typeof mode];

/** By state, then by what is read (a digit but zero, zero, minus, plus, point, e): the next state. 0: the number has ended. */
const numberStates = Uint8Array.from(
  [
    [0, 0, 0, 0, 0, 0, 0],
    [4, 3, 2, 0, 0, 0, 0],
    [4, 3, 0, 0, 0, 0, 0],
    [0, 0, 0, 0, 5, 7, 0],
    [4, 4, 0, 0, 5, 7, 0],
    [6, 6, 0, 0, 0, 0, 0],
    [6, 6, 0, 0, 0, 7, 0],
    [9, 9, 8, 8, 0, 0, 0],
    [9, 9, 0, 0, 0, 0, 0],
    [9, 9, 0, 0, 0, 0, 0],
  ].flat(),
);
const numberKinds = 7;
/** By state: 1 if a number may end there. */
const isComplete = Uint8Array.of(0, 0, 0, 1, 1, 0, 1, 0, 0, 1);
/** By byte: its column in `numberStates`. */
const kindOf = new Uint8Array(256).fill(6);
kindOf.fill(0, 0x31, 0x3a);
for (const [kind, characters] of ["0", "-", "+", ".", "eE"].entries()) {
  for (const character of characters) kindOf[character.charCodeAt(0)] = kind + 1;
}

/**
 * Finds the end of one long JSON value in pieces, checks its syntax, and notes where the long values in it end, so that the
 * cursor passes over them at once.
 */
export class JsonMeasure {
  readonly #cursor: JsonTokens;
  readonly #ends: Map<number, number>;
  #mode: Mode = mode.value;
  /** For each open object or array a bit: 1 for an object. */
  #objects = new Uint8Array(512);
  /** Where the outer ones of them begin. */
  readonly #starts: number[] = [];
  /** How many commas they have. */
  readonly #commas: number[] = [];
  #depth = 0;
  /** Where the text or number begins that is being read. */
  #startedAt = 0;
  #isKey = false;
  #hasEscapes = false;
  #numberState = 1;

  /**
   * @param cursor the value is next
   * @param ends takes the end of each long value by its start; negative for a text with escapes that may be wanted
   */
  constructor(cursor: JsonTokens, ends: Map<number, number>) {
    this.#cursor = cursor;
    this.#ends = ends;
  }

  /**
   * Measures up to that many bytes; the cursor moves.
   * @returns true at the end of the value
   * @throws MalformedOtlpError if the bytes are not JSON
   */
  run(maxBytes: number): boolean {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const stop = Math.min(bytes.length, cursor.pos + maxBytes);
    while (cursor.pos < stop) {
      if (this.#mode === mode.text) this.#readText(stop);
      else if (this.#mode === mode.number) this.#readNumber(stop);
      else this.#readToken(bytes[cursor.pos]!);
      if (this.#depth === 0 && this.#mode === mode.afterValue) return true;
    }
    if (stop < bytes.length) return false;
    throw cursor.error(this.#mode === mode.text ? "the end of a text" : "more JSON");
  }

  #readToken(byte: number): void {
    const cursor = this.#cursor;
    if (byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09) {
      cursor.pos++;
      return;
    }
    switch (this.#mode) {
      case mode.firstKey:
      case mode.key:
        if (this.#mode === mode.firstKey && byte === 0x7d) return this.#close();
        if (byte !== 0x22) throw cursor.error("a member's name");
        return this.#beginText(true);
      case mode.colon:
        if (byte !== 0x3a) throw cursor.error("a colon");
        cursor.pos++;
        this.#mode = mode.value;
        return;
      case mode.afterValue:
        return this.#endElement(byte);
      default:
        if (this.#mode === mode.firstValue && byte === 0x5d) return this.#close();
        return this.#beginValue(byte);
    }
  }

  #beginValue(byte: number): void {
    const cursor = this.#cursor;
    if (byte === 0x22) {
      this.#beginText(false);
    } else if (byte === 0x7b || byte === 0x5b) {
      this.#open(byte === 0x7b);
    } else if (byte === 0x74 || byte === 0x66 || byte === 0x6e) {
      cursor.skipLiteral(byte === 0x74 ? "true" : byte === 0x66 ? "false" : "null");
      this.#mode = mode.afterValue;
    } else {
      this.#startedAt = cursor.pos;
      this.#numberState = 1;
      this.#mode = mode.number;
    }
  }

  #beginText(isKey: boolean): void {
    this.#startedAt = this.#cursor.pos++;
    this.#isKey = isKey;
    this.#hasEscapes = false;
    this.#mode = mode.text;
  }

  #open(isObject: boolean): void {
    const cursor = this.#cursor;
    const depth = this.#depth;
    const at = depth >> 3;
    if (at === this.#objects.length) {
      const larger = new Uint8Array(at * 2);
      larger.set(this.#objects);
      this.#objects = larger;
    }
    const bit = 1 << (depth & 7);
    if (isObject) this.#objects[at]! |= bit;
    else this.#objects[at]! &= ~bit;
    if (depth <= maxNotedDepth) {
      this.#starts[depth] = cursor.pos;
      this.#commas[depth] = 0;
    }
    this.#depth++;
    cursor.pos++;
    this.#mode = isObject ? mode.firstKey : mode.firstValue;
  }

  #close(): void {
    const end = ++this.#cursor.pos;
    const depth = --this.#depth;
    this.#mode = mode.afterValue;
    if (depth <= maxNotedDepth) this.#note(this.#starts[depth]!, end);
  }

  #endElement(byte: number): void {
    const cursor = this.#cursor;
    const depth = this.#depth - 1;
    const isObject = ((this.#objects[depth >> 3]! >> (depth & 7)) & 1) === 1;
    if (byte === 0x2c) {
      if (isObject && depth <= maxCountedDepth && ++this.#commas[depth]! === maxMembers) {
        throw cursor.error(`at most ${maxMembers} members of an object`);
      }
      cursor.pos++;
      this.#mode = isObject ? mode.key : mode.value;
    } else if (byte === (isObject ? 0x7d : 0x5d)) {
      this.#close();
    } else {
      throw cursor.error(isObject ? "a comma or the end of the object" : "a comma or the end of the array");
    }
  }

  #readText(stop: number): void {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    let { pos } = cursor;
    while (pos < stop) {
      const byte = bytes[pos]!;
      if (byte === 0x22) {
        cursor.pos = pos + 1;
        const isWanted = pos - this.#startedAt <= maxAttributesBytes;
        this.#note(this.#startedAt, cursor.pos, this.#hasEscapes && isWanted);
        this.#mode = this.#isKey ? mode.colon : mode.afterValue;
        return;
      }
      if (byte === 0x5c) {
        this.#hasEscapes = true;
        pos = cursor.skipEscape(pos);
      } else if (byte < 0x20) {
        cursor.pos = pos;
        throw cursor.error("no control character within a text");
      } else {
        pos++;
      }
    }
    cursor.pos = pos;
  }

  #readNumber(stop: number): void {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    let { pos } = cursor;
    for (; pos < stop; pos++) {
      const next = numberStates[this.#numberState * numberKinds + kindOf[bytes[pos]!]!]!;
      if (next === 0) {
        cursor.pos = pos;
        if (isComplete[this.#numberState] === 0) throw cursor.error("a JSON value");
        this.#note(this.#startedAt, pos);
        this.#mode = mode.afterValue;
        return;
      }
      this.#numberState = next;
    }
    cursor.pos = pos;
  }

  #note(start: number, end: number, isWanted = false): void {
    if (end - start >= minNotedBytes) this.#ends.set(start, isWanted ? -end : end);
  }
}

/**
 * Notes the end of each long run of white space. One that is long enough covers two of the places that are looked at.
 * It stops after every few runs. A run within a text does no harm: nobody looks for it there.
 */
export function* noteWhiteSpace(bytes: Buffer, ends: Map<number, number>): Generator<undefined, void, undefined> {
  const step = minWhiteSpaceBytes / 2;
  let end = 0;
  for (let at = step; at < bytes.length; at += step) {
    if (at < end || !isSpace(bytes[at]!) || !isSpace(bytes[at - 1]!)) continue;
    let start = at;
    while (start > end && isSpace(bytes[start - 1]!)) start--;
    end = at;
    while (end < bytes.length && isSpace(bytes[end]!)) {
      if (++end % step === 0) yield;
    }
    if (end - start >= step) ends.set(start, end);
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
