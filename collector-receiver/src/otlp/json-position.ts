import type { AttributeTape, TapeKey } from "./attribute-tape.ts";
import { findJsonPayload } from "./find-json-payload.ts";
import type { JsonCursor } from "./json-cursor.ts";
import type { AttributeVisitor, OtlpCarrier, OtlpWalker, PlainVisitor } from "./otlp-carrier.ts";
import { readAttributeTape } from "./read-attribute-tape.ts";
import { hasJsonKey, JsonAttributeReader } from "./read-json-attributes.ts";
import type { ScannedEvent } from "./walk-json-span.ts";

/** Where a walk through JSON stands: what its visitor may ask for. The cursor stays where it is. */
export class JsonPosition implements OtlpWalker {
  readonly carrier: OtlpCarrier;
  /** Where the attributes of the resource, the span and the event (or log record) stand; -1 if there are none. */
  resourceAttributesAt = -1;
  spanAttributesAt = -1;
  attributesAt = -1;
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
    carrier.eventStart = event.start;
    carrier.eventEnd = event.end;
    this.attributesAt = event.attributesAt;
    this.tapeFrom = event.tapeFrom;
    this.tapeTo = event.tapeTo;
  }

  readResourceAttributes(visitor: AttributeVisitor): void {
    this.#readAttributesAt(this.resourceAttributesAt, visitor);
  }

  readSpanAttributes(visitor: AttributeVisitor): void {
    this.#readAttributesAt(this.spanAttributesAt, visitor);
  }

  readEventAttributes(visitor: AttributeVisitor): void {
    this.#readAttributesAt(this.attributesAt, visitor);
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
    cursor.pos = this.attributesAt;
    const isFound = hasJsonKey(cursor, name);
    cursor.pos = after;
    return isFound;
  }

  hasPayload(): boolean {
    return findJsonPayload(this.#cursor, this.carrier) >= 0;
  }

  readPayload(visitor: AttributeVisitor): void {
    this.#readAttributesAt(findJsonPayload(this.#cursor, this.carrier), visitor);
  }

  #readAttributesAt(at: number, visitor: AttributeVisitor): void {
    if (at < 0 || at >= this.carrier.body.length) return;
    const cursor = this.#cursor;
    const after = cursor.pos;
    cursor.pos = at;
    this.#attributes.read(visitor);
    cursor.pos = after;
  }
}
