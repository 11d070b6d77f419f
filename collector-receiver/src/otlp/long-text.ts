/** Which attributes are long texts: nobody looks at their bytes here, so that they do not count as bytes that are read. */
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { anyValueTag, keyValueTag } from "./protobuf-fields.ts";

/**
 * True if the KeyValue in `[start, end)` is a key of under 128 bytes and a text or bytes, and nothing else. The Collector
 * writes the value first.
 */
export function isLongText(cursor: ProtobufCursor, start: number, end: number): boolean {
  const { bytes } = cursor;
  if (bytes[start] === keyValueTag.value) {
    const keyAt = skipValue(cursor, start, end);
    return isKeyOf(bytes, keyAt, end) && isText(cursor, cursor.pos, keyAt);
  }
  const valueAt = start + 2 + bytes[start + 1]!;
  if (!isKeyOf(bytes, start, valueAt) || valueAt >= end || bytes[valueAt] !== keyValueTag.value) return false;
  const length = cursor.readLength(valueAt + 1, end);
  return cursor.pos + length === end && isText(cursor, cursor.pos, end);
}

/** The end of the value that begins at `start`; the cursor is left where its AnyValue begins. */
export function skipValue(cursor: ProtobufCursor, start: number, end: number): number {
  const length = cursor.readLength(start + 1, end);
  return cursor.pos + length;
}

/** True if a key of under 128 bytes fills `[start, end)`. */
export function isKeyOf(bytes: Buffer, start: number, end: number): boolean {
  const length = bytes[start + 1]!;
  return start < end && bytes[start] === keyValueTag.key && length < 0x80 && start + 2 + length === end;
}

/** True if a text or bytes fill the AnyValue in `[start, end)`. */
function isText(cursor: ProtobufCursor, start: number, end: number): boolean {
  const tag = cursor.bytes[start];
  if (start >= end || (tag !== anyValueTag.string && tag !== anyValueTag.bytes)) return false;
  return cursor.readLength(start + 1, end) === end - cursor.pos;
}
