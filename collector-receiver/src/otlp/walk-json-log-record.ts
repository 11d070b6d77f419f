import type { AttributeTape, TapeKey } from "./attribute-tape.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { JsonMembers } from "./json-members.ts";
import type { OtlpCarrier } from "./otlp-carrier.ts";
import { clearIds, decodeIds, skipJsonId } from "./read-json-ids.ts";
import { readJsonTime } from "./read-json-time.ts";
import { scanJsonAttributes } from "./scan-json-attributes.ts";

const members = new JsonMembers([
  "timeUnixNano",
  "observedTimeUnixNano",
  "severityNumber",
  "severityText",
  "body",
  "attributes",
  "droppedAttributesCount",
  "flags",
  "traceId",
  "spanId",
  "eventName",
]);
const timeMember = members.get("timeUnixNano");
const observedTime = members.get("observedTimeUnixNano");
const attributes = members.get("attributes");
const traceId = members.get("traceId");
const spanId = members.get("spanId");
const eventName = members.get("eventName");

const time = { high: 0, low: 0 };
const observed = { high: 0, low: 0 };

/**
 * Reads a log record, which is next, into the carrier. Its attributes are on the tape from 0 to
 * `tape.to`, which is -1 where not all of them are plain.
 * @returns where its attributes stand; -1 where it has none
 */
export function readJsonLogRecord(cursor: JsonCursor, carrier: OtlpCarrier, tape: AttributeTape<TapeKey>): number {
  clearIds(carrier);
  carrier.spanName.start = carrier.spanName.end = 0;
  carrier.eventName.bytes = cursor.bytes;
  carrier.eventName.start = carrier.eventName.end = 0;
  time.high = time.low = observed.high = observed.low = 0;
  let attributesAt = -1;
  tape.to = 0;
  cursor.peek();
  carrier.eventStart = cursor.pos;
  if (cursor.enterObject()) {
    let member = members.origin;
    do {
      member = cursor.nextMember(members, member);
      if (member === attributes) {
        cursor.peek();
        attributesAt = cursor.pos;
        tape.to = scanJsonAttributes(cursor, tape, 0);
        if (tape.to < 0) cursor.skipValue();
      } else if (member === eventName) {
        cursor.readText(carrier.eventName);
      } else if (member === timeMember || member === observedTime) {
        cursor.peek();
        readJsonTime(cursor, member === timeMember ? time : observed);
      } else if (member === traceId) {
        const start = skipJsonId(cursor);
        carrier.traceIdStart = start;
        carrier.traceIdEnd = start === 0 ? 0 : cursor.pos - 1;
      } else if (member === spanId) {
        const start = skipJsonId(cursor);
        carrier.spanIdStart = start;
        carrier.spanIdEnd = start === 0 ? 0 : cursor.pos - 1;
      } else {
        cursor.skipValue();
      }
    } while (cursor.moreMembers());
  }
  carrier.eventEnd = cursor.pos;
  carrier.timeHigh = time.high;
  carrier.timeLow = time.low;
  carrier.observedHigh = observed.high;
  carrier.observedLow = observed.low;
  decodeIds(carrier);
  return attributesAt;
}
