import { isKeyOf, isLongText, skipValue } from "./long-text.ts";
import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import type { AttributeVisitor } from "./otlp-carrier.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { anyValueFields, anyValueTag, keyValueFields, keyValueTag, listFields, listTag } from "./protobuf-fields.ts";
import { maxAttributesBytes } from "./walk-pauses.ts";

/** What a field costs that is passed over by its length, and a text that is only handed on, in bytes that are read. */
const shortCost = 128;
/** An attribute of at most so many bytes counts as a short one. */
const maxShortBytes = 256;

/**
 * Reads every KeyValue under `attributesTag` in `[start, end)`, in wire order, up to `maxAttributesBytes`; see `tooLarge`. A
 * long text does not count, because nobody looks at its bytes here.
 */
export function readProtobufAttributes(
  cursor: ProtobufCursor,
  start: number,
  end: number,
  attributesTag: number,
  fields: Uint8Array,
  visitor: AttributeVisitor,
): void {
  const bytes = cursor.bytes;
  let left = maxAttributesBytes;
  let pos = start;
  while (pos < end) {
    if ((left -= shortCost) < 0) {
      visitor.tooLarge();
      return;
    }
    if (bytes[pos] !== attributesTag) {
      const tag = cursor.readTag(pos, end);
      pos = cursor.skipField(tag, cursor.pos, end, fields, "an event");
      continue;
    }
    pos++;
    let length = bytes[pos++]!;
    if (length > 0x7f) {
      length = cursor.readLength(pos - 1, end);
      pos = cursor.pos;
    }
    const next = pos + length;
    if (!(next <= end)) throw cursor.truncated(pos, "an attribute");
    // Almost every encoder writes key, then value, and each under 128 bytes.
    const keyLength = bytes[pos + 1]!;
    const valueAt = pos + 2 + keyLength;
    if (
      bytes[pos] === keyValueTag.key &&
      keyLength < 0x80 &&
      bytes[valueAt] === keyValueTag.value &&
      valueAt + 2 + bytes[valueAt + 1]! === next &&
      bytes[valueAt + 1]! < 0x80
    ) {
      visitor.key(bytes, pos + 2, valueAt);
      readAnyValue(cursor, valueAt + 2, next, visitor);
    } else if (isLongText(cursor, pos, next) || (left -= length) >= 0) {
      readKeyValue(cursor, pos, next, visitor);
    } else {
      left += length;
      const keyAt = bytes[pos] === keyValueTag.value ? skipValue(cursor, pos, next) : pos;
      const keyEnd = keyAt + 2 + bytes[keyAt + 1]!;
      if (keyEnd <= next && isKeyOf(bytes, keyAt, keyEnd)) visitor.key(bytes, keyAt + 2, keyEnd);
      visitor.tooLarge();
    }
    pos = next;
  }
}

function readKeyValue(cursor: ProtobufCursor, start: number, end: number, visitor: AttributeVisitor): void {
  let keyStart = start;
  let keyEnd = start;
  let valueStart = end;
  let valueEnd = end;
  for (let pos = start; pos < end;) {
    const tag = cursor.readTag(pos, end);
    if (tag === keyValueTag.key || tag === keyValueTag.value) {
      const length = cursor.readLength(cursor.pos, end);
      const at = cursor.pos;
      pos = at + length;
      if (tag === keyValueTag.key) {
        keyStart = at;
        keyEnd = pos;
      } else if (valueStart === end || hasValue(cursor, at, pos)) {
        // Parts of a value are merged: the last one that says something counts.
        valueStart = at;
        valueEnd = pos;
      }
    } else {
      pos = cursor.skipField(tag, cursor.pos, end, keyValueFields, "an attribute");
    }
  }
  visitor.key(cursor.bytes, keyStart, keyEnd);
  readAnyValue(cursor, valueStart, valueEnd, visitor);
}

/** True if the AnyValue in `[start, end)` is set. */
function hasValue(cursor: ProtobufCursor, start: number, end: number): boolean {
  for (let pos = start; pos < end;) {
    const tag = cursor.readTag(pos, end);
    if (tag >>> 3 < anyValueFields.length) return true;
    pos = cursor.skipField(tag, cursor.pos, end, anyValueFields, "an attribute's value");
  }
  return false;
}

/** True if a KeyValue under `attributesTag` in `[start, end)` has exactly that key; it is looked for as far as attributes are read. */
export function hasProtobufKey(
  cursor: ProtobufCursor,
  start: number,
  end: number,
  attributesTag: number,
  fields: Uint8Array,
  name: Buffer,
): boolean {
  let left = maxAttributesBytes;
  for (let pos = start; pos < end && (left -= shortCost) >= 0;) {
    const tag = cursor.readTag(pos, end);
    if (tag === attributesTag) {
      const length = cursor.readLength(cursor.pos, end);
      const at = cursor.pos;
      pos = at + length;
      if (length > maxShortBytes && !isLongText(cursor, at, pos)) {
        if (length > left) continue;
        left -= length;
      }
      if (readProtobufKey(cursor, at, pos, name)) return true;
    } else {
      pos = cursor.skipField(tag, cursor.pos, end, fields, "an event");
    }
  }
  return false;
}

/** True if the KeyValue in `[start, end)` has exactly that key. */
function readProtobufKey(cursor: ProtobufCursor, start: number, end: number, name: Buffer): boolean {
  const bytes = cursor.bytes;
  let same = false;
  for (let pos = start; pos < end;) {
    const tag = cursor.readTag(pos, end);
    if (tag === keyValueTag.key) {
      const length = cursor.readLength(cursor.pos, end);
      const at = cursor.pos;
      pos = at + length;
      same = length === name.length && name.compare(bytes, at, pos) === 0;
    } else {
      pos = cursor.skipField(tag, cursor.pos, end, keyValueFields, "an attribute");
    }
  }
  return same;
}

function readAnyValue(cursor: ProtobufCursor, start: number, end: number, visitor: AttributeVisitor): void {
  const bytes = cursor.bytes;
  if (start === end) {
    visitor.nothing();
    return;
  }
  const tag = bytes[start]!;
  let pos = start + 1;
  if (tag === anyValueTag.string) {
    let length = bytes[pos++]!;
    if (length > 0x7f) {
      length = cursor.readLength(pos - 1, end);
      pos = cursor.pos;
    }
    if (pos + length === end) {
      visitor.string(bytes, pos, end);
      return;
    }
  } else if (tag === anyValueTag.double) {
    if (pos + 8 === end) {
      visitor.double(readDouble(bytes, pos));
      return;
    }
  } else if (tag === anyValueTag.int || tag === anyValueTag.bool) {
    if (pos + 1 === end && bytes[pos]! < 0x80) {
      if (tag === anyValueTag.int) visitor.int(bytes[pos]!);
      else visitor.bool(bytes[pos] !== 0);
      return;
    }
  }
  // A oneof that is set several times has its last value; a skip checks each on the way.
  let lastTag = 0;
  let lastAt = start;
  let lastEnd = end;
  for (pos = start; pos < end;) {
    const fieldTag = cursor.readTag(pos, end);
    const at = cursor.pos;
    pos = cursor.skipField(fieldTag, at, end, anyValueFields, "an attribute's value");
    if (fieldTag >>> 3 < anyValueFields.length) {
      lastTag = fieldTag;
      lastAt = at;
      lastEnd = pos;
    }
  }
  readField(cursor, lastTag, lastAt, lastEnd, visitor);
}

function readField(cursor: ProtobufCursor, tag: number, at: number, end: number, visitor: AttributeVisitor): void {
  const bytes = cursor.bytes;
  switch (tag) {
    case anyValueTag.string:
      cursor.readLength(at, end);
      visitor.string(bytes, cursor.pos, end);
      return;
    case anyValueTag.bool:
      visitor.bool(readBool(bytes, at, end));
      return;
    case anyValueTag.int:
      readInt64(bytes, at, end, visitor);
      return;
    case anyValueTag.double:
      visitor.double(readDouble(bytes, at));
      return;
    case anyValueTag.array:
      cursor.readLength(at, end);
      readArray(cursor, cursor.pos, end, visitor);
      return;
    case anyValueTag.kvlist: {
      cursor.readLength(at, end);
      const start = cursor.pos;
      if (!visitor.beginMap()) return;
      readProtobufAttributes(cursor, start, end, listTag.values, listFields, visitor);
      visitor.endMap();
      return;
    }
    case anyValueTag.bytes:
      cursor.readLength(at, end);
      visitor.binary(bytes, cursor.pos, end);
      return;
    default:
      visitor.nothing();
  }
}

function readArray(cursor: ProtobufCursor, start: number, end: number, visitor: AttributeVisitor): void {
  if (!visitor.beginArray()) return;
  for (let pos = start; pos < end;) {
    const tag = cursor.readTag(pos, end);
    if (tag === listTag.values) {
      const length = cursor.readLength(cursor.pos, end);
      const at = cursor.pos;
      pos = at + length;
      readAnyValue(cursor, at, pos, visitor);
    } else {
      pos = cursor.skipField(tag, cursor.pos, end, listFields, "an array value");
    }
  }
  visitor.endArray();
}

function readBool(bytes: Buffer, at: number, end: number): boolean {
  for (let pos = at; pos < end; pos++) if ((bytes[pos]! & 0x7f) !== 0) return true;
  return false;
}

/** A varint of up to 10 bytes as two 32-bit halves; no BigInt. */
function readInt64(bytes: Buffer, at: number, end: number, visitor: AttributeVisitor): void {
  let low = 0;
  let high = 0;
  let shift = 0;
  for (let pos = at; pos < end; pos++, shift += 7) {
    const bits = bytes[pos]! & 0x7f;
    if (shift < 28) {
      low |= bits << shift;
    } else if (shift === 28) {
      low |= bits << 28;
      high = bits >>> 4;
    } else if (shift < 64) {
      high |= bits << (shift - 32);
    } else {
      throw new MalformedOtlpError("An integer has at most 64 bits, this one has more", at);
    }
  }
  deliverInt64(high, low >>> 0, visitor);
}

/** Hands a 64-bit integer on as a number if that is exact. */
export function deliverInt64(high: number, low: number, visitor: AttributeVisitor): void {
  if (high >= -0x200000 && high < 0x200000) {
    const value = high * 0x100000000 + low;
    if (Number.isSafeInteger(value)) {
      visitor.int(value);
      return;
    }
  }
  visitor.wideInt(high | 0, low);
}

const doubleBytes = new Uint8Array(8);
const doubleValue = new Float64Array(doubleBytes.buffer);

function readDouble(bytes: Buffer, at: number): number {
  for (let i = 0; i < 8; i++) doubleBytes[i] = bytes[at + i]!;
  return doubleValue[0]!;
}
