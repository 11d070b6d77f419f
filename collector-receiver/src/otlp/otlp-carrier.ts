import type { NameFilter } from "../bytes/name-filter.ts";
import type { AttributeTape, TapeKey } from "./attribute-tape.ts";

/**
 * What the walkers (one per encoding) hand to their visitor. One mutable object is reused for a
 * whole request: nothing is allocated for a span that holds no event. Ranges are valid until the
 * visitor's method returns.
 */

export type OtlpSignal = "traces" | "logs";
export type OtlpEncoding = "protobuf" | "json";

/** UTF-8 text, not validated: `bytes[start, end)`. */
export interface TextRange {
  bytes: Buffer;
  start: number;
  end: number;
}

/** Receives attributes in wire order: `key`, then exactly one value; maps and arrays nest. */
export interface AttributeVisitor {
  key(bytes: Buffer, start: number, end: number): void;
  string(bytes: Buffer, start: number, end: number): void;
  /** An integer that a double holds exactly. */
  int(value: number): void;
  /** Any other 64-bit integer, two's complement: `high` signed, `low` unsigned. */
  wideInt(high: number, low: number): void;
  double(value: number): void;
  bool(value: boolean): void;
  binary(bytes: Buffer, start: number, end: number): void;
  /** A value that is not set. */
  nothing(): void;
  /** A value in JSON that OTLP does not allow; it stands in `bytes[start, end)`. `expected` says what OTLP allows. */
  malformedValue(expected: string, bytes: Buffer, start: number, end: number): void;
  /** As `malformedValue`, but instead of key and value: neither can be told. */
  malformedAttribute(expected: string, bytes: Buffer, start: number, end: number): void;
  /** The value that was handed on last does not count. In a map or among attributes `key` follows, then another value. */
  again(): void;
  /** The value after `key`, or all attributes from here on, are larger than anyone reads: they are passed over. */
  tooLarge(): void;
  /** False: do not go in, no `endArray` follows. */
  beginArray(): boolean;
  endArray(): void;
  /** False: do not go in, no `endMap` follows. */
  beginMap(): boolean;
  endMap(): void;
}

/**
 * Receives plain attributes, whose texts stand in the body, in wire order. False: this one has to be read with care.
 * @typeParam Name an attribute's name, as the visitor knows it
 */
export interface PlainVisitor<Name extends object = object> {
  /** The name that stands in the body. */
  nameAt(start: number, end: number): Name;
  nameOf(key: TapeKey): Name;
  plainText(name: Name, start: number, end: number): boolean;
  plainInt(name: Name, value: number): boolean;
  plainDouble(name: Name, value: number): boolean;
  plainBool(name: Name, value: boolean): boolean;
}

/** An id of 16 or 8 bytes as the wire gives it. */
export const idState = { absent: 0, valid: 1, zero: 2, wrongLength: 3, notText: 4 } as const;
export type IdState = (typeof idState)[keyof typeof idState];

/** Where in `ids` each id lies. */
export const traceIdAt = 0;
export const spanIdAt = 16;
export const parentSpanIdAt = 24;

/** A field of an event in JSON with a value that OTLP does not allow there; the value stands in `body[start, end)`. */
export interface FieldFault {
  readonly field: "time" | "name" | "attributes";
  readonly start: number;
  readonly end: number;
}

/** One for all bodies: a walk that pauses within a span puts its ids back. */
const sharedIds = Buffer.alloc(32);
const sharedIdsView = new DataView(sharedIds.buffer, sharedIds.byteOffset, 32);

/** Position of the walker: a span event with its span, or a log record. */
export class OtlpCarrier {
  /** The whole body. */
  readonly body: Buffer;
  readonly view: DataView;
  scopeName: TextRange;
  /** The span's name; empty for a log record. */
  spanName: TextRange;
  /** The event's name, or the log record's `event_name`. */
  eventName: TextRange;
  /** Trace id (16 bytes), span id (8), parent's span id (8); meaningful if the state is `valid`. */
  readonly ids = sharedIds;
  readonly idsView = sharedIdsView;
  traceIdState: IdState = idState.absent;
  spanIdState: IdState = idState.absent;
  parentSpanIdState: IdState = idState.absent;
  /** Raw ids, for a copy: protobuf bytes, or a JSON value with its quotes. */
  traceIdStart = 0;
  traceIdEnd = 0;
  spanIdStart = 0;
  spanIdEnd = 0;
  parentSpanIdStart = 0;
  parentSpanIdEnd = 0;
  /** Nanoseconds since 1970, two unsigned halves: of the event or log record; of a span in `beginSpan`. */
  timeHigh = 0;
  timeLow = 0;
  /** Log records: `observed_time_unix_nano`. */
  observedHigh = 0;
  observedLow = 0;
  readonly spanIds: SpanIdsSeen = { known: 0, strangeAt: -1, strangeTraceId: 0, strangeSpanId: 0 };
  /** The event (or log record) as it stands in the body: a message, or a JSON object. */
  eventStart = 0;
  eventEnd = 0;
  /** The log record's own body: an AnyValue, or a JSON value; both are equal if it has none. */
  recordBodyStart = 0;
  recordBodyEnd = 0;
  /** What the span dropped at its limits: events, and attributes of its own. */
  droppedEvents = 0;
  droppedSpanAttributes = 0;
  /** Attributes that the event (or log record) dropped. */
  droppedAttributes = 0;
  /** The first field of the event (or log record) that is malformed; always null in protobuf. */
  fault: FieldFault | null = null;

  constructor(body: Buffer) {
    this.body = body;
    this.view = new DataView(body.buffer, body.byteOffset, body.byteLength);
    this.scopeName = { bytes: body, start: 0, end: 0 };
    this.spanName = { bytes: body, start: 0, end: 0 };
    this.eventName = { bytes: body, start: 0, end: 0 };
  }
}

/** Of a body's spans; see `refuseOtherSignal`. */
export interface SpanIdsSeen {
  /** Spans that nothing else could be. */
  known: number;
  /** The first span without events whose ids have a wrong length; -1 if there is none. */
  strangeAt: number;
  strangeTraceId: number;
  strangeSpanId: number;
}

/** Times in nanoseconds since 1970, two unsigned halves each; 0 if the span has none. */
export interface SpanEnd {
  startHigh: number;
  startLow: number;
  endHigh: number;
  endLow: number;
  /** The span's status is an error. */
  failed: boolean;
  /** W3C trace state; of a long one the beginning. */
  traceState: string;
}

/** More of a trace state is not read: the specification asks for 512 characters. */
export const maxTraceStateBytes = 512;

/** A body being walked; the visitor asks it for what it needs of the present position. */
export interface OtlpWalker {
  readonly carrier: OtlpCarrier;
  readResourceAttributes(visitor: AttributeVisitor): void;
  /**
   * The span's own attributes (not its events').
   * @param end takes when the span began and ended, and how: read again from its fields, because few visitors ask
   */
  readSpanAttributes(visitor: AttributeVisitor, end?: SpanEnd): void;
  readEventAttributes(visitor: AttributeVisitor): void;
  /**
   * Reads the event's attributes if all of them are plain.
   * @returns false if one is not, or the visitor does not take it: they have to be read one by one
   */
  readPlainAttributes(visitor: PlainVisitor): boolean;
  /** Whether the event (or log record) has a field for attributes; it may be empty. */
  hasAttributes(): boolean;
  /** Whether the event (or log record) has an attribute of that name. */
  hasEventAttribute(name: Buffer): boolean;
  /**
   * Finds the text that the log record's body is; in JSON its escapes stay.
   * @returns false if it is not a text
   */
  findBodyText(into: TextRange): boolean;
  /** Whether the log record's body is a list of keys and values: a payload. */
  hasPayload(): boolean;
  /** The payload, as attributes. */
  readPayload(visitor: AttributeVisitor): void;
}

export interface CarrierVisitor {
  /** Where plain attributes of events in JSON go. */
  readonly tape: AttributeTape<TapeKey>;
  /** All that was visited does not count: it is visited again, from the beginning. */
  restart(): void;
  /** A resource begins; its attributes may be asked for until the next. */
  resource(walker: OtlpWalker): void;
  /** Spans with these names are wanted even if they have no events. */
  readonly soughtSpanNames: NameFilter;
  /** An instrumentation scope begins. True: its spans without events are wanted too. */
  scope(walker: OtlpWalker): boolean;
  /** True if spans that are wanted without events may be long, in protobuf: others are passed over. */
  readonly takesLongSpans: boolean;
  /** A span that is wanted, before its events. */
  beginSpan(walker: OtlpWalker, events: number): void;
  /** A list of JSON, or an element of one, has the wrong type: whatever it was meant to hold is passed over. */
  unreadable(): void;
  /** After all else: so many members of JSON have a name that OTLP does not know. */
  unknownMembers(count: number): void;
  spanEvent(walker: OtlpWalker): void;
  logRecord(walker: OtlpWalker): void;
}
