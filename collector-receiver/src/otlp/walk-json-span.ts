import type { AttributeTape, TapeKey } from "./attribute-tape.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { JsonMembers } from "./json-members.ts";
import type { OtlpCarrier } from "./otlp-carrier.ts";
import { clearIds, decodeIds, skipJsonId } from "./read-json-ids.ts";
import { readJsonTime } from "./read-json-time.ts";
import { scanJsonAttributes } from "./scan-json-attributes.ts";

/** Where one event stands: its span's ids and name may come after it. */
export interface ScannedEvent {
  readonly start: number;
  readonly end: number;
  readonly nameBytes: Buffer;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly timeHigh: number;
  readonly timeLow: number;
  /** -1 where it has none. */
  readonly attributesAt: number;
  /** Its attributes on the tape; `tapeTo` is -1 where not all of them are plain. */
  readonly tapeFrom: number;
  readonly tapeTo: number;
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

const eventMembers = new JsonMembers(["timeUnixNano", "name", "attributes", "droppedAttributesCount"]);
const eventTime = eventMembers.get("timeUnixNano");
const eventName = eventMembers.get("name");
const eventAttributes = eventMembers.get("attributes");

const time = { high: 0, low: 0 };

/**
 * Reads a span, which is next, into the carrier, and its events into `events`. Of one without events
 * that is not wanted the carrier says nothing.
 * @returns where the span's attributes stand; -1 where it has none
 */
export function readJsonSpan(
  cursor: JsonCursor,
  carrier: OtlpCarrier,
  tape: AttributeTape<TapeKey>,
  wanted: boolean,
  events: ScannedEvent[],
): number {
  clearIds(carrier);
  carrier.spanName.start = carrier.spanName.end = 0;
  events.length = 0;
  let startTimeAt = -1;
  let attributesAt = -1;
  if (cursor.enterObject()) {
    let member = spanMembers.origin;
    do {
      member = cursor.nextMember(spanMembers, member);
      if (member === traceId) {
        const start = skipJsonId(cursor);
        carrier.traceIdStart = start;
        carrier.traceIdEnd = start === 0 ? 0 : cursor.pos - 1;
      } else if (member === spanId) {
        const start = skipJsonId(cursor);
        carrier.spanIdStart = start;
        carrier.spanIdEnd = start === 0 ? 0 : cursor.pos - 1;
      } else if (member === parentSpanId) {
        const start = skipJsonId(cursor);
        carrier.parentSpanIdStart = start;
        carrier.parentSpanIdEnd = start === 0 ? 0 : cursor.pos - 1;
      } else if (member === spanName) {
        cursor.readText(carrier.spanName);
      } else if (member === spanEvents) {
        scanEvents(cursor, carrier, tape, events);
      } else {
        if (member === spanAttributes || member === startTime) {
          cursor.peek();
          if (member === startTime) startTimeAt = cursor.pos;
          else attributesAt = cursor.pos;
        }
        cursor.skipValue();
      }
    } while (cursor.moreMembers());
  }
  if (events.length === 0 && !wanted) return attributesAt;
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
  return attributesAt;
}

function scanEvents(
  cursor: JsonCursor,
  carrier: OtlpCarrier,
  tape: AttributeTape<TapeKey>,
  events: ScannedEvent[],
): void {
  events.length = 0;
  if (!cursor.enterArray()) return;
  const name = carrier.eventName;
  let onTape = 0;
  do {
    time.high = time.low = 0;
    name.bytes = cursor.bytes;
    name.start = name.end = 0;
    let attributesAt = -1;
    const tapeFrom = onTape;
    let tapeTo = onTape;
    cursor.peek();
    const start = cursor.pos;
    if (cursor.enterObject()) {
      let member = eventMembers.origin;
      do {
        member = cursor.nextMember(eventMembers, member);
        if (member === eventAttributes) {
          cursor.peek();
          attributesAt = cursor.pos;
          tapeTo = scanJsonAttributes(cursor, tape, tapeFrom);
          if (tapeTo < 0) cursor.skipValue();
        } else if (member === eventName) {
          cursor.readText(name);
        } else if (member === eventTime) {
          cursor.peek();
          readJsonTime(cursor, time);
        } else {
          cursor.skipValue();
        }
      } while (cursor.moreMembers());
    }
    if (tapeTo >= 0) onTape = tapeTo;
    events.push({
      start,
      end: cursor.pos,
      nameBytes: name.bytes,
      nameStart: name.start,
      nameEnd: name.end,
      timeHigh: time.high,
      timeLow: time.low,
      attributesAt,
      tapeFrom,
      tapeTo,
    });
  } while (cursor.moreElements());
}
