import { idState, spanIdAt, traceIdAt, type OtlpCarrier } from "./otlp-carrier.ts";
import type { ProtobufCursor } from "./protobuf-cursor.ts";
import { anyWireType, copyId, logRecordFields, logRecordTag, wrongMessage } from "./protobuf-fields.ts";
import { pieceBytes } from "./walk-pauses.ts";

/** Reads LogRecords as `SpanEventReader` reads events. */
export class LogRecordReader {
  /** See `SpanEventReader`. */
  attributesStart = 0;
  attributesEnd = 0;
  start = 0;
  end = 0;
  /** Up to where the record was read. */
  #pos = 0;
  readonly #cursor: ProtobufCursor;
  readonly #carrier: OtlpCarrier;

  constructor(cursor: ProtobufCursor, carrier: OtlpCarrier) {
    this.#cursor = cursor;
    this.#carrier = carrier;
  }

  begin(start: number, end: number): void {
    const carrier = this.#carrier;
    this.start = this.#pos = start;
    this.end = this.attributesStart = this.attributesEnd = end;
    carrier.timeHigh = carrier.timeLow = carrier.observedHigh = carrier.observedLow = 0;
    carrier.spanName.start = carrier.spanName.end = 0;
    carrier.eventName.start = carrier.eventName.end = 0;
    carrier.recordBodyStart = carrier.recordBodyEnd = 0;
    carrier.traceIdStart = carrier.traceIdEnd = carrier.spanIdStart = carrier.spanIdEnd = 0;
    carrier.parentSpanIdState = idState.absent;
    carrier.droppedAttributes = 0;
  }

  /** @returns false if the record goes on behind the piece that was read; otherwise it is in the carrier */
  read(): boolean {
    const cursor = this.#cursor;
    const { end } = this;
    let pos = this.#pos;
    const stop = Math.min(end, pos + pieceBytes);
    while (pos < stop) {
      const tagAt = pos;
      const tag = cursor.readTag(pos, end);
      if ((tag & 7) === 2 && tag >>> 3 < logRecordFields.length && logRecordFields[tag >>> 3] === 2) {
        const length = cursor.readLength(cursor.pos, end);
        const at = cursor.pos;
        pos = at + length;
        this.#takeField(tag, tagAt, at, pos);
      } else if (tag === logRecordTag.time || tag === logRecordTag.observedTime) {
        const at = cursor.pos;
        pos = at + 8;
        if (pos > end) throw cursor.truncated(tagAt, "a time of a log record");
        this.#takeTime(tag, at);
      } else if (tag === logRecordTag.droppedAttributes) {
        this.#carrier.droppedAttributes = cursor.readCount(cursor.pos, end);
        pos = cursor.pos;
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
    this.#pos = pos;
    if (pos < end) return false;
    this.#finish();
    return true;
  }

  #takeField(tag: number, tagAt: number, start: number, end: number): void {
    const carrier = this.#carrier;
    if (tag === logRecordTag.attributes) {
      if (tagAt < this.attributesStart) this.attributesStart = tagAt;
      this.attributesEnd = end;
    } else if (tag === logRecordTag.body) {
      carrier.recordBodyStart = start;
      carrier.recordBodyEnd = end;
    } else if (tag === logRecordTag.eventName) {
      carrier.eventName.start = start;
      carrier.eventName.end = end;
    } else if (tag === logRecordTag.traceId) {
      carrier.traceIdStart = start;
      carrier.traceIdEnd = end;
    } else if (tag === logRecordTag.spanId) {
      carrier.spanIdStart = start;
      carrier.spanIdEnd = end;
    }
  }

  #takeTime(tag: number, at: number): void {
    const carrier = this.#carrier;
    const { view } = carrier;
    if (tag === logRecordTag.time) {
      carrier.timeLow = view.getUint32(at, true);
      carrier.timeHigh = view.getUint32(at + 4, true);
    } else {
      carrier.observedLow = view.getUint32(at, true);
      carrier.observedHigh = view.getUint32(at + 4, true);
    }
  }

  #finish(): void {
    const carrier = this.#carrier;
    const { traceIdStart, traceIdEnd, spanIdStart, spanIdEnd } = carrier;
    carrier.traceIdState = copyId(carrier, traceIdStart, traceIdEnd - traceIdStart, traceIdAt, 16);
    carrier.spanIdState = copyId(carrier, spanIdStart, spanIdEnd - spanIdStart, spanIdAt, 8);
    carrier.eventStart = this.start;
    carrier.eventEnd = this.end;
  }
}
