import "../otlp/buffer-slices.ts";
import { hexValue } from "../otlp/hex-digits.ts";

const dash = 0x2d;

/** Whether the bytes are a UUID of any version, in digits of either case; the nil UUID identifies nothing and is none. */
export function isUuid(bytes: Buffer, start: number, end: number): boolean {
  if (end - start !== 36) return false;
  let bits = 0;
  for (let i = 0; i < 36; i++) {
    const byte = bytes[start + i]!;
    if (i === 8 || i === 13 || i === 18 || i === 23) {
      if (byte !== dash) return false;
    } else {
      const value = hexValue[byte]!;
      if (value === 255) return false;
      bits |= value;
    }
  }
  return bits !== 0;
}

const highBits = 0x80808080 | 0;

/**
 * Puts the 36 bytes at `start` into `uuid`, as 16 bytes, where they are a UUID in lower case and not the nil UUID: a short
 * way for what every sender writes. False, with nothing written, says only that the bytes have to be looked at one by one.
 */
export function readCanonicalUuid(view: DataView, start: number, uuid: DataView): boolean {
  if (
    view.getUint8(start + 8) !== dash ||
    view.getUint8(start + 13) !== dash ||
    view.getUint8(start + 18) !== dash ||
    view.getUint8(start + 23) !== dash
  ) {
    return false;
  }
  // Between the dashes are eight words of four digits.
  const a = view.getInt32(start, true);
  const b = view.getInt32(start + 4, true);
  const c = view.getInt32(start + 9, true);
  const d = view.getInt32(start + 14, true);
  const e = view.getInt32(start + 19, true);
  const f = view.getInt32(start + 24, true);
  const g = view.getInt32(start + 28, true);
  const h = view.getInt32(start + 32, true);
  const all =
    hexBytes(a) & hexBytes(b) & hexBytes(c) & hexBytes(d) & hexBytes(e) & hexBytes(f) & hexBytes(g) & hexBytes(h);
  if ((all & highBits) !== highBits) return false;
  const first = (readHexWord(a) << 16) | readHexWord(b);
  const second = (readHexWord(c) << 16) | readHexWord(d);
  const third = (readHexWord(e) << 16) | readHexWord(f);
  const fourth = (readHexWord(g) << 16) | readHexWord(h);
  if ((first | second | third | fourth) === 0) return false;
  uuid.setInt32(0, first);
  uuid.setInt32(4, second);
  uuid.setInt32(8, third);
  uuid.setInt32(12, fourth);
  return true;
}

/** The high bit of each of four bytes that is one of `0` to `9` and `a` to `f`. */
function hexBytes(word: number): number {
  // A carry out of a byte needs one beyond ASCII, which fails by itself: its own bit is taken out below.
  const isDigit = (word + 0x50505050) & ~(word + 0x46464646);
  const isLetter = (word + 0x1f1f1f1f) & ~(word + 0x19191919);
  return (isDigit | isLetter) & ~word;
}

/** Four hex digits, the first in the lowest byte. */
function readHexWord(word: number): number {
  const digits = (word & 0x0f0f0f0f) + ((word >>> 6) & 0x01010101) * 9;
  return ((digits & 15) << 12) | (digits & 0xf00) | ((digits >> 12) & 0xf0) | ((digits >> 24) & 15);
}

/** The time in a version 7 UUID of 16 bytes, in milliseconds since 1970; -1 for any other UUID. */
export function timeOfUuidV7(uuid: DataView): number {
  if (uuid.getUint8(6) >> 4 !== 7 || uuid.getUint8(8) >> 6 !== 2) return -1;
  return uuid.getUint32(0) * 0x1_0000 + uuid.getUint16(4);
}

/**
 * Milliseconds of a 64-bit count of nanoseconds, rounded down. Exact: no step leaves the integers
 * that a double holds.
 */
export function millisecondsOf(high: number, low: number): number {
  const quotient = Math.floor(high / 1_000_000);
  const rest = (high - quotient * 1_000_000) * 0x100000000 + low;
  return quotient * 0x100000000 + Math.floor(rest / 1_000_000);
}

/** Puts the UUID that stands at `start` as text, in digits of either case, into `uuid`. */
export function readUuidBytes(bytes: Uint8Array, start: number, uuid: DataView): void {
  for (let i = 0, at = start; i < 16; i++, at += 2) {
    if (i === 4 || i === 6 || i === 8 || i === 10) at++;
    uuid.setUint8(i, (hexValue[bytes[at]!]! << 4) | hexValue[bytes[at + 1]!]!);
  }
}

/** The canonical text of the UUID whose 16 bytes stand at `at`. */
export function uuidText(bytes: Buffer, at: number): string {
  const hex = bytes.hexSlice(at, at + 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
