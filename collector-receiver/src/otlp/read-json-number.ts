import type { JsonCursor } from "./json-cursor.ts";
import type { TextRange } from "./otlp-carrier.ts";

const plainInteger = /^-?[0-9]+$/;
const decimalNumber = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
/** Integers with more digits are not expanded: a double holds at most 309. */
const mostDigits = 400;
/** A longer text is not a number that anyone means. */
const maxNumberBytes = 64 * 1024;

const text: TextRange = { bytes: Buffer.alloc(0), start: 0, end: 0 };

/**
 * Reads a number, or a text that should hold one.
 * @returns its characters; null for a value of another type, which is skipped
 */
export function readNumberText(cursor: JsonCursor): string | null {
  const byte = cursor.peek();
  if (byte === 0x22) {
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

/** The integer that a text stands for, exactly: "7", "7.0" and "0.7e1" are the same. Null if it is not one, or beyond a double. */
export function readExactInteger(number: string): bigint | null {
  if (number.length <= 24 && plainInteger.test(number)) return BigInt(number);
  const match = decimalNumber.exec(number);
  if (match === null) return null;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  if (digits === "") return 0n;
  const shift = Number(exponent) - fraction.length;
  if (digits.length + shift > mostDigits) return null;
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

/** The double that a text stands for, with `NaN` and both infinities by name; null if it is none or beyond a double. */
export function readDoubleText(number: string): number | null {
  if (decimalNumber.test(number)) {
    const value = Number(number);
    return Number.isFinite(value) ? value : null;
  }
  switch (number) {
    case "NaN":
      return NaN;
    case "Infinity":
      return Infinity;
    case "-Infinity":
      return -Infinity;
    default:
      return null;
  }
}
