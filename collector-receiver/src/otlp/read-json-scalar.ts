import type { JsonCursor } from "./json-cursor.ts";
import type { ValueKind } from "./json-value-kinds.ts";
import type { AttributeVisitor } from "./otlp-carrier.ts";
import { findDecimalEnd, readDecimal, readDoubleText, readExactInteger, readNumberText } from "./read-json-number.ts";
import { deliverInt64 } from "./read-protobuf-attributes.ts";
import { maxAttributesBytes } from "./walk-pauses.ts";

const quote = 0x22;
const firstOfTrue = 0x74;
const firstOfFalse = 0x66;
const plainInteger = /^-?[0-9]+$/;
const base64Text = /^[A-Za-z0-9+/_-]*={0,2}$/;
/** Digits that a double holds exactly. */
const maxExactDigits = 15;

/**
 * Hands on the value of that kind, which is next.
 * @returns null; or what OTLP allows there, and nothing was handed on
 */
export function readJsonScalar(
  cursor: JsonCursor,
  kind: Exclude<ValueKind, "arrayValue" | "kvlistValue">,
  visitor: AttributeVisitor,
): string | null {
  const { text } = cursor;
  const first = cursor.bytes[cursor.pos];
  switch (kind) {
    case "stringValue":
      if (first !== quote) return "a text in stringValue";
      cursor.readString(text);
      visitor.string(text.bytes, text.start, text.end);
      return null;
    case "boolValue":
      if (first !== firstOfTrue && first !== firstOfFalse) return "true or false in boolValue";
      cursor.skipLiteral(first === firstOfTrue ? "true" : "false");
      visitor.bool(first === firstOfTrue);
      return null;
    case "intValue":
      return readInt(cursor, visitor) ? null : "an integer in intValue";
    case "doubleValue":
      return readDouble(cursor, visitor) ? null : "a number in doubleValue";
    case "bytesValue":
      return first === quote && readBytes(cursor, visitor) ? null : "base64 in bytesValue";
  }
}

/**
 * An integer of 64 bits is handed on exactly, a larger one as the nearest double: OpenTelemetry JS writes the number 1e21
 * as `intValue`, because it is integral.
 */
function readInt(cursor: JsonCursor, visitor: AttributeVisitor): boolean {
  const plain = readPlainInt(cursor);
  if (plain >= 0) {
    visitor.int(plain);
    return true;
  }
  const number = readNumberText(cursor)?.replace(/^\+(?=[0-9])/, "");
  if (number === undefined) return false;
  if (number.length <= maxExactDigits && plainInteger.test(number)) {
    visitor.int(Number(number) + 0);
    return true;
  }
  const exact = readExactInteger(number);
  if (exact === null) return false;
  if (BigInt.asIntN(64, exact) === exact) {
    deliverInt64(Number(exact >> 32n), Number(exact & 0xffffffffn), visitor);
    return true;
  }
  const nearest = Number(exact);
  if (!Number.isFinite(nearest)) return false;
  visitor.double(nearest);
  return true;
}

/** @returns -1, with nothing read, if it is not up to 15 digits, in quotes or without */
function readPlainInt(cursor: JsonCursor): number {
  const { bytes } = cursor;
  const isQuoted = bytes[cursor.pos] === quote;
  const start = isQuoted ? cursor.pos + 1 : cursor.pos;
  let pos = start;
  let value = 0;
  let byte = bytes[pos]!;
  for (; byte >= 0x30 && byte <= 0x39 && pos - start <= maxExactDigits; byte = bytes[++pos]!) {
    value = value * 10 + (byte - 0x30);
  }
  const length = pos - start;
  if (length === 0 || length > maxExactDigits || (length > 1 && bytes[start] === 0x30)) return -1;
  if (byte !== (isQuoted ? quote : 0x7d)) return -1;
  cursor.pos = isQuoted ? pos + 1 : pos;
  return value;
}

function readDouble(cursor: JsonCursor, visitor: AttributeVisitor): boolean {
  const { bytes, pos } = cursor;
  const end = findDecimalEnd(bytes, pos);
  if (end >= 0) {
    cursor.pos = end;
    visitor.double(readDecimal(bytes, pos, end));
    return true;
  }
  const number = readNumberText(cursor);
  const value = number === null ? null : readDoubleText(number);
  if (value === null) return false;
  visitor.double(value);
  return true;
}

function readBytes(cursor: JsonCursor, visitor: AttributeVisitor): boolean {
  const { text } = cursor;
  cursor.readString(text);
  const length = text.end - text.start;
  if (length > maxAttributesBytes) {
    // It is too large, whatever it holds: only its size matters.
    let { end } = text;
    while (text.bytes[end - 1] === 0x3d && text.end - end < 2) end--;
    visitor.binary(text.bytes, text.start, text.start + Math.floor(((end - text.start) * 3) / 4));
    return true;
  }
  const base64 = text.bytes.latin1Slice(text.start, text.end);
  if (!base64Text.test(base64) || base64.replace(/=+$/, "").length % 4 === 1) return false;
  const bytes = Buffer.from(base64, "base64");
  visitor.binary(bytes, 0, bytes.length);
  return true;
}
