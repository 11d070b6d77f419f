import type { AttributeTape, TapeKey } from "./attribute-tape.ts";
import { findJsonPayload, findJsonText } from "./find-json-payload.ts";
import type { JsonCursor } from "./json-cursor.ts";
import type { AttributeVisitor, OtlpCarrier, OtlpWalker, PlainVisitor, SpanEnd, TextRange } from "./otlp-carrier.ts";
import { readAttributeTape } from "./read-attribute-tape.ts";
import { readJsonSpanEnd } from "./read-json-span-end.ts";
import { hasJsonKey } from "./find-json-key.ts";
import { JsonAttributeReader } from "./read-json-attributes.ts";
import type { ScannedEvent } from "./walk-json-span.ts";

/** Where a walk through JSON stands: what its visitor may ask for. The cursor stays where it is. */
export class JsonPosition implements OtlpWalker {
  readonly carrier: OtlpCarrier;
  /** Where the lists of attributes of the resource, the span and the event (or log record) stand; one is usual. */
  resourceAttributes: number[] = [];
  spanAttributes: readonly number[] = [];
  /** Where the span stands. */
  spanAt = 0;
  attributesAt = -1;
  laterAttributes: readonly number[] = [];
  /** The event's part of the tape; `tapeTo` is -1 if not all of its attributes are plain. */
  tapeFrom = 0;
  tapeTo = 0;
  readonly #cursor: JsonCursor;
  readonly #tape: AttributeTape<TapeKey>;
  readonly #attributes: JsonAttributeReader;

  constructor(cursor: JsonCursor, carrier: OtlpCarrier, tape: AttributeTape<TapeKey>) {
    this.carrier = carrier;
    this.#cursor = cursor;
    this.#tape = tape;
    this.#attributes = new JsonAttributeReader(cursor);
  }

  /** Moves to an event of the span. */
  enterEvent(event: ScannedEvent): void {
    const { carrier } = this;
    carrier.eventName.bytes = event.nameBytes;
    carrier.eventName.start = event.nameStart;
    carrier.eventName.end = event.nameEnd;
    carrier.timeHigh = event.timeHigh;
    carrier.timeLow = event.timeLow;
    carrier.fault = event.fault;
    carrier.droppedAttributes = event.droppedAttributes;
    carrier.eventStart = event.start;
    carrier.eventEnd = event.end;
    this.attributesAt = event.attributesAt;
    this.laterAttributes = event.laterAttributes;
    this.tapeFrom = event.tapeFrom;
    this.tapeTo = event.tapeTo;
  }

  readResourceAttributes(visitor: AttributeVisitor): void {
    const [first = -1, ...later] = this.resourceAttributes;
    this.#readLists(first, later, visitor);
  }

  readSpanAttributes(visitor: AttributeVisitor, end?: SpanEnd): void {
    if (end !== undefined) readJsonSpanEnd(this.#cursor, this.spanAt, end);
    const [first = -1, ...later] = this.spanAttributes;
    this.#readLists(first, later, visitor);
  }

  readEventAttributes(visitor: AttributeVisitor): void {
    this.#readLists(this.attributesAt, this.laterAttributes, visitor);
  }

  readPlainAttributes(visitor: PlainVisitor): boolean {
    return this.tapeTo >= 0 && readAttributeTape(this.#tape, this.tapeFrom, this.tapeTo, visitor);
  }

  hasAttributes(): boolean {
    return this.attributesAt >= 0;
  }

  hasEventAttribute(name: Buffer): boolean {
    if (this.attributesAt < 0) return false;
    const cursor = this.#cursor;
    const after = cursor.pos;
    const isFound = hasJsonKey(cursor, [this.attributesAt, ...this.laterAttributes], name);
    cursor.pos = after;
    return isFound;
  }

  findBodyText(into: TextRange): boolean {
    const { recordBodyStart, recordBodyEnd } = this.carrier;
    if (recordBodyStart === recordBodyEnd) return false;
    const cursor = this.#cursor;
    const after = cursor.pos;
    cursor.pos = recordBodyStart;
    const isFound = findJsonText(cursor, recordBodyEnd, into);
    cursor.pos = after;
    return isFound;
  }

  hasPayload(): boolean {
    return findJsonPayload(this.#cursor, this.carrier).length > 0;
  }

  readPayload(visitor: AttributeVisitor): void {
    const [first = -1, ...later] = findJsonPayload(this.#cursor, this.carrier);
    this.#readLists(first, later, visitor);
  }

  #readLists(first: number, later: readonly number[], visitor: AttributeVisitor): void {
    if (first < 0) return;
    const cursor = this.#cursor;
    const after = cursor.pos;
    cursor.pos = first;
    let goesOn = this.#attributes.read(visitor);
    for (let i = 0; goesOn && i < later.length; i++) {
      cursor.pos = later[i]!;
      goesOn = this.#attributes.readOn();
    }
    cursor.pos = after;
  }
}
