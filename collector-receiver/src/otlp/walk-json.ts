import type { AttributeTape, TapeKey } from "./attribute-tape.ts";
import { containers, names } from "./json-containers.ts";
import { JsonCursor } from "./json-cursor.ts";
import { JsonPosition } from "./json-position.ts";
import { JsonShape } from "./json-shape.ts";
import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import { OtlpCarrier, type CarrierVisitor, type OtlpSignal } from "./otlp-carrier.ts";
import { readJsonResource, readJsonScope } from "./read-json-resource.ts";
import { JsonLogRecordReader } from "./walk-json-log-record.ts";
import { JsonSpanReader } from "./walk-json-span.ts";
import { stretchBytes, type Walk } from "./walk-pauses.ts";

/**
 * Walks an ExportTraceServiceRequest or ExportLogsServiceRequest in OTLP's JSON encoding. Members
 * may come in any order, so each object is scanned once and what matters is read afterwards. A member that stands there
 * again goes on where the first one ended, as in a Collector. A value of the wrong type is skipped: in an event it is noted
 * as the carrier's fault, elsewhere nothing depends on it.
 * @param isCareful true if the visitor cannot begin again: what is around spans is then read to its end before they are visited
 * @throws MalformedOtlpError if the bytes are not JSON or not that message
 */
export function walkJson(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor, isCareful = false): Walk {
  return new JsonWalker(body, signal, visitor).walk(isCareful);
}

class JsonWalker {
  readonly #position: JsonPosition;
  readonly #carrier: OtlpCarrier;
  readonly #signal: OtlpSignal;
  readonly #visitor: CarrierVisitor;
  readonly #cursor: JsonCursor;
  readonly #span: JsonSpanReader;
  readonly #record: JsonLogRecordReader;
  readonly #tape: AttributeTape<TapeKey>;
  readonly #shape: JsonShape;
  #pauseAt = stretchBytes;
  /** True if a resource, or a scope, goes on behind its spans or log records, which were visited without that part. */
  #isLate = false;
  /** True in a second walk: what is around spans or log records is read to its end before they are visited. */
  #isCareful = false;

  constructor(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor) {
    this.#carrier = new OtlpCarrier(body);
    this.#cursor = new JsonCursor(body);
    this.#signal = signal;
    this.#visitor = visitor;
    this.#tape = visitor.tape;
    this.#shape = new JsonShape(this.#cursor, signal, visitor);
    this.#position = new JsonPosition(this.#cursor, this.#carrier, visitor.tape);
    this.#span = new JsonSpanReader(this.#cursor, this.#carrier, visitor);
    this.#record = new JsonLogRecordReader(this.#cursor, this.#carrier, visitor.tape);
  }

  /** Reads what is next with `read`; a long value is measured in pieces first, and then read quickly. */
  *#read<T>(read: () => T): Generator<undefined, T, undefined> {
    yield* this.#cursor.measure();
    return read();
  }

  readonly #nextKey = () => this.#cursor.nextKey() ?? true;
  readonly #skipValue = () => this.#cursor.skipValue() ?? true;
  readonly #readSpan = () => this.#span.begin() ?? true;
  readonly #readScope = () => readJsonScope(this.#cursor, this.#carrier.scopeName) ?? true;
  readonly #readResource = () => readJsonResource(this.#cursor, this.#position.resourceAttributes) ?? true;
  readonly #readRecord = () => this.#record.read() ?? true;

  *walk(isCareful: boolean): Walk {
    const cursor = this.#cursor;
    yield* cursor.findWhiteSpace();
    yield* this.#walkMerged(isCareful);
    if (cursor.unknownMembers > 0) this.#visitor.unknownMembers(cursor.unknownMembers);
  }

  /** A second time if a resource or scope was not known to its end. */
  *#walkMerged(isCareful: boolean): Walk {
    if (!isCareful) {
      try {
        yield* this.#walkRequest();
        if (!this.#isLate) return;
      } catch (error) {
        // The visitor may have objected to a resource that is not read to its end.
        if (error instanceof MalformedOtlpError) throw error;
      }
      this.#shape.restart();
      this.#cursor.unknownMembers = 0;
      this.#goBack(0);
      this.#visitor.restart();
    }
    this.#isCareful = true;
    yield* this.#walkRequest();
  }

  *#walkRequest(): Walk {
    const cursor = this.#cursor;
    const wanted = containers[this.#signal].resources;
    if (cursor.peek() !== 0x7b) throw cursor.error("an object");
    if (cursor.enterObject()) {
      let known = false;
      do {
        if (cursor.readShort(this.#nextKey) === undefined) yield* this.#read(this.#nextKey);
        if (cursor.keyIsOneOf(wanted)) {
          known = true;
          const first = cursor.peek();
          if (first !== 0x5b && first !== 0x6e) throw cursor.error(`an array as "${wanted[0]!.toString()}"`);
          yield* this.#walkResources();
        } else {
          this.#shape.refuseOtherSignal();
          cursor.unknownMembers++;
          if (cursor.readShort(this.#skipValue) === undefined) yield* this.#read(this.#skipValue);
        }
        if (this.#mayPause()) yield;
      } while (cursor.moreMembers());
      if (!known) throw new MalformedOtlpError(`Expected the member "${wanted[0]!.toString()}", found only others`, 0);
    }
    cursor.finish();
    this.#shape.refuseUnreadable();
  }

  *#walkResources(): Walk {
    const cursor = this.#cursor;
    if (!cursor.enterArray()) return;
    do {
      this.#shape.checkType(0x7b);
      if (cursor.enterObject()) yield* this.#walkResource();
      if (this.#mayPause()) yield;
    } while (cursor.moreElements());
  }

  *#walkResource(): Walk {
    const cursor = this.#cursor;
    this.#position.resourceAttributes = [];
    const { scopes } = containers[this.#signal];
    const scopesAt: number[] = [];
    let hasResource = false;
    let walked = false;
    do {
      if (this.#mayPause()) yield;
      if (cursor.readShort(this.#nextKey) === undefined) yield* this.#read(this.#nextKey);
      cursor.peek();
      if (cursor.keyIsOneOf(scopes)) {
        if (hasResource && scopesAt.length === 0 && !walked && !this.#isCareful) {
          // The usual order: the resource is known, its spans can be walked in place.
          walked = true;
          this.#visitor.resource(this.#position);
          yield* this.#walkScopes();
          continue;
        }
        scopesAt.push(cursor.pos);
      } else if (cursor.keyIsOneOf(names.resource)) {
        hasResource = true;
        this.#isLate ||= walked;
        if (cursor.readShort(this.#readResource) === undefined) yield* this.#read(this.#readResource);
        continue;
      } else cursor.countUnlessOneOf(names.schemaUrl);
      if (cursor.readShort(this.#skipValue) === undefined) yield* this.#read(this.#skipValue);
    } while (cursor.moreMembers());
    if (!walked) this.#visitor.resource(this.#position);
    const after = cursor.pos;
    for (const at of scopesAt) {
      this.#goBack(at);
      yield* this.#walkScopes();
    }
    cursor.pos = after;
  }

  #goBack(at: number): void {
    this.#cursor.pos = at;
    this.#pauseAt = Math.min(this.#pauseAt, at + stretchBytes);
  }

  #mayPause(): boolean {
    const { pos } = this.#cursor;
    if (pos < this.#pauseAt) return false;
    this.#pauseAt = pos + stretchBytes;
    return true;
  }

  *#walkScopes(): Walk {
    const cursor = this.#cursor;
    this.#shape.checkType(0x5b);
    if (!cursor.enterArray()) return;
    do {
      this.#shape.checkType(0x7b);
      if (cursor.enterObject()) yield* this.#walkScope();
      if (this.#mayPause()) yield;
    } while (cursor.moreElements());
  }

  *#walkScope(): Walk {
    const cursor = this.#cursor;
    const scopeName = this.#carrier.scopeName;
    scopeName.start = scopeName.end = 0;
    const { items } = containers[this.#signal];
    const itemsAt: number[] = [];
    let hasScope = false;
    let walked = false;
    do {
      if (this.#mayPause()) yield;
      if (cursor.readShort(this.#nextKey) === undefined) yield* this.#read(this.#nextKey);
      cursor.peek();
      if (cursor.keyIsOneOf(items)) {
        if (hasScope && itemsAt.length === 0 && !walked && !this.#isCareful) {
          walked = true;
          yield* this.#walkItems(this.#visitor.scope(this.#position));
          continue;
        }
        itemsAt.push(cursor.pos);
      } else if (cursor.keyIsOneOf(names.scope)) {
        hasScope = true;
        this.#isLate ||= walked;
        if (cursor.readShort(this.#readScope) === undefined) yield* this.#read(this.#readScope);
        continue;
      } else cursor.countUnlessOneOf(names.schemaUrl);
      if (cursor.readShort(this.#skipValue) === undefined) yield* this.#read(this.#skipValue);
    } while (cursor.moreMembers());
    const after = cursor.pos;
    if (itemsAt.length > 0 || !walked) {
      const wantsAll = this.#visitor.scope(this.#position);
      for (const at of itemsAt) {
        this.#goBack(at);
        yield* this.#walkItems(wantsAll);
      }
    }
    cursor.pos = after;
  }

  *#walkItems(wantsAll: boolean): Walk {
    const cursor = this.#cursor;
    const span = this.#span;
    this.#shape.checkType(0x5b);
    if (!cursor.enterArray()) return;
    const traces = this.#signal === "traces";
    do {
      const first = cursor.peek();
      if (first !== 0x7b && first !== 0x6e) {
        this.#shape.checkType(0x7b);
        if (cursor.readShort(this.#skipValue) === undefined) yield* this.#read(this.#skipValue);
        continue;
      }
      this.#shape.items++;
      if (traces) {
        if (cursor.readShort(this.#readSpan) === undefined) yield* this.#read(this.#readSpan);
        for (let i = 0; i < span.unreadable; i++) this.#visitor.unreadable();
        if (span.finish(wantsAll)) {
          if (span.hasMoreEvents) yield* this.#walkLongSpan();
          else this.#walkSpan();
        }
      } else {
        if (cursor.readShort(this.#readRecord) === undefined) yield* this.#read(this.#readRecord);
        this.#walkLogRecord();
      }
      if (this.#mayPause()) yield;
    } while (cursor.moreElements());
  }

  #walkSpan(): void {
    const cursor = this.#cursor;
    const span = this.#span;
    const after = cursor.pos;
    this.#position.spanAttributes = span.attributes;
    this.#position.spanAt = span.at;
    this.#visitor.beginSpan(this.#position, span.events.length);
    this.#visitEvents();
    cursor.pos = after;
  }

  /** A span with more events than are scanned at once. */
  *#walkLongSpan(): Walk {
    const cursor = this.#cursor;
    const span = this.#span;
    const carrier = this.#carrier;
    const after = cursor.pos;
    this.#position.spanAttributes = span.attributes;
    this.#position.spanAt = span.at;
    this.#visitor.beginSpan(this.#position, span.events.length);
    while (span.scanEvents()) {
      this.#visitEvents();
      const ids = Buffer.from(carrier.ids);
      yield;
      carrier.ids.set(ids);
    }
    this.#visitEvents();
    cursor.pos = after;
  }

  #visitEvents(): void {
    for (const event of this.#span.events) {
      this.#position.enterEvent(event);
      this.#visitor.spanEvent(this.#position);
    }
  }

  #walkLogRecord(): void {
    const cursor = this.#cursor;
    const position = this.#position;
    position.attributesAt = this.#record.attributesAt;
    position.laterAttributes = this.#record.laterAttributes;
    position.tapeFrom = 0;
    position.tapeTo = this.#tape.to;
    const after = cursor.pos;
    this.#visitor.logRecord(position);
    cursor.pos = after;
  }
}
