import type { NameFilter } from "../bytes/name-filter.ts";
import type { AttributeTape, TapeKey } from "./attribute-tape.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { JsonMembers } from "./json-members.ts";
import type { CarrierVisitor, FieldFault, OtlpCarrier } from "./otlp-carrier.ts";
import { clearIds, decodeIds, skipJsonId } from "./read-json-ids.ts";
import { readJsonCount } from "./read-json-number.ts";
import { readJsonTime, type JsonTime } from "./read-json-time.ts";
import { scanJsonAttributes, skipAttributes } from "./scan-json-attributes.ts";
import { pieceBytes } from "./walk-pauses.ts";

/** Where one event stands: its span's ids and name may come after it. */
export interface ScannedEvent {
  readonly start: number;
  readonly end: number;
  readonly nameBytes: Buffer;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly timeHigh: number;
  readonly timeLow: number;
  /** Where its first list of attributes stands, -1 if there is none, and others, which are unusual. */
  readonly attributesAt: number;
  readonly laterAttributes: readonly number[];
  /** Its attributes on the tape; `tapeTo` is -1 if not all of them are plain. */
  readonly tapeFrom: number;
  readonly tapeTo: number;
  readonly droppedAttributes: number;
  /** See `OtlpCarrier`. */
  readonly fault: FieldFault | null;
}

const spanMembers = new JsonMembers([
  "traceId",
  "spanId",
  "traceState",
  "parentSpanId",
  "flags",
  "name",
  "kind",
  "startTimeUnixNano",
  "endTimeUnixNano",
  "attributes",
  "droppedAttributesCount",
  "events",
  "droppedEventsCount",
  "links",
  "droppedLinksCount",
  "status",
]);
const traceId = spanMembers.get("traceId");
const spanId = spanMembers.get("spanId");
const parentSpanId = spanMembers.get("parentSpanId");
const spanName = spanMembers.get("name");
const startTime = spanMembers.get("startTimeUnixNano");
const spanAttributes = spanMembers.get("attributes");
const spanEvents = spanMembers.get("events");
const droppedEvents = spanMembers.get("droppedEventsCount");
const droppedSpanAttributes = spanMembers.get("droppedAttributesCount");

const eventMembers = new JsonMembers(["timeUnixNano", "name", "attributes", "droppedAttributesCount"]);
const eventTime = eventMembers.get("timeUnixNano");
const eventName = eventMembers.get("name");
const eventAttributes = eventMembers.get("attributes");
const droppedAttributes = eventMembers.get("droppedAttributesCount");

const nothing: readonly number[] = [];

/** Events of a span that are scanned before they are visited; more are scanned afterwards, so that memory is bounded. */
const eventsAtOnce = 256;

/**
 * Reads one span after the other. `begin`; `finish`; then `events` are the span's. If it `hasMoreEvents`, `scanEvents` gives
 * all of them in turn, until it returns false. Other bodies may be walked between these.
 */
export class JsonSpanReader {
  /** The events that were scanned last. */
  readonly events: ScannedEvent[] = [];
  /** Where the span stands. */
  at = 0;
  /** Where the span's lists of attributes stand. */
  attributes: number[] = [];
  #startTimeAt = -1;
  /** Where the first event of the first list stands, and the next one to be scanned; -1 if there is none. */
  #eventsAt = -1;
  #nextEventAt = -1;
  /** Where further lists of events stand, and which of them is next. */
  #laterLists: number[] = [];
  #nextList = 0;
  readonly #cursor: JsonCursor;
  readonly #carrier: OtlpCarrier;
  readonly #tape: AttributeTape<TapeKey>;
  readonly #soughtNames: NameFilter;
  readonly #time: JsonTime = { high: 0, low: 0 };
  /** Lists of events of the span that are not arrays. */
  unreadable = 0;

  constructor(
    cursor: JsonCursor,
    carrier: OtlpCarrier,
    { tape, soughtSpanNames }: Pick<CarrierVisitor, "tape" | "soughtSpanNames">,
  ) {
    this.#cursor = cursor;
    this.#carrier = carrier;
    this.#tape = tape;
    this.#soughtNames = soughtSpanNames;
  }

  /** Reads the span that is next. */
  begin(): void {
    clearIds(this.#carrier);
    this.#carrier.spanName.start = this.#carrier.spanName.end = 0;
    this.#carrier.droppedEvents = this.#carrier.droppedSpanAttributes = 0;
    this.events.length = 0;
    this.#startTimeAt = this.#eventsAt = this.#nextEventAt = -1;
    if (this.attributes.length > 0) this.attributes = [];
    if (this.#laterLists.length > 0) this.#laterLists = [];
    this.#nextList = 0;
    this.unreadable = 0;
    this.at = this.#cursor.pos;
    if (this.#cursor.enterObject()) this.#readMembers();
  }

  #readMembers(): void {
    const cursor = this.#cursor;
    const carrier = this.#carrier;
    do {
      const member = cursor.nextMember(spanMembers);
      if (member === traceId) {
        carrier.traceIdStart = skipJsonId(cursor);
        carrier.traceIdEnd = cursor.pos;
      } else if (member === spanId) {
        carrier.spanIdStart = skipJsonId(cursor);
        carrier.spanIdEnd = cursor.pos;
      } else if (member === parentSpanId) {
        carrier.parentSpanIdStart = skipJsonId(cursor);
        carrier.parentSpanIdEnd = cursor.pos;
      } else if (member === spanName) {
        cursor.readText(carrier.spanName);
      } else if (member === spanEvents) {
        this.#readEvents();
      } else if (member === droppedEvents) {
        carrier.droppedEvents = readJsonCount(cursor);
      } else if (member === droppedSpanAttributes) {
        carrier.droppedSpanAttributes = readJsonCount(cursor);
      } else {
        if (member === spanAttributes || member === startTime) {
          cursor.peek();
          if (member === startTime) this.#startTimeAt = cursor.pos;
          else this.attributes.push(cursor.pos);
        }
        cursor.skipValue();
      }
    } while (cursor.moreMembers());
    if (this.#laterLists.length === 0) return;
    const after = cursor.pos;
    this.events.length = 0;
    cursor.pos = this.#eventsAt;
    this.#scanSomeEvents();
    cursor.pos = after;
  }

  /** Lists behind the first one are scanned when the span is read to its end. */
  #readEvents(): void {
    const cursor = this.#cursor;
    const first = cursor.peek();
    const arrayAt = cursor.pos;
    if (first !== 0x5b && first !== 0x6e) this.unreadable++;
    if (this.#eventsAt >= 0) {
      this.#laterLists.push(arrayAt);
      cursor.skipValue();
    } else if (cursor.enterArray()) {
      this.#eventsAt = cursor.pos;
      if (this.#scanSomeEvents()) {
        // Ids and name may come behind them.
        cursor.pos = arrayAt;
        cursor.skipValue();
      }
    }
  }

  get hasMoreEvents(): boolean {
    return this.#nextEventAt >= 0;
  }

  /**
   * Behind the span's last member. Of one without events that is not wanted the carrier says nothing.
   * @returns false if it is passed over
   */
  finish(wanted: boolean): boolean {
    const { events } = this;
    const cursor = this.#cursor;
    const carrier = this.#carrier;
    const startTimeAt = this.#startTimeAt;
    const time = this.#time;
    const { bytes, start, end } = carrier.spanName;
    if (events.length === 0 && !wanted && !this.#soughtNames.mayHold(bytes, start, end)) return false;
    decodeIds(carrier);
    time.high = time.low = 0;
    if (events.length === 0 && startTimeAt >= 0) {
      const after = cursor.pos;
      cursor.pos = startTimeAt;
      readJsonTime(cursor, time);
      cursor.pos = after;
    }
    carrier.timeHigh = time.high;
    carrier.timeLow = time.low;
    // Another body may have had the tape since the first ones were scanned.
    if (this.#nextEventAt >= 0) {
      this.#nextEventAt = this.#eventsAt;
      this.#nextList = 0;
    }
    return true;
  }

  /** Scans the next events. @returns true if there are more */
  scanEvents(): boolean {
    if (this.#nextEventAt < 0) return false;
    this.events.length = 0;
    this.#cursor.pos = this.#nextEventAt;
    return this.#scanSomeEvents();
  }

  #scanSomeEvents(): boolean {
    const { events } = this;
    const cursor = this.#cursor;
    const stop = cursor.pos + pieceBytes;
    let onTape = 0;
    do {
      if (events.length === eventsAtOnce || cursor.pos > stop) {
        this.#nextEventAt = cursor.pos;
        return true;
      }
      const event = this.#scanEvent(onTape);
      if (event.tapeTo >= 0) onTape = event.tapeTo;
      events.push(event);
    } while (cursor.moreElements() || this.#enterNextList());
    this.#nextEventAt = -1;
    return false;
  }

  /** @returns false if there is no further event */
  #enterNextList(): boolean {
    while (this.#nextList < this.#laterLists.length) {
      this.#cursor.pos = this.#laterLists[this.#nextList++]!;
      if (this.#cursor.enterArray()) return true;
    }
    return false;
  }

  /** Scans the event that is next; a value of another type is an event without anything. */
  #scanEvent(tapeFrom: number): ScannedEvent {
    const cursor = this.#cursor;
    const tape = this.#tape;
    const time = this.#time;
    const name = this.#carrier.eventName;
    time.high = time.low = 0;
    name.bytes = cursor.bytes;
    name.start = name.end = 0;
    let attributesAt = -1;
    let laterAttributes: number[] | undefined;
    let tapeTo = tapeFrom;
    let dropped = 0;
    let timeFault: FieldFault | null = null;
    let nameFault: FieldFault | null = null;
    let attributesFault: FieldFault | null = null;
    cursor.peek();
    const start = cursor.pos;
    if (cursor.enterObject()) {
      do {
        const member = cursor.nextMember(eventMembers);
        if (member === eventAttributes) {
          cursor.peek();
          const at = cursor.pos;
          tapeTo = attributesAt < 0 ? scanJsonAttributes(cursor, tape, tapeFrom) : -1;
          if (attributesAt < 0) attributesAt = at;
          else (laterAttributes ??= []).push(at);
          if (tapeTo < 0) attributesFault = skipAttributes(cursor) ?? attributesFault;
        } else if (member === eventName) {
          nameFault = cursor.readText(name) ? null : { field: "name", start: cursor.skippedAt, end: cursor.pos };
        } else if (member === eventTime) {
          cursor.peek();
          const at = cursor.pos;
          timeFault = readJsonTime(cursor, time) ? null : { field: "time", start: at, end: cursor.pos };
        } else if (member === droppedAttributes) {
          dropped = readJsonCount(cursor);
        } else {
          cursor.skipValue();
        }
      } while (cursor.moreMembers());
    }
    return {
      start,
      end: cursor.pos,
      nameBytes: name.bytes,
      nameStart: name.start,
      nameEnd: name.end,
      timeHigh: time.high,
      timeLow: time.low,
      attributesAt,
      laterAttributes: laterAttributes ?? nothing,
      tapeFrom,
      tapeTo,
      droppedAttributes: dropped,
      fault: nameFault ?? timeFault ?? attributesFault,
    };
  }
}
