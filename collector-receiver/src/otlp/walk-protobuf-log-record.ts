import { idState, spanIdAt, traceIdAt, type OtlpCarrier } from "./otlp-carrier.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { anyWireType, attributesOfLogRecord, copyId, logRecordFields, wrongMessage } from "./protobuf-fields.ts";

/**
 * Reads the LogRecord in `[start, end)` into the carrier.
 * @returns where its attributes begin; `end` where it has none
 */
export function readLogRecord(cursor: ProtobufCursor, carrier: OtlpCarrier, start: number, end: number): number {
  const { view } = cursor;
  carrier.timeHigh = carrier.timeLow = carrier.observedHigh = carrier.observedLow = 0;
  carrier.spanName.start = carrier.spanName.end = 0;
  carrier.eventName.start = carrier.eventName.end = 0;
  carrier.traceIdStart = carrier.traceIdEnd = carrier.spanIdStart = carrier.spanIdEnd = 0;
  carrier.parentSpanIdState = idState.absent;
  let attributesStart = end;
  for (let pos = start; pos < end;) {
    const tagAt = pos;
    const tag = cursor.readTag(pos, end);
    if ((tag & 7) === 2 && tag >>> 3 < logRecordFields.length && logRecordFields[tag >>> 3] === 2) {
      const length = cursor.readLength(cursor.pos, end);
      const at = cursor.pos;
      pos = at + length;
      if (tag === attributesOfLogRecord) {
        if (tagAt < attributesStart) attributesStart = tagAt;
      } else if (tag === 0x62) {
        carrier.eventName.start = at;
        carrier.eventName.end = pos;
      } else if (tag === 0x4a) {
        carrier.traceIdStart = at;
        carrier.traceIdEnd = pos;
      } else if (tag === 0x52) {
        carrier.spanIdStart = at;
        carrier.spanIdEnd = pos;
      }
    } else if (tag === 0x09 || tag === 0x59) {
      const at = cursor.pos;
      pos = at + 8;
      if (pos > end) throw cursor.truncated(tagAt, "a time of a log record");
      if (tag === 0x09) {
        carrier.timeLow = view.getUint32(at, true);
        carrier.timeHigh = view.getUint32(at + 4, true);
      } else {
        carrier.observedLow = view.getUint32(at, true);
        carrier.observedHigh = view.getUint32(at + 4, true);
      }
    } else {
      if (tag >>> 3 < logRecordFields.length) {
        const expected = logRecordFields[tag >>> 3]!;
        if (expected !== anyWireType && expected !== (tag & 7)) {
          throw wrongMessage("logs", tag, tagAt, "a log record");
        }
      }
      pos = cursor.skipField(tag, cursor.pos, end, logRecordFields, "a log record");
    }
  }
  const { traceIdStart, traceIdEnd, spanIdStart, spanIdEnd } = carrier;
  carrier.traceIdState = copyId(carrier, traceIdStart, traceIdEnd - traceIdStart, traceIdAt, 16);
  carrier.spanIdState = copyId(carrier, spanIdStart, spanIdEnd - spanIdStart, spanIdAt, 8);
  carrier.eventStart = start;
  carrier.eventEnd = end;
  return attributesStart;
}
