import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import { parentSpanIdAt, spanIdAt, traceIdAt, type OtlpCarrier, type SpanIdsSeen } from "./otlp-carrier.ts";
import type { NameFilter } from "../bytes/name-filter.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import {
  copyId,
  eventFields,
  eventTag,
  isShortLengthTag,
  spanFields,
  spanTag,
  wrongMessage,
} from "./protobuf-fields.ts";
import { pieceBytes } from "./walk-pauses.ts";

/**
 * Reads one Span after the other: `begin`, then `read` until it returns true, then `finish`. A long one is read a piece at a
 * time, and other bodies may be walked between two pieces. A span without events costs its fields' tags and lengths.
 */
export class SpanReader {
  /** How many events the span has, and where its first one begins and ends. */
  events = 0;
  firstStart = 0;
  firstEnd = 0;
  start = 0;
  end = 0;
  /** Up to where the span was read. */
  #pos = 0;
  #traceIdStart = 0;
  #traceIdLength = 0;
  #spanIdStart = 0;
  #spanIdLength = 0;
  #parentIdStart = 0;
  #parentIdLength = 0;
  #nameStart = 0;
  #nameLength = 0;
  #startTimeAt = -1;
  #droppedEvents = 0;
  #droppedAttributes = 0;
  readonly #cursor: ProtobufCursor;
  readonly #carrier: OtlpCarrier;
  /** See `CarrierVisitor`. */
  readonly #soughtNames: NameFilter;

  constructor(cursor: ProtobufCursor, carrier: OtlpCarrier, soughtNames: NameFilter) {
    this.#cursor = cursor;
    this.#carrier = carrier;
    this.#soughtNames = soughtNames;
  }

  begin(start: number, end: number): void {
    this.start = this.#pos = start;
    this.end = end;
    this.events = this.firstStart = this.firstEnd = 0;
    this.#traceIdStart = this.#traceIdLength = this.#spanIdStart = this.#spanIdLength = 0;
    this.#parentIdStart = this.#parentIdLength = this.#nameStart = this.#nameLength = 0;
    this.#startTimeAt = -1;
    this.#droppedEvents = this.#droppedAttributes = 0;
  }

  /** @returns false if the span goes on behind the piece that was read */
  read(): boolean {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const { end } = this;
    let pos = this.#pos;
    const stop = Math.min(end, pos + pieceBytes);
    while (pos < stop) {
      const tagAt = pos;
      const tag = bytes[pos++]!;
      if (isShortLengthTag(tag)) {
        let length = bytes[pos++]!;
        if (length > 0x7f) {
          length = cursor.readLength(pos - 1, end);
          pos = cursor.pos;
        }
        if (!(pos + length <= end)) throw cursor.truncated(tagAt, "a field of a span");
        this.#takeField(tag, tagAt, pos, length);
        pos += length;
      } else if (tag === spanTag.startTime || tag === spanTag.endTime) {
        if (tag === spanTag.startTime) this.#startTimeAt = pos;
        pos += 8;
        if (pos > end) throw cursor.truncated(tagAt, "a time of a span");
      } else if (tag === spanTag.droppedEvents || tag === spanTag.droppedAttributes) {
        const dropped = cursor.readCount(pos, end);
        pos = cursor.pos;
        if (tag === spanTag.droppedEvents) this.#droppedEvents = dropped;
        else this.#droppedAttributes = dropped;
      } else {
        const whole = cursor.readTag(tagAt, end);
        if (whole >>> 3 < spanFields.length && spanFields[whole >>> 3] !== (whole & 7)) {
          throw wrongMessage("traces", whole, tagAt, "a span");
        }
        pos = cursor.skipField(whole, cursor.pos, end, spanFields, "a span");
      }
    }
    this.#pos = pos;
    return pos >= end;
  }

  #takeField(tag: number, tagAt: number, start: number, length: number): void {
    switch (tag) {
      case spanTag.traceId:
        this.#traceIdStart = start;
        this.#traceIdLength = length;
        break;
      case spanTag.spanId:
        this.#spanIdStart = start;
        this.#spanIdLength = length;
        break;
      case spanTag.parentSpanId:
        this.#parentIdStart = start;
        this.#parentIdLength = length;
        break;
      case spanTag.name:
        this.#nameStart = start;
        this.#nameLength = length;
        break;
      case spanTag.events:
        if (this.events++ === 0) {
          this.firstStart = start;
          this.firstEnd = start + length;
        }
        break;
      default:
        if (spanFields[tag >> 3] !== 2) throw wrongMessage("traces", tag, tagAt, "a span");
    }
  }

  /**
   * After the span's last piece.
   * @param wanted true if the span is wanted even if it has no events
   * @returns false if it is passed over; the carrier then says nothing of it
   */
  finish(wanted: boolean): boolean {
    const carrier = this.#carrier;
    if (this.events > 0) carrier.spanIds.known++;
    else if (!this.#hasSpanIds(carrier.spanIds) || !(wanted || this.#isSought())) return false;
    carrier.traceIdStart = this.#traceIdStart;
    carrier.traceIdEnd = this.#traceIdStart + this.#traceIdLength;
    carrier.spanIdStart = this.#spanIdStart;
    carrier.spanIdEnd = this.#spanIdStart + this.#spanIdLength;
    carrier.parentSpanIdStart = this.#parentIdStart;
    carrier.parentSpanIdEnd = this.#parentIdStart + this.#parentIdLength;
    carrier.traceIdState = copyId(carrier, this.#traceIdStart, this.#traceIdLength, traceIdAt, 16);
    carrier.spanIdState = copyId(carrier, this.#spanIdStart, this.#spanIdLength, spanIdAt, 8);
    carrier.parentSpanIdState = copyId(carrier, this.#parentIdStart, this.#parentIdLength, parentSpanIdAt, 8);
    carrier.spanName.start = this.#nameStart;
    carrier.spanName.end = this.#nameStart + this.#nameLength;
    carrier.droppedEvents = this.#droppedEvents;
    carrier.droppedSpanAttributes = this.#droppedAttributes;
    const timeAt = this.#startTimeAt;
    carrier.timeLow = timeAt < 0 ? 0 : carrier.view.getUint32(timeAt, true);
    carrier.timeHigh = timeAt < 0 ? 0 : carrier.view.getUint32(timeAt + 4, true);
    return true;
  }

  #isSought(): boolean {
    return this.#soughtNames.mayHold(this.#carrier.body, this.#nameStart, this.#nameStart + this.#nameLength);
  }

  /** Of a span without events. */
  #hasSpanIds(seen: SpanIdsSeen): boolean {
    const traceIdLength = this.#traceIdLength;
    const spanIdLength = this.#spanIdLength;
    if ((traceIdLength !== 16 && traceIdLength !== 0) || (spanIdLength !== 8 && spanIdLength !== 0)) {
      if (seen.strangeAt < 0) {
        seen.strangeAt = this.start;
        seen.strangeTraceId = traceIdLength;
        seen.strangeSpanId = spanIdLength;
      }
      return false;
    }
    if (traceIdLength === 16) seen.known++;
    return true;
  }
}

/** Reads the events of spans as `SpanReader` reads spans. */
export class SpanEventReader {
  /** The event's attributes lie in `[attributesStart, attributesEnd)`, with other fields among them; both are `end` if it has none. */
  attributesStart = 0;
  attributesEnd = 0;
  start = 0;
  end = 0;
  /** Up to where the event was read. */
  #pos = 0;
  #nameStart = 0;
  #nameEnd = 0;
  #timeAt = -1;
  readonly #cursor: ProtobufCursor;
  readonly #carrier: OtlpCarrier;

  constructor(cursor: ProtobufCursor, carrier: OtlpCarrier) {
    this.#cursor = cursor;
    this.#carrier = carrier;
  }

  begin(start: number, end: number): void {
    this.start = this.#pos = start;
    this.end = this.attributesStart = this.attributesEnd = end;
    this.#nameStart = this.#nameEnd = 0;
    this.#timeAt = -1;
    this.#carrier.droppedAttributes = 0;
  }

  /** @returns false if the event goes on behind the piece that was read; otherwise it is in the carrier */
  read(): boolean {
    const cursor = this.#cursor;
    const { bytes } = cursor;
    const { end } = this;
    let pos = this.#pos;
    const stop = Math.min(end, pos + pieceBytes);
    while (pos < stop) {
      const tagAt = pos;
      const tag = bytes[pos++]!;
      if (tag === eventTag.attributes || tag === eventTag.name) {
        let length = bytes[pos++]!;
        if (length > 0x7f) {
          length = cursor.readLength(pos - 1, end);
          pos = cursor.pos;
        }
        if (!(pos + length <= end)) throw cursor.truncated(tagAt, "a field of a span event");
        if (tag === eventTag.name) {
          this.#nameStart = pos;
          this.#nameEnd = pos + length;
        } else {
          if (tagAt < this.attributesStart) this.attributesStart = tagAt;
          this.attributesEnd = pos + length;
        }
        pos += length;
      } else if (tag === eventTag.time) {
        if (pos + 8 > end) throw cursor.truncated(tagAt, "the time of a span event");
        this.#timeAt = pos;
        pos += 8;
      } else if (tag === eventTag.droppedAttributes) {
        this.#carrier.droppedAttributes = cursor.readCount(pos, end);
        pos = cursor.pos;
      } else {
        const whole = cursor.readTag(tagAt, end);
        pos = cursor.skipField(whole, cursor.pos, end, eventFields, "a span event");
      }
    }
    this.#pos = pos;
    if (pos < end) return false;
    this.#finish();
    return true;
  }

  #finish(): void {
    const carrier = this.#carrier;
    const timeAt = this.#timeAt;
    carrier.timeLow = timeAt < 0 ? 0 : carrier.view.getUint32(timeAt, true);
    carrier.timeHigh = timeAt < 0 ? 0 : carrier.view.getUint32(timeAt + 4, true);
    carrier.eventName.start = this.#nameStart;
    carrier.eventName.end = this.#nameEnd;
    carrier.eventStart = this.start;
    carrier.eventEnd = this.end;
  }
}

/**
 * After the last span. One with strange ids among others is a broken span, which concerns nobody here; if there is nothing
 * else, the body is another signal's.
 * @throws MalformedOtlpError if none of the spans was one
 */
export function refuseOtherSignal({ known, strangeAt, strangeTraceId, strangeSpanId }: SpanIdsSeen): void {
  if (strangeAt < 0 || known > 0) return;
  throw new MalformedOtlpError(
    "A span's trace_id has 16 bytes and its span_id 8: these are " +
      `${strangeTraceId} and ${strangeSpanId}. Is this another signal than traces?`,
    strangeAt,
  );
}
