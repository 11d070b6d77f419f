import type { JsonCursor } from "./json-cursor.ts";
import { readExactInteger, readNumberText } from "./read-json-number.ts";

/** A 64-bit count of nanoseconds, in two unsigned halves. */
export interface JsonTime {
  high: number;
  low: number;
}

/**
 * Reads nanoseconds, a decimal text or number, which are next: exact. `null` leaves the time as it is.
 * @returns false if the value is anything else; the time is 0 then
 */
export function readJsonTime(cursor: JsonCursor, into: JsonTime): boolean {
  const at = cursor.pos;
  if (cursor.skipNull()) return true;
  const bytes = cursor.bytes;
  const quoted = bytes[at] === 0x22;
  const first = quoted ? at + 1 : at;
  // Nineteen digits, as every time from 2001 to 2286 has.
  let upper = 0;
  let lower = 0;
  let pos = first;
  for (; pos < first + 10; pos++) upper = upper * 10 + (bytes[pos]! ^ 0x30);
  for (; pos < first + 19; pos++) lower = lower * 10 + (bytes[pos]! ^ 0x30);
  if (areDigits(bytes, first, first + 19) && bytes[first] !== 0x30 && bytes[pos] === (quoted ? 0x22 : 0x2c)) {
    cursor.pos = quoted ? pos + 1 : pos;
    // upper * 10^9 + lower in halves: the product in two parts of 16 bits, each below 2^53.
    const part0 = (upper & 0xffff) * 1e9 + lower;
    const part1 = Math.floor(upper / 0x10000) * 1e9;
    const part1High = Math.floor(part1 / 0x10000);
    const sum = (part1 - part1High * 0x10000) * 0x10000 + part0;
    const carry = Math.floor(sum / 0x100000000);
    into.high = part1High + carry;
    into.low = sum - carry * 0x100000000;
    return true;
  }
  const number = readNumberText(cursor);
  const exact = number === null ? null : readExactInteger(number);
  if (exact === null || BigInt.asUintN(64, exact) !== exact) {
    into.high = into.low = 0;
    return false;
  }
  into.high = Number(exact >> 32n);
  into.low = Number(exact & 0xffffffffn);
  return true;
}

function areDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  return end <= bytes.length;
}
