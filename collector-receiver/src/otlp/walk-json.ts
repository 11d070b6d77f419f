import "./buffer-slices.ts";
import { JsonCursor } from "./json-cursor.ts";
import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import { hexValue } from "./hex-digits.ts";
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
  type TextRange,
} from "./otlp-carrier.ts";
import { readExactInteger, readJsonAttributes, readNumberText } from "./read-json-attributes.ts";

const names = {
  resource: Buffer.from("resource"),
  scope: Buffer.from("scope"),
  attributes: Buffer.from("attributes"),
  name: Buffer.from("name"),
  key: Buffer.from("key"),
  traceId: Buffer.from("traceId"),
  spanId: Buffer.from("spanId"),
  parentSpanId: Buffer.from("parentSpanId"),
  events: Buffer.from("events"),
  startTimeUnixNano: Buffer.from("startTimeUnixNano"),
  timeUnixNano: Buffer.from("timeUnixNano"),
  observedTimeUnixNano: Buffer.from("observedTimeUnixNano"),
  eventName: Buffer.from("eventName"),
};
const containers = {
  traces: [Buffer.from("resourceSpans"), Buffer.from("scopeSpans"), Buffer.from("spans")],
  logs: [Buffer.from("resourceLogs"), Buffer.from("scopeLogs"), Buffer.from("logRecords")],
} as const;

/**
 * Walks an ExportTraceServiceRequest or ExportLogsServiceRequest in OTLP's JSON encoding. Members
 * may come in any order, so each object is scanned once and what matters is read afterwards.
 * @throws MalformedOtlpError where the bytes are not that message
 */
export function walkJson(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor): void {
  new JsonWalker(body, signal, visitor).walk();
}

interface ScannedEvent {
  readonly start: number;
  readonly end: number;
  readonly nameBytes: Buffer;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly timeHigh: number;
  readonly timeLow: number;
  /** -1 where it has none. */
  readonly attributesAt: number;
}

class JsonWalker implements OtlpWalker {
  readonly carrier: OtlpCarrier;
  private readonly signal: OtlpSignal;
  private readonly visitor: CarrierVisitor;
  private readonly cursor: JsonCursor;
  private resourceAt = -1;
  private spanAttributesAt = -1;
  private attributesAt = -1;
  private readonly id: TextRange;
  private readonly events: ScannedEvent[] = [];

  constructor(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor) {
    this.carrier = new OtlpCarrier(body);
    this.cursor = new JsonCursor(body);
    this.signal = signal;
    this.visitor = visitor;
    this.id = { bytes: body, start: 0, end: 0 };
  }

  walk(): void {
    const cursor = this.cursor;
    const [resources] = containers[this.signal];
    const [otherResources] = containers[this.signal === "traces" ? "logs" : "traces"];
    if (cursor.peek() !== 0x7b) throw cursor.error("an object");
    if (cursor.enterObject()) {
      do {
        cursor.nextKey();
        if (cursor.keyIs(resources)) {
          this.eachElement(() => this.walkResource());
        } else if (cursor.keyIs(otherResources)) {
          throw new MalformedOtlpError(
            `"${otherResources.toString()}" is not part of ${this.signal}: check the path that the exporter posts to`,
            cursor.pos,
          );
        } else {
          cursor.skipValue();
        }
      } while (cursor.moreMembers());
    }
    cursor.finish();
  }

  private eachElement(read: () => void): void {
    const cursor = this.cursor;
    if (!cursor.enterArray()) return;
    do {
      read();
    } while (cursor.moreElements());
  }

  private walkResource(): void {
    const cursor = this.cursor;
    this.resourceAt = -1;
    const scopes = containers[this.signal][1];
    if (!cursor.enterObject()) {
      this.visitor.resource(this);
      return;
    }
    const scopesAt: number[] = [];
    let walked = false;
    do {
      cursor.nextKey();
      cursor.peek();
      if (cursor.keyIs(scopes)) {
        if (this.resourceAt >= 0 && scopesAt.length === 0 && !walked) {
          // The usual order: the resource is known, its spans can be walked in place.
          walked = true;
          this.visitor.resource(this);
          this.eachElement(() => this.walkScope());
          continue;
        }
        scopesAt.push(cursor.pos);
      } else if (cursor.keyIs(names.resource)) {
        this.resourceAt = this.findAttributes();
        continue;
      }
      cursor.skipValue();
    } while (cursor.moreMembers());
    if (!walked) this.visitor.resource(this);
    const after = cursor.pos;
    for (const at of scopesAt) {
      cursor.pos = at;
      this.eachElement(() => this.walkScope());
    }
    cursor.pos = after;
  }

  /** Reads a resource; where its attributes stand, at the end of the body where it has none. */
  private findAttributes(): number {
    const cursor = this.cursor;
    let at = this.carrier.body.length;
    if (!cursor.enterObject()) return at;
    do {
      cursor.nextKey();
      cursor.peek();
      if (cursor.keyIs(names.attributes)) at = cursor.pos;
      cursor.skipValue();
    } while (cursor.moreMembers());
    return at;
  }

  private walkScope(): void {
    const cursor = this.cursor;
    const scopeName = this.carrier.scopeName;
    scopeName.start = scopeName.end = 0;
    const items = containers[this.signal][2];
    if (!cursor.enterObject()) {
      this.visitor.scope(this);
      return;
    }
    const itemsAt: number[] = [];
    let hasScope = false;
    let walked = false;
    do {
      cursor.nextKey();
      cursor.peek();
      if (cursor.keyIs(items)) {
        if (hasScope && itemsAt.length === 0 && !walked) {
          walked = true;
          this.walkItems(this.visitor.scope(this));
          continue;
        }
        itemsAt.push(cursor.pos);
      } else if (cursor.keyIs(names.scope)) {
        hasScope = true;
        this.readScope();
        continue;
      }
      cursor.skipValue();
    } while (cursor.moreMembers());
    const after = cursor.pos;
    if (itemsAt.length > 0 || !walked) {
      const wantsAll = this.visitor.scope(this);
      for (const at of itemsAt) {
        cursor.pos = at;
        this.walkItems(wantsAll);
      }
    }
    cursor.pos = after;
  }

  private readScope(): void {
    const cursor = this.cursor;
    if (!cursor.enterObject()) return;
    do {
      cursor.nextKey();
      if (cursor.keyIs(names.name)) this.readText(this.carrier.scopeName);
      else cursor.skipValue();
    } while (cursor.moreMembers());
  }

  private walkItems(wantsAll: boolean): void {
    const cursor = this.cursor;
    if (!cursor.enterArray()) return;
    const traces = this.signal === "traces";
    do {
      if (traces) this.walkSpan(wantsAll);
      else this.walkLogRecord();
    } while (cursor.moreElements());
  }

  private walkSpan(wanted: boolean): void {
    const cursor = this.cursor;
    const carrier = this.carrier;
    clearIds(carrier);
    carrier.spanName.start = carrier.spanName.end = 0;
    this.events.length = 0;
    let startTimeAt = -1;
    this.spanAttributesAt = -1;
    if (!cursor.enterObject()) return;
    do {
      cursor.nextKey();
      const key = cursor.key;
      // Told apart by length first: most members are skipped.
      switch (key.end - key.start) {
        case 4:
          if (cursor.keyIs(names.name)) this.readText(carrier.spanName);
          else cursor.skipValue();
          break;
        case 6:
          if (cursor.keyIs(names.events)) this.scanEvents();
          else if (cursor.keyIs(names.spanId)) this.readSpanId();
          else cursor.skipValue();
          break;
        case 7:
          if (cursor.keyIs(names.traceId)) this.readTraceId();
          else cursor.skipValue();
          break;
        case 10:
          cursor.peek();
          if (cursor.keyIs(names.attributes)) this.spanAttributesAt = cursor.pos;
          cursor.skipValue();
          break;
        case 12:
          if (cursor.keyIs(names.parentSpanId)) this.readParentSpanId();
          else cursor.skipValue();
          break;
        case 17:
          cursor.peek();
          if (cursor.keyIs(names.startTimeUnixNano)) startTimeAt = cursor.pos;
          cursor.skipValue();
          break;
        default:
          cursor.skipValue();
      }
    } while (cursor.moreMembers());
    const events = this.events;
    if (events.length === 0 && !wanted) return;
    const after = cursor.pos;
    carrier.timeHigh = carrier.timeLow = 0;
    this.decodeIds();
    if (events.length === 0 && startTimeAt >= 0) {
      cursor.pos = startTimeAt;
      this.readTime(false);
    }
    this.visitor.beginSpan(this, events.length);
    for (const event of events) {
      carrier.eventName.bytes = event.nameBytes;
      carrier.eventName.start = event.nameStart;
      carrier.eventName.end = event.nameEnd;
      carrier.timeHigh = event.timeHigh;
      carrier.timeLow = event.timeLow;
      carrier.eventStart = event.start;
      carrier.eventEnd = event.end;
      this.attributesAt = event.attributesAt;
      this.visitor.spanEvent(this);
    }
    cursor.pos = after;
  }

  /** Notes where each event stands: its span's ids and name may come after it. */
  private scanEvents(): void {
    const cursor = this.cursor;
    const carrier = this.carrier;
    this.events.length = 0;
    if (!cursor.enterArray()) return;
    do {
      carrier.timeHigh = carrier.timeLow = 0;
      carrier.eventName.start = carrier.eventName.end = 0;
      let attributesAt = -1;
      cursor.peek();
      const start = cursor.pos;
      if (cursor.enterObject()) {
        do {
          cursor.nextKey();
          cursor.peek();
          if (cursor.keyIs(names.attributes)) {
            attributesAt = cursor.pos;
            cursor.skipValue();
          } else if (cursor.keyIs(names.name)) {
            this.readText(carrier.eventName);
          } else if (cursor.keyIs(names.timeUnixNano)) {
            this.readTime(false);
          } else {
            cursor.skipValue();
          }
        } while (cursor.moreMembers());
      }
      const { bytes, start: nameStart, end: nameEnd } = carrier.eventName;
      const { timeHigh, timeLow } = carrier;
      this.events.push({
        start,
        end: cursor.pos,
        nameBytes: bytes,
        nameStart,
        nameEnd,
        timeHigh,
        timeLow,
        attributesAt,
      });
    } while (cursor.moreElements());
  }

  private walkLogRecord(): void {
    const cursor = this.cursor;
    const carrier = this.carrier;
    clearIds(carrier);
    carrier.spanName.start = carrier.spanName.end = 0;
    carrier.eventName.start = carrier.eventName.end = 0;
    carrier.timeHigh = carrier.timeLow = carrier.observedHigh = carrier.observedLow = 0;
    this.attributesAt = -1;
    cursor.peek();
    carrier.eventStart = cursor.pos;
    if (cursor.enterObject()) {
      do {
        cursor.nextKey();
        cursor.peek();
        if (cursor.keyIs(names.attributes)) {
          this.attributesAt = cursor.pos;
          cursor.skipValue();
        } else if (cursor.keyIs(names.eventName)) this.readText(carrier.eventName);
        else if (cursor.keyIs(names.timeUnixNano)) this.readTime(false);
        else if (cursor.keyIs(names.observedTimeUnixNano)) this.readTime(true);
        else if (cursor.keyIs(names.traceId)) this.readTraceId();
        else if (cursor.keyIs(names.spanId)) this.readSpanId();
        else cursor.skipValue();
      } while (cursor.moreMembers());
    }
    const after = cursor.pos;
    carrier.eventEnd = after;
    this.decodeIds();
    this.visitor.logRecord(this);
    cursor.pos = after;
  }

  private readText(into: TextRange): void {
    if (this.cursor.skipNull()) into.start = into.end = 0;
    else this.cursor.readString(into);
  }

  /** The raw range of an id is what stands between its quotes. */
  private skipId(): void {
    const id = this.id;
    if (this.cursor.skipNull()) {
      id.start = id.end = 0;
      return;
    }
    if (this.cursor.peek() !== 0x22) throw this.cursor.error("an id in hex");
    id.start = this.cursor.pos + 1;
    this.cursor.skipString();
    id.end = this.cursor.pos - 1;
  }

  private readTraceId(): void {
    this.skipId();
    this.carrier.traceIdStart = this.id.start;
    this.carrier.traceIdEnd = this.id.end;
  }

  private readSpanId(): void {
    this.skipId();
    this.carrier.spanIdStart = this.id.start;
    this.carrier.spanIdEnd = this.id.end;
  }

  private readParentSpanId(): void {
    this.skipId();
    this.carrier.parentSpanIdStart = this.id.start;
    this.carrier.parentSpanIdEnd = this.id.end;
  }

  private decodeIds(): void {
    const c = this.carrier;
    c.traceIdState = decodeId(c.body, c.traceIdStart, c.traceIdEnd, c.ids, traceIdAt, 16);
    c.spanIdState = decodeId(c.body, c.spanIdStart, c.spanIdEnd, c.ids, spanIdAt, 8);
    c.parentSpanIdState = decodeId(c.body, c.parentSpanIdStart, c.parentSpanIdEnd, c.ids, parentSpanIdAt, 8);
  }

  /** 64-bit nanoseconds from a decimal text or number, as two halves: exact. */
  private readTime(observed: boolean): void {
    const cursor = this.cursor;
    const at = cursor.pos;
    if (cursor.skipNull()) return;
    let high: number;
    let low: number;
    const bytes = cursor.bytes;
    const quoted = bytes[at] === 0x22;
    const first = quoted ? at + 1 : at;
    // Nineteen digits, as every time from 2001 to 2286 has.
    let upper = 0;
    let lower = 0;
    let pos = first;
    for (; pos < first + 10; pos++) upper = upper * 10 + (bytes[pos]! ^ 0x30);
    for (; pos < first + 19; pos++) lower = lower * 10 + (bytes[pos]! ^ 0x30);
    if (areDigits(bytes, first, first + 19) && bytes[first] !== 0x30 && bytes[pos] === (quoted ? 0x22 : 0x2c)) {
      cursor.pos = quoted ? pos + 1 : pos;
      // upper * 10^9 + lower in halves: the product in two parts of 16 bits, each below 2^53.
      const part0 = (upper & 0xffff) * 1e9 + lower;
      const part1 = Math.floor(upper / 0x10000) * 1e9;
      const part1High = Math.floor(part1 / 0x10000);
      const sum = (part1 - part1High * 0x10000) * 0x10000 + part0;
      const carry = Math.floor(sum / 0x100000000);
      high = part1High + carry;
      low = sum - carry * 0x100000000;
    } else {
      const number = readNumberText(cursor);
      const exact = readExactInteger(number);
      if (exact === null || BigInt.asUintN(64, exact) !== exact) {
        throw new MalformedOtlpError(
          `Expected nanoseconds since 1970, found ${JSON.stringify(number.slice(0, 40))}`,
          at,
        );
      }
      high = Number(exact >> 32n);
      low = Number(exact & 0xffffffffn);
    }
    const carrier = this.carrier;
    if (observed) {
      carrier.observedHigh = high;
      carrier.observedLow = low;
    } else {
      carrier.timeHigh = high;
      carrier.timeLow = low;
    }
  }

  readResourceAttributes(visitor: AttributeVisitor): void {
    this.readAttributesAt(this.resourceAt, visitor);
  }

  readSpanAttributes(visitor: AttributeVisitor): void {
    this.readAttributesAt(this.spanAttributesAt, visitor);
  }

  readEventAttributes(visitor: AttributeVisitor): void {
    this.readAttributesAt(this.attributesAt, visitor);
  }

  private readAttributesAt(at: number, visitor: AttributeVisitor): void {
    if (at < 0 || at >= this.carrier.body.length) return;
    const cursor = this.cursor;
    const after = cursor.pos;
    cursor.pos = at;
    readJsonAttributes(cursor, visitor);
    cursor.pos = after;
  }

  hasEventAttribute(name: Buffer): boolean {
    if (this.attributesAt < 0) return false;
    const cursor = this.cursor;
    const after = cursor.pos;
    cursor.pos = this.attributesAt;
    let found = false;
    if (cursor.enterArray()) {
      do {
        let same = false;
        if (cursor.enterObject()) {
          do {
            cursor.nextKey();
            if (cursor.keyIs(names.key) && cursor.peek() === 0x22) {
              cursor.readString(cursor.key);
              same = cursor.keyIs(name);
            } else {
              cursor.skipValue();
            }
          } while (cursor.moreMembers());
        }
        found ||= same;
      } while (!found && cursor.moreElements());
    }
    cursor.pos = after;
    return found;
  }
}

function clearIds(carrier: OtlpCarrier): void {
  carrier.traceIdStart = carrier.traceIdEnd = 0;
  carrier.spanIdStart = carrier.spanIdEnd = 0;
  carrier.parentSpanIdStart = carrier.parentSpanIdEnd = 0;
}

function areDigits(bytes: Buffer, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (bytes[i]! < 0x30 || bytes[i]! > 0x39) return false;
  return end <= bytes.length;
}

function decodeId(bytes: Buffer, start: number, end: number, ids: Buffer, at: number, expected: number): IdState {
  if (end === start) return idState.absent;
  if (end - start !== expected * 2) return idState.wrongLength;
  let bits = 0;
  for (let i = 0; i < expected; i++) {
    const high = hexValue[bytes[start + i * 2]!]!;
    const low = hexValue[bytes[start + i * 2 + 1]!]!;
    if (high > 15 || low > 15) return idState.wrongLength;
    const byte = (high << 4) | low;
    ids[at + i] = byte;
    bits |= byte;
  }
  return bits === 0 ? idState.zero : idState.valid;
}
