import { reservedAttributes } from "@spanledger/sdk/event-catalogue";
import { fixed64Field, keyValue, lengthField, messageField, encodeVarint } from "../bytes/write-protobuf.ts";
import type { BusinessEvent } from "./business-event.ts";
import { encodeResource, payloadTypes } from "./write-rejection-payload.ts";

/** A payload as `analytics_rejected_events` keeps it. */
export interface ReplayPayload {
  readonly payload: Uint8Array;
  readonly payloadType: string;
  readonly signal: "logs";
}

/** A number as it stands in the text: a double would change integers beyond 2^53. */
class NumberText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * A complete OTLP request that maps to this very event (without the notes of its invalid values), for one that was mapped
 * well and that PostgreSQL refused. It is a log record, because an event need not have a trace.
 */
export function writeReplayPayload(event: BusinessEvent): ReplayPayload {
  const nanoseconds = BigInt(event.occurredAtMs) * 1_000_000n;
  const parts = [
    fixed64Field(1, Number(nanoseconds >> 32n), Number(nanoseconds & 0xffffffffn)),
    attribute(6, reservedAttributes.eventId, event.eventId),
  ];
  if (event.source !== null) {
    parts.push(
      attribute(6, reservedAttributes.sourceId, event.source.sourceId),
      attribute(6, reservedAttributes.eventSeq, new NumberText(String(event.source.seq))),
    );
  }
  const data = parseExactly(Buffer.from(event.eventData).toString());
  for (const [key, value] of Object.entries(data)) parts.push(attribute(6, key, value));
  if (event.traceId !== null) parts.push(lengthField(9, Buffer.from(event.traceId, "hex")));
  if (event.spanId !== null) parts.push(lengthField(10, Buffer.from(event.spanId, "hex")));
  parts.push(lengthField(12, event.name));
  const resource = encodeResource({
    serviceName: event.serviceName,
    serviceVersion: null,
    serviceInstanceId: null,
    process: [],
    tenant: event.tenantId,
  });
  const record = messageField(2, Buffer.concat(parts));
  const payload = messageField(1, Buffer.concat([messageField(1, resource), messageField(2, record)]));
  return { payload, payloadType: payloadTypes.protobuf, signal: "logs" };
}

type JsonValue = string | boolean | null | NumberText | JsonValue[] | { [key: string]: JsonValue };

function parseExactly(json: string): Record<string, JsonValue> {
  return JSON.parse(json, (_key, value: JsonValue | number, context?: { source?: string }) =>
    typeof value === "number" ? new NumberText(context?.source ?? String(value)) : value,
  ) as Record<string, JsonValue>;
}

function attribute(number: number, key: string, value: JsonValue): Buffer {
  return keyValue(number, key, encodeAnyValue(value));
}

function encodeAnyValue(value: JsonValue): Buffer {
  if (value === null) return Buffer.alloc(0);
  if (typeof value === "string") return messageField(1, Buffer.from(value));
  if (typeof value === "boolean") return Buffer.of(0x10, value ? 1 : 0);
  if (value instanceof NumberText) return encodeNumber(value.text);
  if (Array.isArray(value)) {
    return messageField(5, Buffer.concat(value.map((element) => messageField(1, encodeAnyValue(element)))));
  }
  return messageField(6, Buffer.concat(Object.entries(value).map(([key, member]) => attribute(1, key, member))));
}

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
