import type { OtlpCarrier, TextRange } from "./otlp-carrier.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { anyValueFields, anyValueTag } from "./protobuf-fields.ts";
import { maxBodyFields } from "./walk-pauses.ts";

/**
 * Finds the log record's body in `cursor.bytes` if it is a list of keys and values that is not empty.
 * @returns where the list begins, -1 if there is none; it ends where the cursor stands
 */
export function findProtobufPayload(cursor: ProtobufCursor, { recordBodyStart, recordBodyEnd }: OtlpCarrier): number {
  // A oneof that is set several times has its last value.
  let listStart = -1;
  let listEnd = -1;
  let left = maxBodyFields;
  for (let pos = recordBodyStart; pos < recordBodyEnd;) {
    if (left-- === 0) return -1;
    const tag = cursor.readTag(pos, recordBodyEnd);
    const at = cursor.pos;
    pos = cursor.skipField(tag, at, recordBodyEnd, anyValueFields, "a log record's body");
    if (tag >>> 3 >= anyValueFields.length) continue;
    listStart = -1;
    if (tag !== anyValueTag.kvlist || cursor.readLength(at, recordBodyEnd) === 0) continue;
    listStart = cursor.pos;
    listEnd = pos;
  }
  cursor.pos = listEnd;
  return listStart;
}

/** Finds the text that the log record's body begins with. */
export function findProtobufText(
  cursor: ProtobufCursor,
  { body, recordBodyStart, recordBodyEnd }: OtlpCarrier,
  into: TextRange,
): boolean {
  if (recordBodyStart === recordBodyEnd || body[recordBodyStart] !== anyValueTag.string) return false;
  const length = cursor.readLength(recordBodyStart + 1, recordBodyEnd);
  into.bytes = body;
  into.start = cursor.pos;
  into.end = into.start + length;
  return true;
}
