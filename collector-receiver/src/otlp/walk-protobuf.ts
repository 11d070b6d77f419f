import {
  OtlpCarrier,
  type AttributeVisitor,
  type CarrierVisitor,
  type OtlpSignal,
  type OtlpWalker,
  type PlainVisitor,
  type SpanEnd,
  type TextRange,
} from "./otlp-carrier.ts";
import { findProtobufPayload, findProtobufText } from "./find-protobuf-payload.ts";
import { ProtobufCursor } from "./protobuf-cursor.ts";
import {
  containerFields,
  eventFields,
  eventTag,
  listFields,
  listTag,
  logRecordFields,
  logRecordTag,
  requestFields,
  requestTag,
  resourceDataTag,
  scopeDataTag,
  scopeTag,
  spanFields,
  spanTag,
} from "./protobuf-fields.ts";
import { readPlainProtobuf } from "./read-plain-protobuf.ts";
import { hasProtobufKey, readProtobufAttributes } from "./read-protobuf-attributes.ts";
import { readProtobufSpanEnd } from "./read-protobuf-span-end.ts";
import { readProtobufResource } from "./read-protobuf-resource.ts";
import { LogRecordReader } from "./walk-protobuf-log-record.ts";
import { maxAttributesBytes, stretchBytes, type Walk } from "./walk-pauses.ts";
import { refuseOtherSignal, SpanEventReader, SpanReader } from "./walk-protobuf-span.ts";

/**
 * Walks an ExportTraceServiceRequest or ExportLogsServiceRequest in protobuf. What is not asked for
 * is skipped by its length; a span without events costs its fields' tags and lengths.
 * @throws MalformedOtlpError if the bytes are not that message
 */
export function walkProtobuf(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor): Walk {
  return new ProtobufWalker(body, signal, visitor).walk();
}

class ProtobufWalker implements OtlpWalker {
  readonly carrier: OtlpCarrier;
  readonly #signal: OtlpSignal;
  readonly #visitor: CarrierVisitor;
  readonly #cursor: ProtobufCursor;
  /** The field of an event (or log record) that holds its attributes. */
  readonly #attributesTag: number;
  readonly #fields: Uint8Array;
  /** The parts of the resource, with other fields among them; both are equal if it has none. */
  #resourceStart = 0;
  #resourceEnd = 0;
  readonly #span: SpanReader;
  readonly #event: SpanEventReader;
  readonly #record: LogRecordReader;
  /** Whose attributes are asked for: `event` or `record`. */
  readonly #item: SpanEventReader | LogRecordReader;
  /** Where the first scope of the resource, or the first item of the scope, begins; -1 if there is none. */
  #firstListed = -1;
  #eventsLeft = 0;
  /** True if the span's present event is long and not read to its end. */
  #isWithinEvent = false;
  /** See `enter`. */
  #next = 0;

  constructor(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor) {
    this.carrier = new OtlpCarrier(body);
    this.#cursor = new ProtobufCursor(body);
    this.#signal = signal;
    this.#visitor = visitor;
    this.#span = new SpanReader(this.#cursor, this.carrier, visitor.soughtSpanNames);
    this.#event = new SpanEventReader(this.#cursor, this.carrier);
    this.#record = new LogRecordReader(this.#cursor, this.carrier);
    this.#item = signal === "traces" ? this.#event : this.#record;
    this.#attributesTag = signal === "traces" ? eventTag.attributes : logRecordTag.attributes;
    this.#fields = signal === "traces" ? eventFields : logRecordFields;
  }

  /** One function for three levels: a generator for each resource and scope would cost more than a short one itself. */
  *walk(): Walk {
    const { carrier } = this;
    const cursor = this.#cursor;
    const visitor = this.#visitor;
    const traces = this.#signal === "traces";
    const bodyEnd = carrier.body.length;
    let pauseAt = stretchBytes;
    for (let at = 0; at < bodyEnd;) {
      const resourceStart = this.#enter(at, bodyEnd, requestTag.resources, requestFields);
      at = this.#next;
      if (at >= pauseAt) {
        pauseAt = at + stretchBytes;
        yield;
      }
      if (resourceStart < 0) continue;
      const resourceEnd = at;
      this.#resourceStart = this.#resourceEnd = 0;
      this.#firstListed = -1;
      // A resource may stand behind its spans: find it first.
      for (let pos = resourceStart; (pos = this.#findResource(pos, resourceEnd)) < resourceEnd;) yield;
      if (this.#firstListed < 0) continue;
      visitor.resource(this);
      for (let inResource = this.#firstListed; inResource < resourceEnd;) {
        const scopeStart = this.#enter(inResource, resourceEnd, resourceDataTag.scopes, containerFields);
        const scopeEnd = (inResource = this.#next);
        if (scopeEnd >= pauseAt) {
          pauseAt = scopeEnd + stretchBytes;
          yield;
        }
        if (scopeStart < 0) continue;
        carrier.scopeName.start = carrier.scopeName.end = 0;
        this.#firstListed = -1;
        for (let pos = scopeStart; (pos = this.#findScope(pos, scopeEnd)) < scopeEnd;) yield;
        if (this.#firstListed < 0) continue;
        const wantsAll = visitor.scope(this);
        pauseAt = this.#firstListed + stretchBytes;
        for (let pos = this.#firstListed; pos < scopeEnd;) {
          const tag = cursor.readTag(pos, scopeEnd);
          if (tag === scopeDataTag.items) {
            const length = cursor.readLength(cursor.pos, scopeEnd);
            const start = cursor.pos;
            pos = start + length;
            if (traces) {
              const span = this.#span;
              span.begin(start, pos);
              let isWanted = wantsAll;
              while (!span.read()) {
                // A long span without events is not a source's report; a call of a model may hold a long prompt.
                isWanted &&= visitor.takesLongSpans;
                yield;
              }
              if (span.finish(isWanted)) {
                for (let next = this.#walkSpan(); next < pos; next = this.#walkEvents(next, pos)) {
                  const ids = Buffer.from(carrier.ids);
                  yield;
                  carrier.ids.set(ids);
                }
              }
            } else {
              this.#record.begin(start, pos);
              while (!this.#record.read()) yield;
              visitor.logRecord(this);
            }
          } else {
            pos = cursor.skipField(tag, cursor.pos, scopeEnd, containerFields, "a scope's data");
          }
          if (pos >= pauseAt) {
            pauseAt = pos + stretchBytes;
            yield;
          }
        }
      }
    }
    refuseOtherSignal(carrier.spanIds);
  }

  /** Where the message of the field at `pos` begins; -1 if it is empty or another field. `next` is behind the field. */
  #enter(pos: number, end: number, wanted: number, fields: Uint8Array): number {
    const cursor = this.#cursor;
    const tag = cursor.readTag(pos, end);
    if (tag !== wanted) {
      this.#next = cursor.skipField(tag, cursor.pos, end, fields, "the request or a resource's data");
      return -1;
    }
    const length = cursor.readLength(cursor.pos, end);
    this.#next = cursor.pos + length;
    return length === 0 ? -1 : cursor.pos;
  }

  /** A stretch of a resource's data. @returns the position up to which it was read */
  #findResource(start: number, end: number): number {
    const cursor = this.#cursor;
    const stop = Math.min(end, start + stretchBytes);
    let pos = start;
    while (pos < stop) {
      const tag = cursor.readTag(pos, end);
      if (tag === resourceDataTag.scopes && this.#firstListed < 0) this.#firstListed = pos;
      if (tag === resourceDataTag.resource) {
        const length = cursor.readLength(cursor.pos, end);
        if (this.#resourceEnd === 0) this.#resourceStart = pos;
        pos = this.#resourceEnd = cursor.pos + length;
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, containerFields, "a resource's data");
      }
    }
    return pos;
  }

  /** A stretch of a scope's data. @returns the position up to which it was read */
  #findScope(start: number, end: number): number {
    const cursor = this.#cursor;
    const stop = Math.min(end, start + stretchBytes);
    let pos = start;
    while (pos < stop) {
      const tag = cursor.readTag(pos, end);
      if (tag === scopeDataTag.items && this.#firstListed < 0) this.#firstListed = pos;
      if (tag === scopeDataTag.scope) {
        const length = cursor.readLength(cursor.pos, end);
        const scopeStart = cursor.pos;
        pos = scopeStart + length;
        this.#readScopeName(scopeStart, pos);
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, containerFields, "a scope's data");
      }
    }
    return pos;
  }

  /** Of a long scope only the beginning is read: its name comes first. */
  #readScopeName(start: number, end: number): void {
    const cursor = this.#cursor;
    const scopeName = this.carrier.scopeName;
    for (let pos = start; pos < Math.min(end, start + stretchBytes);) {
      const tag = cursor.readTag(pos, end);
      if (tag === scopeTag.name) {
        const length = cursor.readLength(cursor.pos, end);
        scopeName.start = cursor.pos;
        pos = scopeName.end = cursor.pos + length;
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, containerFields, "a scope");
      }
    }
  }

  /** @returns the position behind the last event that was walked; the end of the span if it was the last one */
  #walkSpan(): number {
    const { events, firstStart, firstEnd, end } = this.#span;
    this.#visitor.beginSpan(this, events);
    if (events === 0) return end;
    this.#eventsLeft = events - 1;
    this.#event.begin(firstStart, firstEnd);
    return this.#walkEvent() ? this.#walkEvents(firstEnd, end) : firstStart;
  }

  /** A stretch of a span's events; see `walkSpan`. */
  #walkEvents(start: number, end: number): number {
    const cursor = this.#cursor;
    const event = this.#event;
    let pos = start;
    if (this.#isWithinEvent) {
      if (!this.#walkEvent()) return start;
      pos = event.end;
    }
    const stop = pos + stretchBytes;
    while (this.#eventsLeft > 0) {
      if (pos >= stop) return pos;
      const tag = cursor.readTag(pos, end);
      if (tag === spanTag.events) {
        const length = cursor.readLength(cursor.pos, end);
        const eventStart = cursor.pos;
        pos = eventStart + length;
        this.#eventsLeft--;
        event.begin(eventStart, pos);
        if (!this.#walkEvent()) return eventStart;
      } else {
        pos = cursor.skipField(tag, cursor.pos, end, spanFields, "a span");
      }
    }
    return end;
  }

  /** @returns false if the event is long and not read to its end; `walkEvents` goes on with it */
  #walkEvent(): boolean {
    this.#isWithinEvent = !this.#event.read();
    if (this.#isWithinEvent) return false;
    this.#visitor.spanEvent(this);
    return true;
  }

  readResourceAttributes(visitor: AttributeVisitor): void {
    readProtobufResource(this.#cursor, this.#resourceStart, this.#resourceEnd, visitor);
  }

  readSpanAttributes(visitor: AttributeVisitor, end?: SpanEnd): void {
    if (end !== undefined) readProtobufSpanEnd(this.#cursor, this.#span.start, this.#span.end, end);
    readProtobufAttributes(this.#cursor, this.#span.start, this.#span.end, spanTag.attributes, spanFields, visitor);
  }

  readEventAttributes(visitor: AttributeVisitor): void {
    const cursor = this.#cursor;
    const attributesTag = this.#attributesTag;
    const fields = this.#fields;
    const { attributesStart, attributesEnd } = this.#item;
    readProtobufAttributes(cursor, attributesStart, attributesEnd, attributesTag, fields, visitor);
  }

  readPlainAttributes(visitor: PlainVisitor): boolean {
    const cursor = this.#cursor;
    const attributesTag = this.#attributesTag;
    const fields = this.#fields;
    const { attributesStart, attributesEnd } = this.#item;
    if (attributesEnd - attributesStart > maxAttributesBytes) return false;
    return readPlainProtobuf(cursor, attributesStart, attributesEnd, attributesTag, fields, visitor);
  }

  hasAttributes(): boolean {
    return this.#item.attributesStart < this.carrier.eventEnd;
  }

  hasEventAttribute(name: Buffer): boolean {
    const { attributesStart, attributesEnd } = this.#item;
    return hasProtobufKey(this.#cursor, attributesStart, attributesEnd, this.#attributesTag, this.#fields, name);
  }

  findBodyText(into: TextRange): boolean {
    return findProtobufText(this.#cursor, this.carrier, into);
  }

  hasPayload(): boolean {
    return findProtobufPayload(this.#cursor, this.carrier) >= 0;
  }

  readPayload(visitor: AttributeVisitor): void {
    const start = findProtobufPayload(this.#cursor, this.carrier);
    if (start >= 0) readProtobufAttributes(this.#cursor, start, this.#cursor.pos, listTag.values, listFields, visitor);
  }
}
