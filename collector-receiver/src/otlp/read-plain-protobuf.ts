import type { PlainVisitor } from "./otlp-carrier.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { anyValueTag, keyValueTag } from "./protobuf-fields.ts";

/**
 * Reads the KeyValues under `attributesTag` in `[start, end)` if all of them are plain: key before value, one value that is
 * a text, a number or a boolean.
 * @returns false if one is not plain, or the visitor did not take it: they have to be read one by one
 */
export function readPlainProtobuf(
  cursor: ProtobufCursor,
  start: number,
  end: number,
  attributesTag: number,
  fields: Uint8Array,
  visitor: PlainVisitor,
): boolean {
  const { bytes, view } = cursor;
  let pos = start;
  while (pos < end) {
    if (bytes[pos] !== attributesTag) {
      const tag = cursor.readTag(pos, end);
      pos = cursor.skipField(tag, cursor.pos, end, fields, "an event");
      continue;
    }
    let length = bytes[++pos]!;
    if (length < 0x80) {
      pos++;
    } else {
      length = cursor.readLength(pos, end);
      pos = cursor.pos;
    }
    const next = pos + length;
    const keyLength = bytes[pos + 1]!;
    const keyAt = pos + 2;
    let valueAt = keyAt + keyLength;
    if (
      next > end ||
      bytes[pos] !== keyValueTag.key ||
      keyLength > 0x7f ||
      valueAt + 2 > next ||
      bytes[valueAt] !== keyValueTag.value
    ) {
      return false;
    }
    const name = visitor.nameAt(keyAt, valueAt);
    length = bytes[++valueAt]!;
    if (length < 0x80) {
      valueAt++;
    } else {
      length = cursor.readLength(valueAt, next);
      valueAt = cursor.pos;
    }
    if (valueAt + length !== next || length === 0) return false;
    const tag = bytes[valueAt++];
    if (tag === anyValueTag.string) {
      length = bytes[valueAt]!;
      if (length < 0x80) {
        valueAt++;
      } else {
        length = cursor.readLength(valueAt, next);
        valueAt = cursor.pos;
      }
      if (valueAt + length !== next || !visitor.plainText(name, valueAt, next)) return false;
    } else if (tag === anyValueTag.int) {
      // Seven bytes are 49 bits: a double holds them.
      if (next === valueAt || next - valueAt > 7) return false;
      let value = 0;
      let scale = 1;
      for (; valueAt < next; scale *= 128) {
        const byte = bytes[valueAt++]!;
        value += (byte & 0x7f) * scale;
        if (byte < 0x80 !== (valueAt === next)) return false;
      }
      if (!visitor.plainInt(name, value)) return false;
    } else if (tag === anyValueTag.double) {
      if (valueAt + 8 !== next || !visitor.plainDouble(name, view.getFloat64(valueAt, true))) return false;
    } else if (tag === anyValueTag.bool) {
      if (valueAt + 1 !== next || bytes[valueAt]! > 0x7f) return false;
      if (!visitor.plainBool(name, bytes[valueAt] !== 0)) return false;
    } else {
      return false;
    }
    pos = next;
  }
  return true;
}
