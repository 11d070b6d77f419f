import { Buffer } from "node:buffer";

/**
 * How one recorded event lies in a chunk: written on the caller's path, read by the sender, kept as
 * it is in the spool. Little-endian, 8-byte aligned, attributes already in OTLP's encoding so that
 * nobody has to look at them again.
 *
 *      0  u32  length of the record, header and padding included
 *      4  u16  flags
 *      6  u16  length of the name in bytes
 *      8  f64  sequence number of the source, from 1
 *     16  f64  milliseconds since 1970-01-01 UTC, an integer
 *     24  u32  length of the attributes in bytes
 *     28  u32  length of the tenant in bytes, with `hasTenant`
 *     32       trace id (16) and parent span id (8), with `hasParent`
 *              event id (16), with `hasEventId`
 *              name, UTF-8
 *              attributes: repeated `KeyValue`, each with the tag of `Span.Event.attributes`
 *              tenant, UTF-8, with `hasTenant`
 */

export const recordHeaderBytes = 32;

export const recordFlags = {
  hasParent: 1,
  parentIsRemote: 2,
  hasEventId: 4,
  hasTenant: 8,
} as const;

/** `Span.Event.attributes` (field 3, length-delimited); the log form replaces it by its own tag. */
export const spanEventAttributeTag = 0x1a;

/** A view of one record; all arrays share the memory of the chunk. */
export interface EventRecord {
  readonly flags: number;
  readonly seq: number;
  readonly timeMs: number;
  /** 16 bytes, or undefined if no span was active. */
  readonly traceId: Uint8Array | undefined;
  /** 8 bytes, or undefined if no span was active. */
  readonly parentSpanId: Uint8Array | undefined;
  /** 16 bytes, if the caller chose the id. */
  readonly eventId: Uint8Array | undefined;
  readonly name: Uint8Array;
  readonly attributes: Uint8Array;
}

/** Length of the record that starts at `offset`. */
export function readRecordLength(view: DataView, offset: number): number {
  return view.getUint32(offset, true);
}

/** Sequence number of the record that starts at `offset`. */
export function readRecordSeq(view: DataView, offset: number): number {
  return view.getFloat64(offset + 8, true);
}

/** Reads the record that starts at `offset`; the result is valid as long as the memory is. */
export function readRecord(bytes: Uint8Array, view: DataView, offset: number): EventRecord {
  const flags = view.getUint16(offset + 4, true);
  const nameLength = view.getUint16(offset + 6, true);
  const attributesLength = view.getUint32(offset + 24, true);
  let at = offset + recordHeaderBytes;
  let traceId: Uint8Array | undefined;
  let parentSpanId: Uint8Array | undefined;
  let eventId: Uint8Array | undefined;
  if ((flags & recordFlags.hasParent) !== 0) {
    traceId = bytes.subarray(at, at + 16);
    parentSpanId = bytes.subarray(at + 16, at + 24);
    at += 24;
  }
  if ((flags & recordFlags.hasEventId) !== 0) {
    eventId = bytes.subarray(at, at + 16);
    at += 16;
  }
  const nameEnd = at + nameLength;
  return {
    flags,
    seq: view.getFloat64(offset + 8, true),
    timeMs: view.getFloat64(offset + 16, true),
    traceId,
    parentSpanId,
    eventId,
    name: bytes.subarray(at, nameEnd),
    attributes: bytes.subarray(nameEnd, nameEnd + attributesLength),
  };
}

/** The event's own tenant; undefined if it is the one of the source. */
export function readRecordTenant(bytes: Uint8Array, view: DataView, offset: number): string | undefined {
  if ((view.getUint16(offset + 4, true) & recordFlags.hasTenant) === 0) return undefined;
  const { attributes } = readRecord(bytes, view, offset);
  const start = attributes.byteOffset - bytes.byteOffset + attributes.length;
  return Buffer.from(bytes.subarray(start, start + view.getUint32(offset + 28, true))).toString("utf8");
}
