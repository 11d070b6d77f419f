import type { TrafficEvent } from "./business-traffic.ts";

/** A span as OTLP/JSON has it; ids are hex. */
export interface LoadSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: readonly LoadAttribute[];
  /** The business event that the span carries, with its mark. */
  readonly event: (TrafficEvent & { readonly mark: readonly LoadAttribute[] }) | null;
}

export type LoadAttribute = readonly [key: string, value: string | number | boolean];

const serviceName = "ai-chatbot";
const scopeName = "@spanledger/sdk";

/** The spans as one OTLP request in JSON. */
export function encodeJson(spans: readonly LoadSpan[]): Buffer {
  return Buffer.from(
    JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [jsonAttribute(["service.name", serviceName])] },
          scopeSpans: [{ scope: { name: scopeName }, spans: spans.map(jsonSpan) }],
        },
      ],
    }),
  );
}

function jsonSpan(span: LoadSpan) {
  const { traceId, spanId, parentSpanId, name, kind, startMs, endMs, attributes, event } = span;
  return {
    traceId,
    spanId,
    parentSpanId,
    name,
    kind,
    startTimeUnixNano: `${startMs}000000`,
    endTimeUnixNano: `${endMs}000000`,
    attributes: attributes.map(jsonAttribute),
    events:
      event === null
        ? []
        : [
            {
              timeUnixNano: `${event.atMs}000000`,
              name: event.name,
              attributes: [...Object.entries(event.attributes), ...event.mark].map(jsonAttribute),
            },
          ],
  };
}

/** An attribute as OTLP/JSON has it. */
export function jsonAttribute([key, value]: LoadAttribute) {
  if (typeof value === "string") return { key, value: { stringValue: value } };
  if (typeof value === "boolean") return { key, value: { boolValue: value } };
  if (Number.isInteger(value)) return { key, value: { intValue: String(value) } };
  return { key, value: { doubleValue: value } };
}

/** The spans as one OTLP request in protobuf. */
export function encodeProtobuf(spans: readonly LoadSpan[]): Buffer {
  const resource = message(1, [attribute(1, ["service.name", serviceName])]);
  const scope = message(1, [text(1, scopeName)]);
  const scopeSpans = message(2, [scope, ...spans.map(protobufSpan)]);
  return message(1, [resource, scopeSpans]);
}

function protobufSpan(span: LoadSpan): Buffer {
  const { traceId, spanId, parentSpanId, name, kind, startMs, endMs, attributes, event } = span;
  const parts = [
    field(1, Buffer.from(traceId, "hex")),
    field(2, Buffer.from(spanId, "hex")),
    field(4, Buffer.from(parentSpanId, "hex")),
    text(5, name),
    Buffer.from([6 << 3, kind]),
    nanoseconds(7, startMs),
    nanoseconds(8, endMs),
    ...attributes.map((each) => attribute(9, each)),
  ];
  if (event !== null) {
    parts.push(
      message(11, [
        nanoseconds(1, event.atMs),
        text(2, event.name),
        ...Object.entries(event.attributes).map((each) => attribute(3, each)),
        ...event.mark.map((each) => attribute(3, each)),
      ]),
    );
  }
  return message(2, parts);
}

function attribute(number: number, [key, value]: LoadAttribute): Buffer {
  return message(number, [text(1, key), field(2, anyValue(value))]);
}

function anyValue(value: string | number | boolean): Buffer {
  if (typeof value === "string") return text(1, value);
  if (typeof value === "boolean") return Buffer.from([2 << 3, value ? 1 : 0]);
  if (Number.isInteger(value)) return Buffer.concat([Buffer.from([3 << 3]), varint(value)]);
  const bytes = Buffer.alloc(9);
  bytes[0] = (4 << 3) | 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

function nanoseconds(number: number, ms: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (number << 3) | 1;
  bytes.writeBigUInt64LE(BigInt(ms) * 1_000_000n, 1);
  return bytes;
}

function text(number: number, value: string): Buffer {
  return field(number, Buffer.from(value));
}

function message(number: number, parts: readonly Buffer[]): Buffer {
  return field(number, Buffer.concat(parts));
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  bytes.push(rest);
  return Buffer.from(bytes);
}
