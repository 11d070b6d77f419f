import type { JsonCursor } from "./json-cursor.ts";

const plainInteger = /^-?[0-9]+$/;
const decimalNumber = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
const doubleNumber = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const specialNumber = /^(?:(?<nan>nan)|(?<sign>[+-]?)inf(?:inity)?)$/i;
/** Integers with more digits are not expanded: a double holds at most 309. */
const maxDigits = 400;
/** Enough for 15 digits and a point; longer ones are read with care. */
const maxDecimalLength = 20;
const powersOfTen = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));
const closingBrace = 0x7d;
/** A longer text is not a number that anyone means. */
const maxNumberBytes = 1024;

/**
 * Reads a number, or a text that should hold one.
 * @returns its characters; null for a value of another type, which is skipped
 */
export function readNumberText(cursor: JsonCursor): string | null {
  const byte = cursor.peek();
  if (byte === 0x22) {
    const { text } = cursor;
    cursor.readString(text);
    return text.end - text.start > maxNumberBytes ? null : text.bytes.latin1Slice(text.start, text.end);
  }
  if (byte !== 0x2d && (byte < 0x30 || byte > 0x39)) {
    cursor.skipValue();
    return null;
  }
  const start = cursor.pos;
  cursor.skipNumber();
  return cursor.pos - start > maxNumberBytes ? null : cursor.bytes.latin1Slice(start, cursor.pos);
}

/** Reads what counts something, a number or a text, which is next; 0 for anything else. */
export function readJsonCount(cursor: JsonCursor): number {
  const count = Number(readNumberText(cursor) ?? 0);
  return count > 0 ? Math.min(Math.floor(count), 0xffffffff) : 0;
}

/** The integer that a text stands for, exactly: "7", "7.0" and "0.7e1" are the same. Null if it is not one, or beyond a double. */
export function readExactInteger(number: string): bigint | null {
  if (number.length <= 24 && plainInteger.test(number)) return BigInt(number);
  const match = decimalNumber.exec(number);
  if (match === null) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  if (digits === "") return 0n;
  const shift = Number(exponent) - fraction.length;
  if (digits.length + shift > maxDigits) return null;
  let magnitude: bigint;
  if (shift >= 0) {
    magnitude = BigInt(digits + "0".repeat(shift));
  } else {
    const cut = digits.length + shift;
    if (cut <= 0 || !/^0*$/.test(digits.slice(cut))) return null;
    magnitude = BigInt(digits.slice(0, cut));
  }
  return sign === "-" ? -magnitude : magnitude;
}

/**
 * The double that a text stands for, as a Collector reads it: `+1`, `.5`, `NaN`, `inf` and `Infinity` in any case.
 * @returns null if it is none or beyond a double
 */
export function readDoubleText(number: string): number | null {
  if (doubleNumber.test(number)) {
    const value = Number(number);
    return Number.isFinite(value) ? value : null;
  }
  const special = specialNumber.exec(number)?.groups;
  if (special === undefined) return null;
  if (special["nan"] !== undefined) return NaN;
  return special["sign"] === "-" ? -Infinity : Infinity;
}

/** The end of `digits` or `digits.digits` with at most 15 digits; -1 if a number is written otherwise. */
export function findDecimalEnd(bytes: Buffer, start: number): number {
  let pos = start;
  let maxLength = 15;
  const last = start + maxDecimalLength;
  while (bytes[pos]! >= 0x30 && bytes[pos]! <= 0x39 && pos < last) pos++;
  if (pos === start || (bytes[start] === 0x30 && pos - start > 1)) return -1;
  if (bytes[pos] === 0x2e) {
    maxLength++;
    const point = pos++;
    while (bytes[pos]! >= 0x30 && bytes[pos]! <= 0x39 && pos < last) pos++;
    if (pos === point + 1) return -1;
  }
  return pos - start > maxLength || bytes[pos] !== closingBrace ? -1 : pos;
}

/** Both the digits and the power of ten are exact in a double, so their quotient is the nearest double. */
export function readDecimal(bytes: Buffer, start: number, end: number): number {
  let digits = 0;
  let decimals = 0;
  for (let pos = start; pos < end; pos++) {
    const byte = bytes[pos]!;
    if (byte === 0x2e) decimals = end - pos - 1;
    else digits = digits * 10 + (byte - 0x30);
  }
  return digits / powersOfTen[decimals]!;
}
