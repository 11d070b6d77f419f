import type { AttributeTape, TapeKey } from "./attribute-tape.ts";
import { containers, names, resourcesOfSignals } from "./json-containers.ts";
import { JsonCursor } from "./json-cursor.ts";
import { JsonPosition } from "./json-position.ts";
import { MalformedOtlpError } from "./malformed-otlp-error.ts";
import { OtlpCarrier, type CarrierVisitor, type OtlpSignal } from "./otlp-carrier.ts";
import { JsonLogRecordReader } from "./walk-json-log-record.ts";
import { JsonSpanReader } from "./walk-json-span.ts";
import { stretchBytes, type Walk } from "./walk-pauses.ts";

/**
 * Walks an ExportTraceServiceRequest or ExportLogsServiceRequest in OTLP's JSON encoding. Members
 * may come in any order, so each object is scanned once and what matters is read afterwards. A value of
 * the wrong type is skipped: in an event it is noted as the carrier's fault, elsewhere nothing depends on it.
 * @throws MalformedOtlpError if the bytes are not JSON or not that message
 */
export function walkJson(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor): Walk {
  return new JsonWalker(body, signal, visitor).walk();
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
  #pauseAt = stretchBytes;
  /** Spans or log records that were met. */
  #items = 0;
  /** Where the first list or element of the wrong type stands; -1 if there is none. */
  #unreadableAt = -1;

  constructor(body: Buffer, signal: OtlpSignal, visitor: CarrierVisitor) {
    this.#carrier = new OtlpCarrier(body);
    this.#cursor = new JsonCursor(body);
    this.#signal = signal;
    this.#visitor = visitor;
    this.#tape = visitor.tape;
    this.#position = new JsonPosition(this.#cursor, this.#carrier, visitor.tape);
    this.#span = new JsonSpanReader(this.#cursor, this.#carrier, visitor.tape);
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
  readonly #readScope = () => this.#readScopeName() ?? true;
  readonly #findAttributes = () => this.#findResourceAttributes();
  readonly #readRecord = () => this.#record.read();

  *walk(): Walk {
    const cursor = this.#cursor;
    const wanted = containers[this.#signal].resources;
    yield* cursor.findWhiteSpace();
    if (cursor.peek() !== 0x7b) throw cursor.error("an object");
    if (cursor.enterObject()) {
      let known = false;
      do {
        if (cursor.readShort(this.#nextKey) === undefined) yield* this.#read(this.#nextKey);
        if (cursor.keyIs(wanted)) {
          known = true;
          const first = cursor.peek();
          if (first !== 0x5b && first !== 0x6e) throw cursor.error(`an array as "${wanted.toString()}"`);
          yield* this.#walkResources();
        } else {
          this.#refuseOtherSignal();
          if (cursor.readShort(this.#skipValue) === undefined) yield* this.#read(this.#skipValue);
        }
        if (this.#mayPause()) yield;
      } while (cursor.moreMembers());
      if (!known) throw new MalformedOtlpError(`Expected the member "${wanted.toString()}", found only others`, 0);
    }
    cursor.finish();
    this.#refuseUnreadable();
  }

  /** A list of the wrong type concerns itself alone; if the request holds nothing else, it is not what it claims to be. */
  #refuseUnreadable(): void {
    if (this.#unreadableAt < 0 || this.#items > 0) return;
    this.#cursor.pos = this.#unreadableAt;
    throw this.#cursor.error(`${this.#signal === "traces" ? "spans" : "log records"} within arrays and objects`);
  }

  /**
   * Notes a value, which is next, if it should be a list or an element of one and is neither that nor null.
   * @param opening its first byte if its type is right
   */
  #checkType(opening: number): void {
    const first = this.#cursor.peek();
    if (first === opening || first === 0x6e) return;
    if (this.#unreadableAt < 0) this.#unreadableAt = this.#cursor.pos;
    this.#visitor.unreadable();
  }

  #refuseOtherSignal(): void {
    const other = resourcesOfSignals.find((name) => this.#cursor.keyIs(name));
    if (other === undefined) return;
    throw new MalformedOtlpError(
      `"${other.toString()}" is not part of ${this.#signal}: check the path that the exporter posts to`,
      this.#cursor.pos,
    );
  }

  *#walkResources(): Walk {
    const cursor = this.#cursor;
    if (!cursor.enterArray()) return;
    do {
      this.#checkType(0x7b);
      if (cursor.enterObject()) yield* this.#walkResource();
      if (this.#mayPause()) yield;
    } while (cursor.moreElements());
  }

  *#walkResource(): Walk {
    const cursor = this.#cursor;
    this.#position.resourceAttributesAt = -1;
    const { scopes, olderScopes } = containers[this.#signal];
    const scopesAt: number[] = [];
    let walked = false;
    do {
      if (this.#mayPause()) yield;
      if (cursor.readShort(this.#nextKey) === undefined) yield* this.#read(this.#nextKey);
      cursor.peek();
      if (cursor.keyIs(scopes) || cursor.keyIs(olderScopes)) {
        if (this.#position.resourceAttributesAt >= 0 && scopesAt.length === 0 && !walked) {
          // The usual order: the resource is known, its spans can be walked in place.
          walked = true;
          this.#visitor.resource(this.#position);
          yield* this.#walkScopes();
          continue;
        }
        scopesAt.push(cursor.pos);
      } else if (cursor.keyIs(names.resource)) {
        this.#position.resourceAttributesAt =
          cursor.readShort(this.#findAttributes) ?? (yield* this.#read(this.#findAttributes));
        continue;
      }
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

  /** Reads a resource; where its attributes stand, at the end of the body where it has none. */
  #findResourceAttributes(): number {
    const cursor = this.#cursor;
    let at = this.#carrier.body.length;
    if (!cursor.enterObject()) return at;
    do {
      cursor.nextKey();
      cursor.peek();
      if (cursor.keyIs(names.attributes)) at = cursor.pos;
      cursor.skipValue();
    } while (cursor.moreMembers());
    return at;
  }

  *#walkScopes(): Walk {
    const cursor = this.#cursor;
    this.#checkType(0x5b);
    if (!cursor.enterArray()) return;
    do {
      this.#checkType(0x7b);
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
      if (cursor.keyIs(items)) {
        if (hasScope && itemsAt.length === 0 && !walked) {
          walked = true;
          yield* this.#walkItems(this.#visitor.scope(this.#position));
          continue;
        }
        itemsAt.push(cursor.pos);
      } else if (cursor.keyIs(names.scope) || cursor.keyIs(names.olderScope)) {
        hasScope = true;
        if (cursor.readShort(this.#readScope) === undefined) yield* this.#read(this.#readScope);
        continue;
      }
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

  #readScopeName(): void {
    const cursor = this.#cursor;
    if (!cursor.enterObject()) return;
    do {
      cursor.nextKey();
      if (cursor.keyIs(names.name)) cursor.readText(this.#carrier.scopeName);
      else cursor.skipValue();
    } while (cursor.moreMembers());
  }

  *#walkItems(wantsAll: boolean): Walk {
    const cursor = this.#cursor;
    const span = this.#span;
    this.#checkType(0x5b);
    if (!cursor.enterArray()) return;
    const traces = this.#signal === "traces";
    do {
      const first = cursor.peek();
      if (first !== 0x7b && first !== 0x6e) {
        this.#checkType(0x7b);
        if (cursor.readShort(this.#skipValue) === undefined) yield* this.#read(this.#skipValue);
        continue;
      }
      this.#items++;
      if (traces) {
        if (cursor.readShort(this.#readSpan) === undefined) yield* this.#read(this.#readSpan);
        for (let i = 0; i < span.unreadable; i++) this.#visitor.unreadable();
        if (span.finish(wantsAll)) {
          if (span.hasMoreEvents) yield* this.#walkLongSpan();
          else this.#walkSpan();
        }
      } else {
        this.#position.attributesAt = cursor.readShort(this.#readRecord) ?? (yield* this.#read(this.#readRecord));
        this.#walkLogRecord();
      }
      if (this.#mayPause()) yield;
    } while (cursor.moreElements());
  }

  #walkSpan(): void {
    const cursor = this.#cursor;
    const span = this.#span;
    const after = cursor.pos;
    this.#position.spanAttributesAt = span.attributesAt;
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
    this.#position.spanAttributesAt = span.attributesAt;
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
    position.tapeFrom = 0;
    position.tapeTo = this.#tape.to;
    const after = cursor.pos;
    this.#visitor.logRecord(position);
    cursor.pos = after;
  }
}
