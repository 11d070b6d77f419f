import "../bytes/buffer-slices.ts";
import type { CountedAttributes } from "./business-event.ts";
import { InternTable } from "../bytes/intern-table.ts";
import { invalidKey, type InvalidNotes } from "./invalid-values.ts";
import { StringCache } from "../bytes/string-cache.ts";

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const closing = 0x7d;
/** Digits that a double holds exactly. */
const exactDigits = 15;
const powersOfTen = Float64Array.from({ length: exactDigits + 1 }, (_, i) => 10 ** i);

/** A name in a stored `event_data`. */
class StoredKey {
  readonly bytes: Buffer;
  readonly text: string;
  readonly counted: boolean;
  readonly isTest: boolean;

  constructor(bytes: Buffer, counted: ReadonlySet<string>) {
    this.bytes = bytes;
    this.text = bytes.utf8Slice(0, bytes.length);
    this.counted = counted.has(this.text);
    this.isTest = this.text === "test";
  }
}

/**
 * Reads what counting needs of a stored `event_data`, from the text that PostgreSQL makes of jsonb: the counted
 * attributes, as mapping had captured them. The others are passed over; a row with escapes or nested values is
 * parsed as a whole.
 */
export class StoredAttributesReader {
  /** Whether the data that was read last says `"test": true`. */
  test = false;
  /** What it says of values that were left out. */
  invalid: InvalidNotes | undefined;
  readonly #counted: ReadonlySet<string>;
  readonly #keys: InternTable<StoredKey>;
  readonly #texts = new StringCache();

  constructor(counted: ReadonlySet<string>) {
    this.#counted = counted;
    this.#keys = new InternTable<StoredKey>((bytes) => new StoredKey(bytes, counted));
  }

  /** @param start where the text of one object begins */
  read(bytes: Buffer, view: DataView, start: number, end: number): CountedAttributes {
    this.test = false;
    this.invalid = undefined;
    const attributes: Record<string, string | number | boolean> = {};
    let pos = start + 1;
    if (bytes[pos] === closing) return attributes;
    while (pos < end) {
      const keyAt = pos + 1;
      pos = findPlainEnd(bytes, keyAt, end);
      if (pos < 0) return this.#parse(bytes, start, end);
      const key = this.#keys.intern(bytes, keyAt, pos);
      // The quote, a colon and a blank.
      pos += 3;
      const first = bytes[pos]!;
      const valueAt = pos;
      if (first === quote) {
        pos = findPlainEnd(bytes, valueAt + 1, end);
        if (pos < 0) return this.#parse(bytes, start, end);
        if (key.counted) attributes[key.text] = this.#texts.find(bytes, view, valueAt + 1, pos);
        pos++;
      } else if (first === 0x7b || first === 0x5b) {
        return this.#parse(bytes, start, end);
      } else {
        while (bytes[pos] !== comma && bytes[pos] !== closing) pos++;
        if (first === 0x74 || first === 0x66) {
          if (key.counted) attributes[key.text] = first === 0x74;
          if (key.isTest) this.test = first === 0x74;
        } else if (key.counted && first !== 0x6e) {
          attributes[key.text] = readNumber(bytes, valueAt, pos);
        }
      }
      if (bytes[pos] === closing) return attributes;
      // A comma and a blank.
      pos += 2;
    }
    return attributes;
  }

  #parse(bytes: Buffer, start: number, end: number): CountedAttributes {
    const data = JSON.parse(bytes.utf8Slice(start, end)) as Record<string, unknown>;
    this.test = data["test"] === true;
    this.invalid = data[invalidKey] as InvalidNotes | undefined;
    const attributes: Record<string, string | number | boolean> = {};
    for (const name of this.#counted) {
      const value = data[name];
      if (typeof value === "string" || typeof value === "number" || typeof value === "boolean")
        attributes[name] = value;
    }
    return attributes;
  }
}

/** The closing quote of a text without escapes; -1 if it has any. */
function findPlainEnd(bytes: Buffer, start: number, end: number): number {
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos]!;
    if (byte === quote) return pos;
    if (byte === backslash) return -1;
  }
  return -1;
}

/** The double nearest to a decimal; up to 15 digits and their power of ten are exact, and so is the quotient's rounding. */
function readNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start <= exactDigits) {
    let digits = 0;
    let point = end - 1;
    let pos = start;
    for (; pos < end; pos++) {
      const byte = bytes[pos]!;
      if (byte >= 0x30 && byte <= 0x39) digits = digits * 10 + (byte - 0x30);
      else if (byte === 0x2e && point === end - 1) point = pos;
      else break;
    }
    if (pos === end) return digits / powersOfTen[end - 1 - point]!;
  }
  return Number(bytes.latin1Slice(start, end));
}
