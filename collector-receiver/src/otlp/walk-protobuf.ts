import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import "./buffer-slices.ts";
import {
  idState,
  OtlpCarrier,
  parentSpanIdAt,
  spanIdAt,
  traceIdAt,
  type AttributeVisitor,
  type CarrierVisitor,
  type IdState,
  type OtlpSignal,
  type OtlpWalker,
} from "./otlp-carrier.ts";
import { readProtobufAttributes, readProtobufKey } from "./read-protobuf-attributes.ts";
import { ProtobufCursor } from "./protobuf-cursor.ts";

/** Wire type of each field by number; 7 where any will do. A mismatch tells signals apart. */
const any = 7;
const spanFields = Uint8Array.of(any, 2, 2, 2, 2, 2, 0, 1, 1, 2, 0, 2, 0, 2, 0, 2, 5);
const eventFields = Uint8Array.of(any, 1, 2, 2, 0);
const logRecordFields = Uint8Array.of(any, 1, 0, 2, any, 2, 2, 0, 5, 2, 2, 1, 2);
const containerFields = Uint8Array.of(any, 2, 2, 2);
const resourceFields = Uint8Array.of(any, 2, 0, 2);

const attributesOfResource = 0x0a;
const attributesOfSpan = 0x4a;
const attributesOfEvent = 0x1a;
const attributesOfLogRecord = 0x32;

/**
 * Walks an ExportTraceServiceRequest or ExportLogsServiceRequest in protobuf. What is not asked for
 * is skipped by its length; a span without events costs its fields' tags and lengths.
 * @throws MalformedOtlpError where the bytes are not that message
 */
export function walkProtobuf(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor): void {
  new ProtobufWalker(body, signal, visitor).walk();
}

class ProtobufWalker implements OtlpWalker {
  readonly carrier: OtlpCarrier;
  private readonly signal: OtlpSignal;
  private readonly visitor: CarrierVisitor;
  private readonly cursor: ProtobufCursor;
  private resourceStart = 0;
  private resourceEnd = 0;
  private spanStart = 0;
  private spanEnd = 0;
  private attributesStart = 0;

  constructor(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor) {
    this.carrier = new OtlpCarrier(body);
    this.cursor = new ProtobufCursor(body);
    this.signal = signal;
    this.visitor = visitor;
  }

  walk(): void {
    const cursor = this.cursor;
    const end = this.carrier.body.length;
    let pos = 0;
    while (pos < end) {
      const tag = cursor.readTag(pos, end);
      if (tag === 0x0a) {
        const length = cursor.readLength(cursor.pos, end);
        const start = cursor.pos;
        pos = start + length;
        this.walkResource(start, pos);
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, containerFields, "the request");
      }
    }
  }

  private walkResource(start: number, end: number): void {
    const cursor = this.cursor;
    this.resourceStart = 0;
    this.resourceEnd = 0;
    let firstScope = -1;
    // A resource may stand behind its spans: find it first.
    for (let pos = start; pos < end;) {
      const tag = cursor.readTag(pos, end);
      if (tag === 0x12 && firstScope < 0) firstScope = pos;
      if (tag === 0x0a) {
        const length = cursor.readLength(cursor.pos, end);
        this.resourceStart = cursor.pos;
        pos = this.resourceEnd = cursor.pos + length;
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, containerFields, "a resource's data");
      }
    }
    this.visitor.resource(this);
    if (firstScope < 0) return;
    for (let pos = firstScope; pos < end;) {
      const tag = cursor.readTag(pos, end);
      if (tag === 0x12) {
        const length = cursor.readLength(cursor.pos, end);
        const scopeStart = cursor.pos;
        pos = scopeStart + length;
        this.walkScope(scopeStart, pos);
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, containerFields, "a resource's data");
      }
    }
  }

  private walkScope(start: number, end: number): void {
    const cursor = this.cursor;
    const scopeName = this.carrier.scopeName;
    scopeName.start = scopeName.end = 0;
    let firstItem = -1;
    for (let pos = start; pos < end;) {
      const tag = cursor.readTag(pos, end);
      if (tag === 0x12 && firstItem < 0) firstItem = pos;
      if (tag === 0x0a) {
        const length = cursor.readLength(cursor.pos, end);
        const scopeStart = cursor.pos;
        pos = scopeStart + length;
        this.readScopeName(scopeStart, pos);
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, containerFields, "a scope's data");
      }
    }
    const wantsAll = this.visitor.scope(this);
    if (firstItem < 0) return;
    const traces = this.signal === "traces";
    for (let pos = firstItem; pos < end;) {
      const tag = cursor.readTag(pos, end);
      if (tag === 0x12) {
        const length = cursor.readLength(cursor.pos, end);
        const itemStart = cursor.pos;
        pos = itemStart + length;
        if (traces) this.walkSpan(itemStart, pos, wantsAll);
        else this.walkLogRecord(itemStart, pos);
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, containerFields, "a scope's data");
      }
    }
  }

  private readScopeName(start: number, end: number): void {
    const cursor = this.cursor;
    const scopeName = this.carrier.scopeName;
    for (let pos = start; pos < end;) {
      const tag = cursor.readTag(pos, end);
      if (tag === 0x0a) {
        const length = cursor.readLength(cursor.pos, end);
        scopeName.start = cursor.pos;
        pos = scopeName.end = cursor.pos + length;
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, containerFields, "a scope");
      }
    }
  }

  private walkSpan(start: number, end: number, wanted: boolean): void {
    const cursor = this.cursor;
    const bytes = this.carrier.body;
    let firstEvent = -1;
    let events = 0;
    let traceIdStart = 0;
    let traceIdLength = 0;
    let spanIdStart = 0;
    let spanIdLength = 0;
    let parentIdStart = 0;
    let parentIdLength = 0;
    let nameStart = 0;
    let nameLength = 0;
    let startTimeAt = -1;
    let pos = start;
    while (pos < end) {
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
            if (firstEvent < 0) firstEvent = tagAt;
            events++;
            break;
          default:
            if (spanFields[tag >> 3] !== 2) throw this.mismatch(tag, tagAt, "a span");
        }
        pos += length;
      } else if (tag === 0x39 || tag === 0x41) {
        if (tag === 0x39) startTimeAt = pos;
        pos += 8;
        if (pos > end) throw cursor.truncated(tagAt, "a time of a span");
      } else {
        const whole = cursor.readTag(tagAt, end);
        if (whole >>> 3 < spanFields.length && spanFields[whole >>> 3] !== (whole & 7)) {
          throw this.mismatch(whole, tagAt, "a span");
        }
        pos = cursor.skipField(whole, cursor.pos, end, spanFields, "a span");
      }
    }
    if (events === 0) {
      if ((traceIdLength !== 16 && traceIdLength !== 0) || (spanIdLength !== 8 && spanIdLength !== 0)) {
        throw new MalformedOtlpError(
          "A span's trace_id has 16 bytes and its span_id 8: these are " +
            `${traceIdLength} and ${spanIdLength}. Is this another signal than traces?`,
          start,
        );
      }
      if (!wanted) return;
    }
    const carrier = this.carrier;
    carrier.traceIdStart = traceIdStart;
    carrier.traceIdEnd = traceIdStart + traceIdLength;
    carrier.spanIdStart = spanIdStart;
    carrier.spanIdEnd = spanIdStart + spanIdLength;
    carrier.parentSpanIdStart = parentIdStart;
    carrier.parentSpanIdEnd = parentIdStart + parentIdLength;
    carrier.traceIdState = copyId(bytes, traceIdStart, traceIdLength, carrier.ids, traceIdAt, 16);
    carrier.spanIdState = copyId(bytes, spanIdStart, spanIdLength, carrier.ids, spanIdAt, 8);
    carrier.parentSpanIdState = copyId(bytes, parentIdStart, parentIdLength, carrier.ids, parentSpanIdAt, 8);
    carrier.spanName.start = nameStart;
    carrier.spanName.end = nameStart + nameLength;
    carrier.timeLow = startTimeAt < 0 ? 0 : readUint32(bytes, startTimeAt);
    carrier.timeHigh = startTimeAt < 0 ? 0 : readUint32(bytes, startTimeAt + 4);
    this.spanStart = start;
    this.spanEnd = end;
    this.visitor.beginSpan(this, events);
    if (events === 0) return;
    pos = firstEvent;
    while (pos < end) {
      const tag = cursor.readTag(pos, end);
      if (tag === 0x5a) {
        const length = cursor.readLength(cursor.pos, end);
        const eventStart = cursor.pos;
        pos = eventStart + length;
        this.walkEvent(eventStart, pos);
        if (--events === 0) break;
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, spanFields, "a span");
      }
    }
  }

  private walkEvent(start: number, end: number): void {
    const cursor = this.cursor;
    const carrier = this.carrier;
    const bytes = carrier.body;
    let nameStart = 0;
    let nameEnd = 0;
    let attributesStart = end;
    carrier.timeHigh = 0;
    carrier.timeLow = 0;
    let pos = start;
    while (pos < end) {
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
        } else if (tagAt < attributesStart) {
          attributesStart = tagAt;
        }
        pos += length;
      } else if (tag === 0x09) {
        if (pos + 8 > end) throw cursor.truncated(tagAt, "the time of a span event");
        carrier.timeLow = readUint32(bytes, pos);
        carrier.timeHigh = readUint32(bytes, pos + 4);
        pos += 8;
      } else {
        const whole = cursor.readTag(tagAt, end);
        pos = cursor.skipField(whole, cursor.pos, end, eventFields, "a span event");
      }
    }
    carrier.eventName.start = nameStart;
    carrier.eventName.end = nameEnd;
    carrier.eventStart = start;
    carrier.eventEnd = end;
    this.attributesStart = attributesStart;
    this.visitor.spanEvent(this);
  }

  private walkLogRecord(start: number, end: number): void {
    const cursor = this.cursor;
    const carrier = this.carrier;
    const bytes = carrier.body;
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
          carrier.timeLow = readUint32(bytes, at);
          carrier.timeHigh = readUint32(bytes, at + 4);
        } else {
          carrier.observedLow = readUint32(bytes, at);
          carrier.observedHigh = readUint32(bytes, at + 4);
        }
      } else {
        if (tag >>> 3 < logRecordFields.length) {
          const expected = logRecordFields[tag >>> 3]!;
          if (expected !== any && expected !== (tag & 7)) throw this.mismatch(tag, tagAt, "a log record");
        }
        pos = cursor.skipField(tag, cursor.pos, end, logRecordFields, "a log record");
      }
    }
    carrier.traceIdState = copyId(
      bytes,
      carrier.traceIdStart,
      carrier.traceIdEnd - carrier.traceIdStart,
      carrier.ids,
      traceIdAt,
      16,
    );
    carrier.spanIdState = copyId(
      bytes,
      carrier.spanIdStart,
      carrier.spanIdEnd - carrier.spanIdStart,
      carrier.ids,
      spanIdAt,
      8,
    );
    carrier.eventStart = start;
    carrier.eventEnd = end;
    this.attributesStart = attributesStart;
    this.visitor.logRecord(this);
  }

  readResourceAttributes(visitor: AttributeVisitor): void {
    readProtobufAttributes(
      this.cursor,
      this.resourceStart,
      this.resourceEnd,
      attributesOfResource,
      resourceFields,
      visitor,
    );
  }

  readSpanAttributes(visitor: AttributeVisitor): void {
    readProtobufAttributes(this.cursor, this.spanStart, this.spanEnd, attributesOfSpan, spanFields, visitor);
  }

  readEventAttributes(visitor: AttributeVisitor): void {
    const end = this.carrier.eventEnd;
    if (this.signal === "traces") {
      readProtobufAttributes(this.cursor, this.attributesStart, end, attributesOfEvent, eventFields, visitor);
    } else {
      readProtobufAttributes(this.cursor, this.attributesStart, end, attributesOfLogRecord, logRecordFields, visitor);
    }
  }

  hasEventAttribute(name: Buffer): boolean {
    const cursor = this.cursor;
    const end = this.carrier.eventEnd;
    const traces = this.signal === "traces";
    const attributesTag = traces ? attributesOfEvent : attributesOfLogRecord;
    const fields = traces ? eventFields : logRecordFields;
    for (let pos = this.attributesStart; pos < end;) {
      const tag = cursor.readTag(pos, end);
      if (tag === attributesTag) {
        const length = cursor.readLength(cursor.pos, end);
        const start = cursor.pos;
        pos = start + length;
        if (readProtobufKey(cursor, start, pos, name)) return true;
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, fields, "an event");
      }
    }
    return false;
  }

  private mismatch(tag: number, at: number, message: string): MalformedOtlpError {
    const other = this.signal === "traces" ? "logs or metrics, not traces" : "traces or metrics, not logs";
    return new MalformedOtlpError(
      `Field ${tag >>> 3} of ${message} has wire type ${tag & 7}, which it never has. ` +
        `The body may be ${other}: check the path that the exporter posts to`,
      at,
    );
  }
}

function readUint32(bytes: Buffer, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function copyId(bytes: Buffer, start: number, length: number, ids: Buffer, at: number, expected: number): IdState {
  if (length === 0) return idState.absent;
  if (length !== expected) return idState.wrongLength;
  let bits = 0;
  for (let i = 0; i < expected; i++) {
    const byte = bytes[start + i]!;
    ids[at + i] = byte;
    bits |= byte;
  }
  return bits === 0 ? idState.zero : idState.valid;
}
