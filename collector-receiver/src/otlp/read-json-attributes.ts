import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import type { AttributeVisitor, TextRange } from "./otlp-carrier.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { deliverInt64 } from "./read-protobuf-attributes.ts";

const keyName = Buffer.from("key");
const valueName = Buffer.from("value");
const valuesName = Buffer.from("values");
const stringValue = Buffer.from("stringValue");
const boolValue = Buffer.from("boolValue");
const intValue = Buffer.from("intValue");
const doubleValue = Buffer.from("doubleValue");
const arrayValue = Buffer.from("arrayValue");
const kvlistValue = Buffer.from("kvlistValue");
const bytesValue = Buffer.from("bytesValue");
const numberText = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;
const base64Text = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Reads an array of KeyValue, which is next, in wire order. */
export function readJsonAttributes(cursor: JsonCursor, visitor: AttributeVisitor): void {
  if (!cursor.enterArray()) return;
  do {
    readKeyValue(cursor, visitor);
  } while (cursor.moreElements());
}

function readKeyValue(cursor: JsonCursor, visitor: AttributeVisitor): void {
  if (!cursor.enterObject()) {
    visitor.key(cursor.bytes, 0, 0);
    visitor.nothing();
    return;
  }
  // The value may stand before the key: remember both, then read them in order.
  const key: TextRange = { bytes: cursor.bytes, start: 0, end: 0 };
  let valueAt = -1;
  do {
    cursor.nextKey();
    if (cursor.keyIs(keyName)) {
      if (!cursor.skipNull()) cursor.readString(key);
    } else if (cursor.keyIs(valueName)) {
      cursor.peek();
      valueAt = cursor.pos;
      cursor.skipValue();
    } else {
      cursor.skipValue();
    }
  } while (cursor.moreMembers());
  visitor.key(key.bytes, key.start, key.end);
  if (valueAt < 0) {
    visitor.nothing();
    return;
  }
  const after = cursor.pos;
  cursor.pos = valueAt;
  readAnyValue(cursor, visitor);
  cursor.pos = after;
}

/** Reads an AnyValue, which is next: an object with one known member. The last one counts. */
function readAnyValue(cursor: JsonCursor, visitor: AttributeVisitor): void {
  if (!cursor.enterObject()) {
    visitor.nothing();
    return;
  }
  let kind: Buffer | null = null;
  let valueAt = 0;
  do {
    cursor.nextKey();
    const known = knownKind(cursor);
    const isNull = cursor.peek() === 0x6e;
    if (known !== null && !isNull) {
      kind = known;
      valueAt = cursor.pos;
    }
    cursor.skipValue();
  } while (cursor.moreMembers());
  if (kind === null) {
    visitor.nothing();
    return;
  }
  const after = cursor.pos;
  cursor.pos = valueAt;
  readKind(cursor, kind, visitor);
  cursor.pos = after;
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
  switch (kind) {
    case stringValue:
      cursor.readString(text);
      visitor.string(text.bytes, text.start, text.end);
      return;
    case boolValue: {
      const value = cursor.peek() === 0x74;
      cursor.skipLiteral(value ? "true" : "false");
      visitor.bool(value);
      return;
    }
    case intValue:
      readInt(cursor, visitor);
      return;
    case doubleValue:
      readDouble(cursor, visitor);
      return;
    case bytesValue: {
      cursor.readString(text);
      const base64 = text.bytes.latin1Slice(text.start, text.end);
      if (!base64Text.test(base64)) throw cursor.error("base64 before this place");
      const bytes = Buffer.from(base64, "base64");
      visitor.binary(bytes, 0, bytes.length);
      return;
    }
    case arrayValue:
      readArrayValue(cursor, visitor);
      return;
    default:
      readMapValue(cursor, visitor);
  }
}

function readArrayValue(cursor: JsonCursor, visitor: AttributeVisitor): void {
  const valuesAt = findValues(cursor);
  if (!visitor.beginArray()) return;
  if (valuesAt >= 0) {
    cursor.pos = valuesAt;
    if (cursor.enterArray()) {
      do {
        readAnyValue(cursor, visitor);
      } while (cursor.moreElements());
    }
  }
  visitor.endArray();
}

function readMapValue(cursor: JsonCursor, visitor: AttributeVisitor): void {
  const valuesAt = findValues(cursor);
  if (!visitor.beginMap()) return;
  if (valuesAt >= 0) {
    cursor.pos = valuesAt;
    readJsonAttributes(cursor, visitor);
  }
  visitor.endMap();
}

/** Where the member `values` of the next object stands; -1 where there is none. */
function findValues(cursor: JsonCursor): number {
  let at = -1;
  if (!cursor.enterObject()) return at;
  do {
    cursor.nextKey();
    cursor.peek();
    if (cursor.keyIs(valuesName)) at = cursor.pos;
    cursor.skipValue();
  } while (cursor.moreMembers());
  return at;
}

/** A number, or a text that holds one. */
export function readNumberText(cursor: JsonCursor): string {
  if (cursor.peek() === 0x22) {
    cursor.readString(text);
    return text.bytes.latin1Slice(text.start, text.end);
  }
  const start = cursor.pos;
  cursor.skipNumber();
  return cursor.bytes.latin1Slice(start, cursor.pos);
}

function readInt(cursor: JsonCursor, visitor: AttributeVisitor): void {
  const at = cursor.pos;
  const number = readNumberText(cursor);
  if (number.length <= 15 && plainInteger.test(number)) {
    visitor.int(Number(number) + 0);
    return;
  }
  const exact = readExactInteger(number);
  if (exact === null || BigInt.asIntN(64, exact) !== exact) {
    throw new MalformedOtlpError(`Expected a 64-bit integer, found ${JSON.stringify(number.slice(0, 40))}`, at);
  }
  deliverInt64(Number(exact >> 32n), Number(exact & 0xffffffffn), visitor);
}

const plainInteger = /^-?[0-9]+$/;

/** "7", "7.0" and "7e0" are the same integer in protobuf's JSON; null where it is none. */
export function readExactInteger(number: string): bigint | null {
  if (number.length <= 24 && plainInteger.test(number)) return BigInt(number);
  if (number.length > 40 || !numberText.test(number)) return null;
  const value = Number(number);
  return Number.isSafeInteger(value) ? BigInt(value) : null;
}

function readDouble(cursor: JsonCursor, visitor: AttributeVisitor): void {
  const at = cursor.pos;
  const number = readNumberText(cursor);
  if (numberText.test(number)) visitor.double(Number(number));
  else if (number === "NaN") visitor.double(NaN);
  else if (number === "Infinity") visitor.double(Infinity);
  else if (number === "-Infinity") visitor.double(-Infinity);
  else throw new MalformedOtlpError(`Expected a number, found ${JSON.stringify(number.slice(0, 40))}`, at);
}
