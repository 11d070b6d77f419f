import { instrumentationScope, reservedAttributes } from "../event-catalogue.ts";
import { encodeAnyValue } from "../recording/encode-any-value.ts";
import { readRecord, recordFlags, spanEventAttributeTag } from "../recording/event-record.ts";
import {
  concatBytes,
  lengthDelimited,
  utf8Bytes,
  varint,
  varintLength,
  writeVarint,
} from "../recording/protobuf-bytes.ts";
import { seedOfSource, writeEventId, writeSpanId, writeTraceId, type SourceSeed } from "./derive-ids.ts";
import type { RecordBatch } from "./backlog.ts";
import type { SourceIdentity } from "./source-identity.ts";

/** Name of the carrier that says how many events a source has given out and dropped. */
export const sourceReportName = "spanledger.source.report";

/** `Span.flags`: sampled, and the bits that say whether the parent is remote are meaningful. */
const sampledFlags = 0x101;
const remoteParentFlag = 0x200;
const kindInternal = 1;
const severityInfo = 9;
const logAttributeTag = 0x32;

/**
 * Writes the OTLP requests of one source by hand: a carrier is a dozen fields, and the attributes
 * were encoded when the event was recorded.
 */
export class CarrierEncoder {
  readonly #identity: SourceIdentity;
  readonly #seed: SourceSeed;
  readonly #resource: Uint8Array;
  readonly #scope: Uint8Array;
  readonly #sourceIdAttribute: Uint8Array;
  #out = new Uint8Array(64 * 1024);
  #view = new DataView(this.#out.buffer);
  #at = 0;

  constructor(identity: SourceIdentity) {
    this.#identity = identity;
    this.#seed = seedOfSource(identity.sourceId);
    this.#resource = lengthDelimited(
      1,
      concatBytes(Object.entries(identity.resource).map(([key, value]) => keyValue(1, key, value))),
    );
    this.#scope = lengthDelimited(
      1,
      concatBytes([
        lengthDelimited(1, utf8Bytes(instrumentationScope)),
        lengthDelimited(2, utf8Bytes(identity.sdkVersion)),
      ]),
    );
    this.#sourceIdAttribute = keyValue(
      identity.signal === "traces" ? 3 : 6,
      reservedAttributes.sourceId,
      identity.sourceId,
    );
  }

  /** The OTLP request with records `from` to `to` (exclusive) of the batch. */
  encodeBatch(batch: RecordBatch, from: number, to: number): Uint8Array {
    this.#at = 0;
    for (let i = from; i < to; i += 1) {
      const { bytes, view } = batch.chunks[i]!;
      this.#writeCarrier(bytes, view, batch.offsets[i]!);
    }
    return this.#wrap();
  }

  /** The OTLP request with one carrier that has no event: what the source says of itself. */
  encodeReport(lastSeq: number, dropped: number, timeMs: number): Uint8Array {
    const isSpan = this.#identity.signal === "traces";
    const field = isSpan ? 9 : 6;
    const attributes = concatBytes([
      keyValue(field, reservedAttributes.sourceId, this.#identity.sourceId),
      keyValue(field, reservedAttributes.sourceLastSeq, lastSeq),
      keyValue(field, reservedAttributes.sourceDropped, dropped),
    ]);
    this.#at = 0;
    this.#reserve(attributes.length + 256);
    // Reports take their ids from numbers that no event has.
    const idSeq = -timeMs;
    const name = utf8Bytes(sourceReportName);
    if (isSpan) {
      const length = 18 + 10 + 2 + name.length + 2 + 9 + 9 + attributes.length + 6;
      this.#head(0x12, length);
      this.#traceId(0x0a, undefined, idSeq);
      this.#spanId(0x12, idSeq);
      this.#bytesField(0x2a, name);
      this.#byte(0x30, kindInternal);
      this.#nanoseconds(0x39, timeMs);
      this.#nanoseconds(0x41, timeMs);
      this.#copy(attributes);
      this.#flags(sampledFlags);
    } else {
      const length = 9 + 2 + attributes.length + 5 + 18 + 10 + 9 + 2 + name.length;
      this.#head(0x12, length);
      this.#nanoseconds(0x09, timeMs);
      this.#byte(0x10, severityInfo);
      this.#copy(attributes);
      this.#logFlags();
      this.#traceId(0x4a, undefined, idSeq);
      this.#spanId(0x52, idSeq);
      this.#nanoseconds(0x59, timeMs);
      this.#bytesField(0x62, name);
    }
    return this.#wrap();
  }

  #writeCarrier(bytes: Uint8Array, view: DataView, offset: number): void {
    const record = readRecord(bytes, view, offset);
    const { name, attributes, seq, timeMs, traceId, parentSpanId } = record;
    const isSpan = this.#identity.signal === "traces";
    const nameField = 1 + varintLength(name.length) + name.length;
    const ours = 2 + eventIdPrefix.length + 36 + this.#sourceIdAttribute.length + seqLength(seq);
    this.#reserve(attributes.length + name.length * 2 + ours + 160);
    if (isSpan) {
      const event = 9 + nameField + attributes.length + ours;
      const parent = parentSpanId === undefined ? 0 : 10;
      this.#head(0x12, 18 + 10 + parent + nameField + 2 + 9 + 9 + 1 + varintLength(event) + event + 6);
      this.#traceId(0x0a, traceId, seq);
      this.#spanId(0x12, seq);
      if (parentSpanId !== undefined) this.#bytesField(0x22, parentSpanId);
      this.#bytesField(0x2a, name);
      this.#byte(0x30, kindInternal);
      this.#nanoseconds(0x39, timeMs);
      this.#nanoseconds(0x41, timeMs);
      this.#head(0x5a, event);
      this.#nanoseconds(0x09, timeMs);
      this.#bytesField(0x12, name);
      this.#copy(attributes);
      this.#ourAttributes(spanEventAttributeTag, record.eventId, seq, timeMs);
      const remote = (record.flags & recordFlags.parentIsRemote) === 0 ? 0 : remoteParentFlag;
      this.#flags(sampledFlags | remote);
      return;
    }
    this.#head(0x12, 9 + 2 + attributes.length + ours + 5 + 18 + 10 + 9 + nameField);
    this.#nanoseconds(0x09, timeMs);
    this.#byte(0x10, severityInfo);
    this.#copyAsLogAttributes(attributes);
    this.#ourAttributes(logAttributeTag, record.eventId, seq, timeMs);
    this.#logFlags();
    this.#traceId(0x4a, traceId, seq);
    // The log form names the span that was active, the span form its parent: one row either way.
    if (parentSpanId === undefined) this.#spanId(0x52, seq);
    else this.#bytesField(0x52, parentSpanId);
    this.#nanoseconds(0x59, timeMs);
    this.#bytesField(0x62, name);
  }

  /** Event id, source id and sequence number: the mark of a business event. */
  #ourAttributes(tag: number, eventId: Uint8Array | undefined, seq: number, timeMs: number): void {
    const out = this.#out;
    out[this.#at] = tag;
    out[this.#at + 1] = eventIdPrefix.length + 36;
    out.set(eventIdPrefix, this.#at + 2);
    this.#at += 2 + eventIdPrefix.length;
    if (eventId === undefined) writeEventId(idBytes, 0, this.#seed, seq, timeMs);
    else idBytes.set(eventId);
    for (let i = 0; i < 16; i += 1) {
      if (i === 4 || i === 6 || i === 8 || i === 10) out[this.#at++] = 0x2d;
      out[this.#at++] = hexDigits[idBytes[i]! >> 4]!;
      out[this.#at++] = hexDigits[idBytes[i]! & 15]!;
    }
    this.#copy(this.#sourceIdAttribute);
    const value = 1 + varintLength(seq);
    out[this.#at] = tag;
    out[this.#at + 1] = seqPrefix.length + 1 + value;
    out.set(seqPrefix, this.#at + 2);
    this.#at += 2 + seqPrefix.length;
    out[this.#at] = value;
    out[this.#at + 1] = 0x18;
    this.#at = writeVarint(out, this.#at + 2, seq);
  }

  /** Attributes were written with the tag of a span event; a log record has another number. */
  #copyAsLogAttributes(attributes: Uint8Array): void {
    const start = this.#at;
    this.#copy(attributes);
    const out = this.#out;
    let at = start;
    while (at < this.#at) {
      out[at++] = logAttributeTag;
      let length = 0;
      let scale = 1;
      for (;;) {
        const byte = out[at++]!;
        length += (byte & 127) * scale;
        if (byte < 128) break;
        scale *= 128;
      }
      at += length;
    }
  }

  #wrap(): Uint8Array {
    const carriers = this.#out.subarray(0, this.#at);
    const scoped = this.#scope.length + carriers.length;
    const scopedHead = concatBytes([Uint8Array.of(0x12), varint(scoped)]);
    const resource = this.#resource.length + scopedHead.length + scoped;
    const head = concatBytes([Uint8Array.of(0x0a), varint(resource)]);
    return concatBytes([head, this.#resource, scopedHead, this.#scope, carriers]);
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(this.#out.length * 2, this.#at + bytes));
    grown.set(this.#out.subarray(0, this.#at));
    this.#out = grown;
    this.#view = new DataView(grown.buffer);
  }

  #head(tag: number, length: number): void {
    this.#out[this.#at] = tag;
    this.#at = writeVarint(this.#out, this.#at + 1, length);
  }

  #byte(tag: number, value: number): void {
    this.#out[this.#at] = tag;
    this.#out[this.#at + 1] = value;
    this.#at += 2;
  }

  #bytesField(tag: number, content: Uint8Array): void {
    this.#head(tag, content.length);
    this.#copy(content);
  }

  #copy(content: Uint8Array): void {
    this.#out.set(content, this.#at);
    this.#at += content.length;
  }

  #traceId(tag: number, traceId: Uint8Array | undefined, seq: number): void {
    this.#byte(tag, 16);
    if (traceId === undefined) writeTraceId(this.#out, this.#at, this.#seed, seq);
    else this.#out.set(traceId, this.#at);
    this.#at += 16;
  }

  #spanId(tag: number, seq: number): void {
    this.#byte(tag, 8);
    writeSpanId(this.#out, this.#at, this.#seed, seq);
    this.#at += 8;
  }

  /** `fixed64` of a time in nanoseconds, exact: 64 bits never pass through a double. */
  #nanoseconds(tag: number, timeMs: number): void {
    const lowPart = (timeMs % 65_536) * 1_000_000;
    const highPart = Math.floor(timeMs / 65_536) * 1_000_000;
    const low = (highPart % 65_536) * 65_536 + (lowPart % 0x1_0000_0000);
    const high = Math.floor(highPart / 65_536) + Math.floor(lowPart / 0x1_0000_0000) + Math.floor(low / 0x1_0000_0000);
    this.#out[this.#at] = tag;
    this.#view.setUint32(this.#at + 1, low % 0x1_0000_0000, true);
    this.#view.setUint32(this.#at + 5, high, true);
    this.#at += 9;
  }

  /** `Span.flags`, field 16. */
  #flags(flags: number): void {
    this.#byte(0x85, 0x01);
    this.#view.setUint32(this.#at, flags, true);
    this.#at += 4;
  }

  /** `LogRecord.flags`, field 8: the W3C flags alone. */
  #logFlags(): void {
    this.#out[this.#at] = 0x45;
    this.#view.setUint32(this.#at + 1, 1, true);
    this.#at += 5;
  }
}

const idBytes = new Uint8Array(16);
const hexDigits = utf8Bytes("0123456789abcdef");
/** `KeyValue` of the event id up to its 36 characters. */
const eventIdPrefix = concatBytes([
  lengthDelimited(1, utf8Bytes(reservedAttributes.eventId)),
  Uint8Array.of(0x12, 38, 0x0a, 36),
]);
/** `KeyValue` of the sequence number up to the length of its value. */
const seqPrefix = concatBytes([lengthDelimited(1, utf8Bytes(reservedAttributes.eventSeq)), Uint8Array.of(0x12)]);

function seqLength(seq: number): number {
  return 2 + seqPrefix.length + 2 + varintLength(seq);
}

/** A `KeyValue` as a field of its parent. */
function keyValue(field: number, key: string, value: string | number | boolean): Uint8Array {
  const encoded = encodeAnyValue(value);
  const anyValue = "anyValue" in encoded ? encoded.anyValue : new Uint8Array(0);
  return lengthDelimited(field, concatBytes([lengthDelimited(1, utf8Bytes(key)), lengthDelimited(2, anyValue)]));
}
