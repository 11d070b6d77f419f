import { instrumentationScope, reservedAttributes, tenantAttribute } from "../event-catalogue.ts";
import { encodeAnyValue } from "../recording/encode-any-value.ts";
import { readRecord, readRecordTenant, recordFlags, spanEventAttributeTag } from "../recording/event-record.ts";
import {
  concatBytes,
  lengthDelimited,
  utf8Bytes,
  varint,
  varintLength,
  writeVarint,
} from "../recording/protobuf-bytes.ts";
import { CarrierBytes } from "./carrier-bytes.ts";
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
  /** By tenant, for events with one of their own. */
  readonly #resources = new Map<string, Uint8Array>();
  readonly #scope: Uint8Array;
  readonly #sourceIdAttribute: Uint8Array;
  readonly #out = scratch;

  constructor(identity: SourceIdentity) {
    this.#identity = identity;
    this.#seed = seedOfSource(identity.sourceId);
    this.#resource = encodeResource(identity.resource);
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

  /** The OTLP request with records `from` to `to` (exclusive) of the batch; valid until the next request is encoded. */
  encodeBatch(batch: RecordBatch, from: number, to: number): Uint8Array {
    const byTenant = new Map<string | undefined, number[]>();
    for (let i = from; i < to; i += 1) {
      const { bytes, view } = batch.chunks[i]!;
      const tenant = readRecordTenant(bytes, view, batch.offsets[i]!);
      const records = byTenant.get(tenant);
      if (records === undefined) byTenant.set(tenant, [i]);
      else records.push(i);
    }
    const encode = ([tenant, records]: readonly [string | undefined, readonly number[]]): Uint8Array => {
      const resource = tenant === undefined ? this.#resource : this.#resourceOf(tenant);
      this.#begin(resource);
      for (const i of records) {
        const { bytes, view } = batch.chunks[i]!;
        this.#writeCarrier(bytes, view, batch.offsets[i]!);
      }
      return this.#wrap(resource);
    };
    const [first, ...others] = [...byTenant];
    if (first === undefined || others.length === 0) return first === undefined ? new Uint8Array(0) : encode(first);
    // One resource for each tenant: messages of a repeated field may follow each other.
    return concatBytes([...byTenant].map((records) => encode(records).slice()));
  }

  /** The resource with another tenant in it. */
  #resourceOf(tenant: string): Uint8Array {
    const known = this.#resources.get(tenant);
    if (known !== undefined) return known;
    const resource = encodeResource({ ...this.#identity.resource, [tenantAttribute]: tenant });
    if (this.#resources.size < maxRememberedResources) this.#resources.set(tenant, resource);
    return resource;
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
    this.#begin(this.#resource);
    this.#out.reserve(attributes.length + 256);
    // Reports take their ids from numbers that no event has.
    const idSeq = -timeMs;
    const name = utf8Bytes(sourceReportName);
    if (isSpan) {
      const length = 18 + 10 + 2 + name.length + 2 + 9 + 9 + attributes.length + 6;
      this.#out.head(0x12, length);
      this.#traceId(0x0a, undefined, idSeq);
      this.#spanId(0x12, idSeq);
      this.#out.bytesField(0x2a, name);
      this.#out.byte(0x30, kindInternal);
      this.#out.nanoseconds(0x39, timeMs);
      this.#out.nanoseconds(0x41, timeMs);
      this.#out.copy(attributes);
      this.#flags(sampledFlags);
    } else {
      const length = 9 + 2 + attributes.length + 5 + 18 + 10 + 9 + 2 + name.length;
      this.#out.head(0x12, length);
      this.#out.nanoseconds(0x09, timeMs);
      this.#out.byte(0x10, severityInfo);
      this.#out.copy(attributes);
      this.#logFlags();
      this.#traceId(0x4a, undefined, idSeq);
      this.#spanId(0x52, idSeq);
      this.#out.nanoseconds(0x59, timeMs);
      this.#out.bytesField(0x62, name);
    }
    return this.#wrap(this.#resource).slice();
  }

  #writeCarrier(bytes: Uint8Array, view: DataView, offset: number): void {
    const record = readRecord(bytes, view, offset);
    const { name, attributes, seq, timeMs, traceId, parentSpanId } = record;
    const isSpan = this.#identity.signal === "traces";
    const nameField = 1 + varintLength(name.length) + name.length;
    const ours = 2 + eventIdPrefix.length + 36 + this.#sourceIdAttribute.length + seqLength(seq);
    this.#out.reserve(attributes.length + name.length * 2 + ours + 160);
    if (isSpan) {
      const event = 9 + nameField + attributes.length + ours;
      const parent = parentSpanId === undefined ? 0 : 10;
      this.#out.head(0x12, 18 + 10 + parent + nameField + 2 + 9 + 9 + 1 + varintLength(event) + event + 6);
      this.#traceId(0x0a, traceId, seq);
      this.#spanId(0x12, seq);
      if (parentSpanId !== undefined) this.#out.bytesField(0x22, parentSpanId);
      this.#out.bytesField(0x2a, name);
      this.#out.byte(0x30, kindInternal);
      this.#out.nanoseconds(0x39, timeMs);
      this.#out.nanoseconds(0x41, timeMs);
      this.#out.head(0x5a, event);
      this.#out.nanoseconds(0x09, timeMs);
      this.#out.bytesField(0x12, name);
      this.#out.copy(attributes);
      this.#ourAttributes(spanEventAttributeTag, record.eventId, seq, timeMs);
      const remote = (record.flags & recordFlags.parentIsRemote) === 0 ? 0 : remoteParentFlag;
      this.#flags(sampledFlags | remote);
      return;
    }
    this.#out.head(0x12, 9 + 2 + attributes.length + ours + 5 + 18 + 10 + 9 + nameField);
    this.#out.nanoseconds(0x09, timeMs);
    this.#out.byte(0x10, severityInfo);
    this.#copyAsLogAttributes(attributes);
    this.#ourAttributes(logAttributeTag, record.eventId, seq, timeMs);
    this.#logFlags();
    this.#traceId(0x4a, traceId, seq);
    // The log form names the span that was active, the span form its parent: one row either way.
    if (parentSpanId === undefined) this.#spanId(0x52, seq);
    else this.#out.bytesField(0x52, parentSpanId);
    this.#out.nanoseconds(0x59, timeMs);
    this.#out.bytesField(0x62, name);
  }

  /** Event id, source id and sequence number: the mark of a business event. */
  #ourAttributes(tag: number, eventId: Uint8Array | undefined, seq: number, timeMs: number): void {
    const out = this.#out.memory;
    let { at } = this.#out;
    out[at++] = tag;
    out[at++] = eventIdPrefix.length + 36;
    out.set(eventIdPrefix, at);
    at += eventIdPrefix.length;
    if (eventId === undefined) writeEventId(idBytes, 0, this.#seed, seq, timeMs);
    else idBytes.set(eventId);
    for (let i = 0; i < 16; i += 1) {
      if (i === 4 || i === 6 || i === 8 || i === 10) out[at++] = 0x2d;
      out[at++] = hexDigits[idBytes[i]! >> 4]!;
      out[at++] = hexDigits[idBytes[i]! & 15]!;
    }
    out.set(this.#sourceIdAttribute, at);
    at += this.#sourceIdAttribute.length;
    const value = 1 + varintLength(seq);
    out[at++] = tag;
    out[at++] = seqPrefix.length + 1 + value;
    out.set(seqPrefix, at);
    at += seqPrefix.length;
    out[at++] = value;
    out[at++] = 0x18;
    this.#out.at = writeVarint(out, at, seq);
  }

  /** Attributes were written with the tag of a span event; a log record has another number. */
  #copyAsLogAttributes(attributes: Uint8Array): void {
    const start = this.#out.at;
    this.#out.copy(attributes);
    const out = this.#out.memory;
    let at = start;
    while (at < this.#out.at) {
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

  /** Leaves room for what comes before the carriers, whose lengths are not known yet. */
  #begin(resource: Uint8Array): void {
    this.#out.at = 0;
    this.#out.reserve(resource.length + this.#scope.length + headBytes);
    this.#out.at = resource.length + this.#scope.length + headBytes;
  }

  /** Puts resource and scope right before the carriers. */
  #wrap(resourceBytes: Uint8Array): Uint8Array {
    const start = resourceBytes.length + this.#scope.length + headBytes;
    const end = this.#out.at;
    const scoped = this.#scope.length + end - start;
    const scopedHead = concatBytes([Uint8Array.of(0x12), varint(scoped)]);
    const resource = resourceBytes.length + scopedHead.length + scoped;
    const head = concatBytes([Uint8Array.of(0x0a), varint(resource)]);
    const first = start - head.length - resourceBytes.length - scopedHead.length - this.#scope.length;
    this.#out.at = first;
    for (const part of [head, resourceBytes, scopedHead, this.#scope]) this.#out.copy(part);
    return this.#out.memory.subarray(first, end);
  }

  #traceId(tag: number, traceId: Uint8Array | undefined, seq: number): void {
    this.#out.byte(tag, 16);
    if (traceId === undefined) writeTraceId(this.#out.memory, this.#out.at, this.#seed, seq);
    else this.#out.memory.set(traceId, this.#out.at);
    this.#out.at += 16;
  }

  #spanId(tag: number, seq: number): void {
    this.#out.byte(tag, 8);
    writeSpanId(this.#out.memory, this.#out.at, this.#seed, seq);
    this.#out.at += 8;
  }

  /** `Span.flags`, field 16. */
  #flags(flags: number): void {
    this.#out.byte(0x85, 0x01);
    this.#out.fixed32(flags);
  }

  /** `LogRecord.flags`, field 8: the W3C flags alone. */
  #logFlags(): void {
    this.#out.memory[this.#out.at] = 0x45;
    this.#out.at += 1;
    this.#out.fixed32(1);
  }
}

/** Tags and lengths in front of resource and scope: twice a byte and at most five. */
const headBytes = 12;
/** Resources of tenants are kept up to this number. */
const maxRememberedResources = 1000;

function encodeResource(resource: SourceIdentity["resource"]): Uint8Array {
  return lengthDelimited(1, concatBytes(Object.entries(resource).map(([key, value]) => keyValue(1, key, value))));
}

/** One for all encoders: a request is compressed or copied before the next one is written. */
const scratch = new CarrierBytes();
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
