import { maxTraceStateBytes, type SpanEnd } from "./otlp-carrier.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { spanFields, spanTag, statusFields, statusTag } from "./protobuf-fields.ts";

const statusError = 2;

/** Reads times and status of the Span in `[start, end)`, whose fields were walked before. */
export function readProtobufSpanEnd(cursor: ProtobufCursor, start: number, end: number, into: SpanEnd): void {
  const { view } = cursor;
  into.startHigh = into.startLow = into.endHigh = into.endLow = 0;
  into.failed = false;
  into.traceState = "";
  for (let pos = start; pos < end;) {
    const tag = cursor.readTag(pos, end);
    const at = cursor.pos;
    pos = cursor.skipField(tag, at, end, spanFields, "a span");
    if (tag === spanTag.startTime) {
      into.startLow = view.getUint32(at, true);
      into.startHigh = view.getUint32(at + 4, true);
    } else if (tag === spanTag.endTime) {
      into.endLow = view.getUint32(at, true);
      into.endHigh = view.getUint32(at + 4, true);
    } else if (tag === spanTag.traceState) {
      cursor.readLength(at, end);
      into.traceState = cursor.bytes.latin1Slice(cursor.pos, Math.min(pos, cursor.pos + maxTraceStateBytes));
    } else if (tag === spanTag.status) {
      cursor.readLength(at, end);
      into.failed = isError(cursor, cursor.pos, pos) ?? into.failed;
    }
  }
}

/** Undefined if this part of the status has no code. */
function isError(cursor: ProtobufCursor, start: number, end: number): boolean | undefined {
  let failed: boolean | undefined;
  for (let pos = start; pos < end;) {
    const tag = cursor.readTag(pos, end);
    const at = cursor.pos;
    pos = cursor.skipField(tag, at, end, statusFields, "a status");
    if (tag === statusTag.code) failed = cursor.readCount(at, end) === statusError;
  }
  return failed;
}
