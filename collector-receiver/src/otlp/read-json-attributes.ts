import type { AttributeVisitor, TextRange } from "./otlp-carrier.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { readDoubleText, readExactInteger, readNumberText } from "./read-json-number.ts";
import { deliverInt64 } from "./read-protobuf-attributes.ts";
import { maxAttributesBytes } from "./walk-pauses.ts";

const keyName = Buffer.from("key");
const valueName = Buffer.from("value");
const openBrace = 0x7b;
const openBracket = 0x5b;
const firstOfNull = 0x6e;
const valuesName = Buffer.from("values");
const stringValue = Buffer.from("stringValue");
const boolValue = Buffer.from("boolValue");
const intValue = Buffer.from("intValue");
const doubleValue = Buffer.from("doubleValue");
const arrayValue = Buffer.from("arrayValue");
const kvlistValue = Buffer.from("kvlistValue");
const bytesValue = Buffer.from("bytesValue");
const plainInteger = /^-?[0-9]+$/;
const base64Text = /^[A-Za-z0-9+/_-]*={0,2}$/;

/**
 * Reads an array of KeyValue, which is next, in wire order. A value that OTLP does not allow is the visitor's to judge; a
 * value that is not an array holds no attributes. Attributes are read up to `maxAttributesBytes`, see `tooLarge`; a long text
 * does not count, because nobody looks at its bytes here.
 */
export function readJsonAttributes(cursor: JsonCursor, visitor: AttributeVisitor): void {
  if (!cursor.enterArray()) return;
  let left = maxAttributesBytes;
  do {
    left -= readKeyValue(cursor, visitor, left);
    if (left < 0) {
      visitor.tooLarge();
      return;
    }
  } while (cursor.moreElements());
}

/** What an attribute costs that is passed over, and a text that is only handed on, in bytes that are read. */
const shortCost = 64;

/** @returns what it cost, in bytes that were read; one that costs more than `left` is passed over, and costs little */
function readKeyValue(cursor: JsonCursor, visitor: AttributeVisitor, left: number): number {
  const kind = cursor.peek();
  const start = cursor.pos;
  // The value may stand before the key: remember both, then read them in order.
  const key: TextRange = { bytes: cursor.bytes, start: 0, end: 0 };
  let valueAt = -1;
  let hasKey = true;
  if (cursor.enterObject()) {
    do {
      cursor.nextKey();
      if (cursor.keyIs(keyName)) {
        hasKey = cursor.readText(key);
      } else if (cursor.keyIs(valueName)) {
        cursor.peek();
        valueAt = cursor.pos;
        cursor.skipValue();
      } else {
        cursor.skipValue();
      }
    } while (cursor.moreMembers());
  }
  if (!hasKey || (kind !== openBrace && kind !== firstOfNull)) {
    visitor.malformedAttribute("an object with a text as its key", cursor.bytes, start, cursor.pos);
    return shortCost;
  }
  const after = cursor.pos;
  const cost = isLongText(cursor, valueAt) ? shortCost : after - start;
  if (cost > left) {
    if (key.end - key.start <= maxKeptKeyBytes) visitor.key(key.bytes, key.start, key.end);
    visitor.tooLarge();
    return shortCost;
  }
  visitor.key(key.bytes, key.start, key.end);
  if (valueAt < 0) {
    visitor.nothing();
    return cost;
  }
  cursor.pos = valueAt;
  readAnyValue(cursor, visitor);
  cursor.pos = after;
  return cost;
}

/** A longer key is left out of what is said of an attribute that is too large. */
const maxKeptKeyBytes = 255;
/** Where in a value a text begins at the latest: `{"stringValue":"`, with a little white space. */
const maxTextOffset = 48;

/** True if the value at `at` is measured and begins with a text that is too long for an event. */
function isLongText(cursor: JsonCursor, at: number): boolean {
  if (at < 0 || !cursor.isMeasured(at)) return false;
  for (let i = 1; i < maxTextOffset; i++) {
    if (cursor.bytes[at + i] === 0x22 && cursor.isMeasured(at + i)) return true;
  }
  return false;
}

/** Reads an AnyValue, which is next: an object with one known member. The last one counts. */
function readAnyValue(cursor: JsonCursor, visitor: AttributeVisitor): void {
  const opening = cursor.peek();
  const start = cursor.pos;
  let kind: Buffer | null = null;
  let valueAt = 0;
  if (cursor.enterObject()) {
    do {
      cursor.nextKey();
      const known = knownKind(cursor);
      const isNull = cursor.peek() === firstOfNull;
      if (known !== null && !isNull) {
        kind = known;
        valueAt = cursor.pos;
      }
      cursor.skipValue();
    } while (cursor.moreMembers());
  }
  const after = cursor.pos;
  if (kind !== null) {
    cursor.pos = valueAt;
    readKind(cursor, kind, visitor);
    cursor.pos = after;
  } else if (opening === openBrace || opening === firstOfNull) {
    visitor.nothing();
  } else {
    visitor.malformedValue('an object such as {"stringValue":…}', cursor.bytes, start, after);
  }
}

function knownKind(cursor: JsonCursor): Buffer | null {
  const { start, end } = cursor.key;
  switch (end - start) {
    case 11:
      return cursor.keyIs(stringValue)
        ? stringValue
        : cursor.keyIs(doubleValue)
          ? doubleValue
          : cursor.keyIs(kvlistValue)
            ? kvlistValue
            : null;
    case 8:
      return cursor.keyIs(intValue) ? intValue : null;
    case 9:
      return cursor.keyIs(boolValue) ? boolValue : null;
    case 10:
      return cursor.keyIs(arrayValue) ? arrayValue : cursor.keyIs(bytesValue) ? bytesValue : null;
    default:
      return null;
  }
}

const text: TextRange = { bytes: Buffer.alloc(0), start: 0, end: 0 };

function readKind(cursor: JsonCursor, kind: Buffer, visitor: AttributeVisitor): void {
  const start = cursor.pos;
  const expected = readExpectedKind(cursor, kind, visitor);
  if (expected === null) return;
  cursor.pos = start;
  cursor.skipValue();
  visitor.malformedValue(expected, cursor.bytes, start, cursor.pos);
}

/** Null after the value was handed on; otherwise what OTLP allows, and nothing was handed on. */
function readExpectedKind(cursor: JsonCursor, kind: Buffer, visitor: AttributeVisitor): string | null {
  const first = cursor.bytes[cursor.pos];
  switch (kind) {
    case stringValue:
      if (first !== 0x22) return "a text in stringValue";
      cursor.readString(text);
      visitor.string(text.bytes, text.start, text.end);
      return null;
    case boolValue:
      if (first !== 0x74 && first !== 0x66) return "true or false in boolValue";
      visitor.bool(first === 0x74);
      return null;
    case intValue:
      return readInt(cursor, visitor) ? null : "an integer in intValue";
    case doubleValue:
      return readDouble(cursor, visitor) ? null : "a number in doubleValue";
    case bytesValue:
      return first === 0x22 && readBytes(cursor, visitor) ? null : "base64 in bytesValue";
    case arrayValue:
      return readArrayValue(cursor, visitor) ? null : "an object with an array as its values in arrayValue";
    default:
      return readMapValue(cursor, visitor) ? null : "an object with an array as its values in kvlistValue";
  }
}

function readBytes(cursor: JsonCursor, visitor: AttributeVisitor): boolean {
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

function readArrayValue(cursor: JsonCursor, visitor: AttributeVisitor): boolean {
  const valuesAt = findValues(cursor);
  if (valuesAt === malformed) return false;
  if (!visitor.beginArray()) return true;
  if (valuesAt >= 0) {
    cursor.pos = valuesAt;
    if (cursor.enterArray()) {
      do {
        readAnyValue(cursor, visitor);
      } while (cursor.moreElements());
    }
  }
  visitor.endArray();
  return true;
}

function readMapValue(cursor: JsonCursor, visitor: AttributeVisitor): boolean {
  const valuesAt = findValues(cursor);
  if (valuesAt === malformed) return false;
  if (!visitor.beginMap()) return true;
  if (valuesAt >= 0) {
    cursor.pos = valuesAt;
    readJsonAttributes(cursor, visitor);
  }
  visitor.endMap();
  return true;
}

const malformed = -2;

/** Where the array `values` of the next object stands; -1 if there is none, `malformed` if either has another type. */
function findValues(cursor: JsonCursor): number {
  if (cursor.peek() !== openBrace) return malformed;
  let at = -1;
  if (!cursor.enterObject()) return at;
  do {
    cursor.nextKey();
    const first = cursor.peek();
    if (cursor.keyIs(valuesName)) at = first === openBracket ? cursor.pos : first === firstOfNull ? -1 : malformed;
    cursor.skipValue();
  } while (cursor.moreMembers());
  return at;
}

/**
 * An integer of 64 bits is handed on exactly, a larger one as the nearest double: OpenTelemetry JS writes the number 1e21
 * as `intValue`, because it is integral.
 */
function readInt(cursor: JsonCursor, visitor: AttributeVisitor): boolean {
  const number = readNumberText(cursor);
  if (number === null) return false;
  if (number.length <= 15 && plainInteger.test(number)) {
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

function readDouble(cursor: JsonCursor, visitor: AttributeVisitor): boolean {
  const number = readNumberText(cursor);
  const value = number === null ? null : readDoubleText(number);
  if (value === null) return false;
  visitor.double(value);
  return true;
}
