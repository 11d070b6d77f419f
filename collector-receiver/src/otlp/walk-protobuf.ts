import {
  OtlpCarrier,
  type AttributeVisitor,
  type CarrierVisitor,
  type OtlpSignal,
  type OtlpWalker,
  type PlainVisitor,
} from "./otlp-carrier.ts";
import { ProtobufCursor } from "./protobuf-cursor.ts";
import {
  attributesOfEvent,
  attributesOfLogRecord,
  attributesOfResource,
  attributesOfSpan,
  containerFields,
  eventFields,
  logRecordFields,
  resourceFields,
  spanFields,
} from "./protobuf-fields.ts";
import { readPlainProtobuf } from "./read-plain-protobuf.ts";
import { readProtobufAttributes, readProtobufKey } from "./read-protobuf-attributes.ts";
import { readLogRecord } from "./walk-protobuf-log-record.ts";
import { forgetSpanIds, readSpan, readSpanEvent, refuseOtherSignal, spanEvents } from "./walk-protobuf-span.ts";

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
  /** The field of an event (or log record) that holds its attributes. */
  private readonly attributesTag: number;
  private readonly fields: Uint8Array;
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
    this.attributesTag = signal === "traces" ? attributesOfEvent : attributesOfLogRecord;
    this.fields = signal === "traces" ? eventFields : logRecordFields;
  }

  walk(): void {
    const cursor = this.cursor;
    const end = this.carrier.body.length;
    forgetSpanIds();
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
    refuseOtherSignal();
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
        else {
          this.attributesStart = readLogRecord(cursor, this.carrier, itemStart, pos);
          this.visitor.logRecord(this);
        }
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
    const { cursor } = this;
    if (!readSpan(cursor, this.carrier, start, end, wanted)) return;
    const { count, firstStart, firstEnd } = spanEvents;
    this.spanStart = start;
    this.spanEnd = end;
    this.visitor.beginSpan(this, count);
    if (count === 0) return;
    this.walkEvent(firstStart, firstEnd);
    for (let pos = firstEnd, left = count - 1; left > 0;) {
      const tag = cursor.readTag(pos, end);
      if (tag === 0x5a) {
        const length = cursor.readLength(cursor.pos, end);
        const eventStart = cursor.pos;
        pos = eventStart + length;
        this.walkEvent(eventStart, pos);
        left--;
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, spanFields, "a span");
      }
    }
  }

  private walkEvent(start: number, end: number): void {
    this.attributesStart = readSpanEvent(this.cursor, this.carrier, start, end);
    this.visitor.spanEvent(this);
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
    const { cursor, attributesStart, attributesTag, fields } = this;
    readProtobufAttributes(cursor, attributesStart, this.carrier.eventEnd, attributesTag, fields, visitor);
  }

  readPlainAttributes(visitor: PlainVisitor): boolean {
    const { cursor, attributesStart, attributesTag, fields } = this;
    return readPlainProtobuf(cursor, attributesStart, this.carrier.eventEnd, attributesTag, fields, visitor);
  }

  hasEventAttribute(name: Buffer): boolean {
    const { cursor, attributesTag, fields } = this;
    const end = this.carrier.eventEnd;
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
}
