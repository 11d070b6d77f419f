import type { AttributeTape, TapeKey } from "./attribute-tape.ts";
import type { JsonCursor } from "./json-cursor.ts";
import { JsonMembers } from "./json-members.ts";
import type { FieldFault, OtlpCarrier } from "./otlp-carrier.ts";
import { clearIds, decodeIds, skipJsonId } from "./read-json-ids.ts";
import { readJsonCount } from "./read-json-number.ts";
import { readJsonTime, type JsonTime } from "./read-json-time.ts";
import { scanJsonAttributes, skipAttributes } from "./scan-json-attributes.ts";

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
const body = members.get("body");
const attributes = members.get("attributes");
const traceId = members.get("traceId");
const spanId = members.get("spanId");
const eventName = members.get("eventName");
const droppedAttributes = members.get("droppedAttributesCount");

/** Reads one log record after the other into the carrier. */
export class JsonLogRecordReader {
  readonly #cursor: JsonCursor;
  readonly #carrier: OtlpCarrier;
  readonly #tape: AttributeTape<TapeKey>;
  readonly #time: JsonTime = { high: 0, low: 0 };
  readonly #observed: JsonTime = { high: 0, low: 0 };
  /** Where the lists of attributes stand: the first, -1 if there is none, and others, which are unusual. */
  attributesAt = -1;
  laterAttributes: number[] = [];

  constructor(cursor: JsonCursor, carrier: OtlpCarrier, tape: AttributeTape<TapeKey>) {
    this.#cursor = cursor;
    this.#carrier = carrier;
    this.#tape = tape;
  }

  /**
   * Reads the log record that is next. Its attributes are on the tape from 0 to `tape.to`, which is -1 if not all of them
   * are plain.
   */
  read(): void {
    const cursor = this.#cursor;
    const carrier = this.#carrier;
    const tape = this.#tape;
    const time = this.#time;
    const observed = this.#observed;
    clearIds(carrier);
    carrier.spanName.start = carrier.spanName.end = 0;
    carrier.eventName.bytes = cursor.bytes;
    carrier.eventName.start = carrier.eventName.end = 0;
    carrier.recordBodyStart = carrier.recordBodyEnd = carrier.droppedAttributes = 0;
    time.high = time.low = observed.high = observed.low = 0;
    this.attributesAt = -1;
    if (this.laterAttributes.length > 0) this.laterAttributes = [];
    tape.to = 0;
    let timeFault: FieldFault | null = null;
    let observedFault: FieldFault | null = null;
    let nameFault: FieldFault | null = null;
    let attributesFault: FieldFault | null = null;
    cursor.peek();
    carrier.eventStart = cursor.pos;
    if (cursor.enterObject()) {
      do {
        const member = cursor.nextMember(members);
        if (member === attributes) {
          cursor.peek();
          const at = cursor.pos;
          const isFirst = this.attributesAt < 0;
          tape.to = isFirst ? scanJsonAttributes(cursor, tape, 0) : -1;
          if (isFirst) this.attributesAt = at;
          else this.laterAttributes.push(at);
          if (tape.to < 0) attributesFault = skipAttributes(cursor) ?? attributesFault;
        } else if (member === eventName) {
          const read = cursor.readText(carrier.eventName);
          nameFault = read ? null : { field: "name", start: cursor.skippedAt, end: cursor.pos };
        } else if (member === timeMember || member === observedTime) {
          cursor.peek();
          const at = cursor.pos;
          const isTime = member === timeMember;
          const read = readJsonTime(cursor, isTime ? time : observed);
          const fault: FieldFault | null = read ? null : { field: "time", start: at, end: cursor.pos };
          if (isTime) timeFault = fault;
          else observedFault = fault;
        } else if (member === traceId) {
          carrier.traceIdStart = skipJsonId(cursor);
          carrier.traceIdEnd = cursor.pos;
        } else if (member === spanId) {
          carrier.spanIdStart = skipJsonId(cursor);
          carrier.spanIdEnd = cursor.pos;
        } else if (member === body) {
          cursor.peek();
          carrier.recordBodyStart = cursor.pos;
          cursor.skipValue();
          carrier.recordBodyEnd = cursor.pos;
        } else if (member === droppedAttributes) {
          carrier.droppedAttributes = readJsonCount(cursor);
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
    // When it was observed matters only if the record has no time of its own.
    if (time.high === 0 && time.low === 0) timeFault ??= observedFault;
    carrier.fault = nameFault ?? timeFault ?? attributesFault;
    decodeIds(carrier);
  }
}
