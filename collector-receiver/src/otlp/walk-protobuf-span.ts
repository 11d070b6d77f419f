import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import { parentSpanIdAt, spanIdAt, traceIdAt, type OtlpCarrier, type SpanIdFacts } from "./otlp-carrier.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { attributesOfEvent, copyId, eventFields, spanFields, wrongMessage } from "./protobuf-fields.ts";
import { pieceBytes } from "./walk-pauses.ts";

/** The span that is being read. A long one is read in pieces, and its fields are kept here between two of them. */
export class SpanReading {
  /** How many events it has, and where its first one begins and ends. */
  events = 0;
  firstStart = 0;
  firstEnd = 0;
  /** Up to where the span was read. */
  pos = 0;
  traceIdStart = 0;
  traceIdLength = 0;
  spanIdStart = 0;
  spanIdLength = 0;
  parentIdStart = 0;
  parentIdLength = 0;
  nameStart = 0;
  nameLength = 0;
  startTimeAt = -1;
}

/** The event (or log record) that is being read, see `SpanReading`. */
export class EventReadingPlace {
  /** Up to where it was read. */
  pos = 0;
  /** Its attributes lie in `[attributesStart, attributesEnd)`, with other fields among them; both are its end if it has none. */
  attributesStart = 0;
  attributesEnd = 0;
  nameStart = 0;
  nameEnd = 0;
  timeAt = -1;
}

/**
 * After the last span. One with strange ids among others is a broken span, which concerns nobody here; if there is nothing
 * else, the body is another signal's.
 * @throws MalformedOtlpError if none of the spans was one
 */
export function refuseOtherSignal({ known, strangeAt, strangeTraceId, strangeSpanId }: SpanIdFacts): void {
  if (strangeAt < 0 || known > 0) return;
  throw new MalformedOtlpError(
    "A span's trace_id has 16 bytes and its span_id 8: these are " +
      `${strangeTraceId} and ${strangeSpanId}. Is this another signal than traces?`,
    strangeAt,
  );
}

/**
 * Reads the Span in `[start, end)` into the carrier, a long one a piece at a time. One without events costs its fields' tags
 * and lengths.
 * @param from `start`, or where the piece before ended: `reading.pos`
 * @param wanted true if the span is wanted even if it has no events
 * @returns false if the span is passed over or, where `reading.pos` is before the end, not read to its end; the carrier then
 *   says nothing of it
 */
export function readSpan(
  cursor: ProtobufCursor,
  carrier: OtlpCarrier,
  reading: SpanReading,
  start: number,
  from: number,
  end: number,
  wanted: boolean,
): boolean {
  const { bytes, view } = cursor;
  let events = 0;
  let firstStart = 0;
  let firstEnd = 0;
  let traceIdStart = 0;
  let traceIdLength = 0;
  let spanIdStart = 0;
  let spanIdLength = 0;
  let parentIdStart = 0;
  let parentIdLength = 0;
  let nameStart = 0;
  let nameLength = 0;
  let startTimeAt = -1;
  if (from > start) {
    ({ events, firstStart, firstEnd, traceIdStart, traceIdLength, spanIdStart, spanIdLength } = reading);
    ({ parentIdStart, parentIdLength, nameStart, nameLength, startTimeAt } = reading);
  }
  const stop = Math.min(end, from + pieceBytes);
  let pos = from;
  while (pos < stop) {
    const tagAt = pos;
    const tag = bytes[pos++]!;
    if ((tag & 0x87) === 2) {
      let length = bytes[pos++]!;
      if (length > 0x7f) {
        length = cursor.readLength(pos - 1, end);
        pos = cursor.pos;
      }
      if (!(pos + length <= end)) throw cursor.truncated(tagAt, "a field of a span");
      switch (tag) {
        case 0x0a:
          traceIdStart = pos;
          traceIdLength = length;
          break;
        case 0x12:
          spanIdStart = pos;
          spanIdLength = length;
          break;
        case 0x22:
          parentIdStart = pos;
          parentIdLength = length;
          break;
        case 0x2a:
          nameStart = pos;
          nameLength = length;
          break;
        case 0x5a:
          if (events++ === 0) {
            firstStart = pos;
            firstEnd = pos + length;
          }
          break;
        default:
          if (spanFields[tag >> 3] !== 2) throw wrongMessage("traces", tag, tagAt, "a span");
      }
      pos += length;
    } else if (tag === 0x39 || tag === 0x41) {
      if (tag === 0x39) startTimeAt = pos;
      pos += 8;
      if (pos > end) throw cursor.truncated(tagAt, "a time of a span");
    } else {
      const whole = cursor.readTag(tagAt, end);
      if (whole >>> 3 < spanFields.length && spanFields[whole >>> 3] !== (whole & 7)) {
        throw wrongMessage("traces", whole, tagAt, "a span");
      }
      pos = cursor.skipField(whole, cursor.pos, end, spanFields, "a span");
    }
  }
  reading.pos = pos;
  if (pos < end) {
    Object.assign(reading, { events, firstStart, firstEnd, traceIdStart, traceIdLength, spanIdStart, spanIdLength });
    Object.assign(reading, { parentIdStart, parentIdLength, nameStart, nameLength, startTimeAt });
    return false;
  }
  const { spanIds } = carrier;
  if (events === 0) {
    if ((traceIdLength !== 16 && traceIdLength !== 0) || (spanIdLength !== 8 && spanIdLength !== 0)) {
      if (spanIds.strangeAt < 0) {
        spanIds.strangeAt = start;
        spanIds.strangeTraceId = traceIdLength;
        spanIds.strangeSpanId = spanIdLength;
      }
      return false;
    }
    if (traceIdLength === 16) spanIds.known++;
    if (!wanted) return false;
  } else {
    spanIds.known++;
  }
  carrier.traceIdStart = traceIdStart;
  carrier.traceIdEnd = traceIdStart + traceIdLength;
  carrier.spanIdStart = spanIdStart;
  carrier.spanIdEnd = spanIdStart + spanIdLength;
  carrier.parentSpanIdStart = parentIdStart;
  carrier.parentSpanIdEnd = parentIdStart + parentIdLength;
  carrier.traceIdState = copyId(carrier, traceIdStart, traceIdLength, traceIdAt, 16);
  carrier.spanIdState = copyId(carrier, spanIdStart, spanIdLength, spanIdAt, 8);
  carrier.parentSpanIdState = copyId(carrier, parentIdStart, parentIdLength, parentSpanIdAt, 8);
  carrier.spanName.start = nameStart;
  carrier.spanName.end = nameStart + nameLength;
  carrier.timeLow = startTimeAt < 0 ? 0 : view.getUint32(startTimeAt, true);
  carrier.timeHigh = startTimeAt < 0 ? 0 : view.getUint32(startTimeAt + 4, true);
  reading.events = events;
  reading.firstStart = firstStart;
  reading.firstEnd = firstEnd;
  return true;
}

/**
 * Reads the Span.Event in `[start, end)` into the carrier, a long one a piece at a time.
 * @param from `start`, or where the piece before ended: `reading.pos`
 * @returns false if it is not read to its end
 */
export function readSpanEvent(
  cursor: ProtobufCursor,
  carrier: OtlpCarrier,
  reading: EventReadingPlace,
  start: number,
  from: number,
  end: number,
): boolean {
  const { bytes, view } = cursor;
  let nameStart = 0;
  let nameEnd = 0;
  let attributesStart = end;
  let attributesEnd = end;
  let timeAt = -1;
  if (from > start) ({ nameStart, nameEnd, attributesStart, attributesEnd, timeAt } = reading);
  const stop = Math.min(end, from + pieceBytes);
  let pos = from;
  while (pos < stop) {
    const tagAt = pos;
    const tag = bytes[pos++]!;
    if (tag === attributesOfEvent || tag === 0x12) {
      let length = bytes[pos++]!;
      if (length > 0x7f) {
        length = cursor.readLength(pos - 1, end);
        pos = cursor.pos;
      }
      if (!(pos + length <= end)) throw cursor.truncated(tagAt, "a field of a span event");
      if (tag === 0x12) {
        nameStart = pos;
        nameEnd = pos + length;
      } else {
        if (tagAt < attributesStart) attributesStart = tagAt;
        attributesEnd = pos + length;
      }
      pos += length;
    } else if (tag === 0x09) {
      if (pos + 8 > end) throw cursor.truncated(tagAt, "the time of a span event");
      timeAt = pos;
      pos += 8;
    } else {
      const whole = cursor.readTag(tagAt, end);
      pos = cursor.skipField(whole, cursor.pos, end, eventFields, "a span event");
    }
  }
  reading.pos = pos;
  reading.attributesStart = attributesStart;
  reading.attributesEnd = attributesEnd;
  if (pos < end) {
    reading.nameStart = nameStart;
    reading.nameEnd = nameEnd;
    reading.timeAt = timeAt;
    return false;
  }
  carrier.timeLow = timeAt < 0 ? 0 : view.getUint32(timeAt, true);
  carrier.timeHigh = timeAt < 0 ? 0 : view.getUint32(timeAt + 4, true);
  carrier.eventName.start = nameStart;
  carrier.eventName.end = nameEnd;
  carrier.eventStart = start;
  carrier.eventEnd = end;
  return true;
}
