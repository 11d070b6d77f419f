import { idState, spanIdAt, traceIdAt, type OtlpCarrier } from "./otlp-carrier.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { anyWireType, attributesOfLogRecord, copyId, logRecordFields, wrongMessage } from "./protobuf-fields.ts";
import { pieceBytes } from "./walk-pauses.ts";
import type { EventReadingPlace } from "./walk-protobuf-span.ts";

/**
 * Reads the LogRecord in `[start, end)` into the carrier, a long one a piece at a time.
 * @param from `start`, or where the piece before ended: `reading.pos`
 * @returns false if it is not read to its end
 */
export function readLogRecord(
  cursor: ProtobufCursor,
  carrier: OtlpCarrier,
  reading: EventReadingPlace,
  start: number,
  from: number,
  end: number,
): boolean {
  const { view } = cursor;
  if (from === start) beginRecord(carrier, reading, end);
  let { attributesStart, attributesEnd } = reading;
  const stop = Math.min(end, from + pieceBytes);
  let pos = from;
  while (pos < stop) {
    const tagAt = pos;
    const tag = cursor.readTag(pos, end);
    if ((tag & 7) === 2 && tag >>> 3 < logRecordFields.length && logRecordFields[tag >>> 3] === 2) {
      const length = cursor.readLength(cursor.pos, end);
      const at = cursor.pos;
      pos = at + length;
      if (tag === attributesOfLogRecord) {
        if (tagAt < attributesStart) attributesStart = tagAt;
        attributesEnd = pos;
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
  reading.pos = pos;
  reading.attributesStart = attributesStart;
  reading.attributesEnd = attributesEnd;
  if (pos < end) return false;
  const { traceIdStart, traceIdEnd, spanIdStart, spanIdEnd } = carrier;
  carrier.traceIdState = copyId(carrier, traceIdStart, traceIdEnd - traceIdStart, traceIdAt, 16);
  carrier.spanIdState = copyId(carrier, spanIdStart, spanIdEnd - spanIdStart, spanIdAt, 8);
  carrier.eventStart = start;
  carrier.eventEnd = end;
  return true;
}

function beginRecord(carrier: OtlpCarrier, reading: EventReadingPlace, end: number): void {
  carrier.timeHigh = carrier.timeLow = carrier.observedHigh = carrier.observedLow = 0;
  carrier.spanName.start = carrier.spanName.end = 0;
  carrier.eventName.start = carrier.eventName.end = 0;
  carrier.traceIdStart = carrier.traceIdEnd = carrier.spanIdStart = carrier.spanIdEnd = 0;
  carrier.parentSpanIdState = idState.absent;
  reading.attributesStart = reading.attributesEnd = end;
}
