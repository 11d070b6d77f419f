import { reservedAttributes } from "@spanledger/sdk/event-catalogue";
import { encodeVarint, fixed64Field, keyValue, lengthField, messageField } from "../bytes/write-protobuf.ts";
import type { EventSource } from "./business-event.ts";
import { encodeResource } from "./write-rejection-payload.ts";

/** A number as it stands in the text: a double would change integers beyond 2^53. */
export class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** A value of an attribute. */
export type RecordValue =
  | string
  | number
  | boolean
  | null
  | NumberText
  | readonly RecordValue[]
  | { readonly [key: string]: RecordValue };

/** A business event as an OTLP log record says it. */
export interface PlainEvent {
  readonly eventId: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly occurredAtMs: number;
  readonly attributes: Iterable<readonly [string, RecordValue]>;
  readonly source?: EventSource | null;
  /** Hex digits. */
  readonly traceId?: string | null;
  readonly spanId?: string | null;
}

/** One log record: an event need not have a trace. */
export function writeLogRecord(event: PlainEvent): Buffer {
  const nanoseconds = BigInt(event.occurredAtMs) * 1_000_000n;
  const parts = [
    fixed64Field(1, Number(nanoseconds >> 32n), Number(nanoseconds & 0xffffffffn)),
    attribute(6, reservedAttributes.eventId, event.eventId),
  ];
  const { source = null, traceId = null, spanId = null } = event;
  if (source !== null) {
    parts.push(
      attribute(6, reservedAttributes.sourceId, source.sourceId),
      attribute(6, reservedAttributes.eventSeq, new NumberText(String(source.seq))),
    );
  }
  for (const [key, value] of event.attributes) parts.push(attribute(6, key, value));
  if (traceId !== null) parts.push(lengthField(9, Buffer.from(traceId, "hex")));
  if (spanId !== null) parts.push(lengthField(10, Buffer.from(spanId, "hex")));
  parts.push(lengthField(12, event.name));
  return Buffer.concat(parts);
}

/** A complete OTLP request for logs, in protobuf. */
export function writeLogsRequest(
  records: readonly Buffer[],
  { serviceName, tenantId }: { readonly serviceName: string | null; readonly tenantId: string },
): Buffer {
  const resource = encodeResource({
    serviceName,
    serviceVersion: null,
    serviceInstanceId: null,
    process: [],
    tenant: tenantId,
  });
  const scope = Buffer.concat(records.map((record) => messageField(2, record)));
  return messageField(1, Buffer.concat([messageField(1, resource), messageField(2, scope)]));
}

function attribute(number: number, key: string, value: RecordValue): Buffer {
  return keyValue(number, key, encodeAnyValue(value));
}

function encodeAnyValue(value: RecordValue): Buffer {
  if (value === null) return Buffer.alloc(0);
  if (typeof value === "string") return messageField(1, Buffer.from(value));
  if (typeof value === "boolean") return Buffer.of(0x10, value ? 1 : 0);
  if (typeof value === "number") return encodeNumber(String(value));
  if (value instanceof NumberText) return encodeNumber(value.text);
  if (isList(value)) {
    return messageField(5, Buffer.concat(value.map((element) => messageField(1, encodeAnyValue(element)))));
  }
  return messageField(6, Buffer.concat(Object.entries(value).map(([key, member]) => attribute(1, key, member))));
}

const isList = (value: RecordValue): value is readonly RecordValue[] => Array.isArray(value);

function encodeNumber(text: string): Buffer {
  if (/^-?\d+$/.test(text)) {
    const exact = BigInt(text);
    if (BigInt.asIntN(64, exact) === exact) return Buffer.concat([Buffer.of(0x18), encodeInt64(exact)]);
  }
  const bytes = Buffer.alloc(9);
  bytes[0] = 0x21;
  bytes.writeDoubleLE(Number(text), 1);
  return bytes;
}

function encodeInt64(value: bigint): Buffer {
  if (value >= 0n && value <= BigInt(Number.MAX_SAFE_INTEGER)) return encodeVarint(Number(value));
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}
