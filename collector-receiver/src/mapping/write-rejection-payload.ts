import { instrumentationScope, tenantAttribute } from "@spanledger/sdk/event-catalogue";
import type { OtlpCarrier, OtlpEncoding, OtlpSignal, TextRange } from "../otlp/otlp-carrier.ts";
import { fieldHead, lengthField, messageField, textAttribute } from "../bytes/write-protobuf.ts";
import { processAttributes, type ResourceReading } from "./read-resource.ts";

/** The media types by which a payload is stored and replayed. */
export const payloadTypes: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

/** A longer span name cannot be an event's name, which is all that it is compared with. */
const maxSpanNameBytes = 255;

/** A longer id is invalid whatever it holds; it is cut, because it stands in the payload of each of the span's events. */
const maxIdBytes = 64;

/**
 * A complete OTLP request that holds one event as it came: the event itself (and the ids) are raw
 * slices of the body, so that mapping the payload again gives the same verdict. What the verdict
 * does not depend on (other attributes of resource and span, links, status) is left out.
 * @returns the request in parts; copy them before the body's memory is used again
 */
export function writeRejectionPayload(
  carrier: OtlpCarrier,
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  resource: ResourceReading,
): Buffer[] {
  return encoding === "protobuf"
    ? writeProtobufPayload(carrier, signal, resource)
    : writeJsonPayload(carrier, signal, resource);
}

function writeProtobufPayload(carrier: OtlpCarrier, signal: OtlpSignal, resource: ResourceReading): Buffer[] {
  const event = carrier.body.subarray(carrier.eventStart, carrier.eventEnd);
  const item =
    signal === "logs"
      ? [event]
      : [
          lengthField(1, cutId(carrier, carrier.traceIdStart, carrier.traceIdEnd)),
          lengthField(2, cutId(carrier, carrier.spanIdStart, carrier.spanIdEnd)),
          lengthField(4, cutId(carrier, carrier.parentSpanIdStart, carrier.parentSpanIdEnd)),
          lengthField(5, readSpanName(carrier)),
          ...around(11, [event]),
        ];
  const scope = messageField(1, lengthField(1, readScopeName(carrier)));
  return around(1, [messageField(1, encodeResource(resource)), ...around(2, [scope, ...around(2, item)])]);
}

/** A message field made of parts, which are not copied. */
function around(number: number, parts: readonly Buffer[]): Buffer[] {
  let length = 0;
  for (const part of parts) length += part.length;
  return [fieldHead(number, length), ...parts];
}

/** Attributes of a Resource message. */
export function encodeResource(resource: ResourceReading): Buffer {
  return Buffer.concat(resourceAttributes(resource).map(([key, value]) => textAttribute(1, key, value)));
}

function writeJsonPayload(carrier: OtlpCarrier, signal: OtlpSignal, resource: ResourceReading): Buffer[] {
  const attributes = resourceAttributes(resource).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const head = `{"${signal === "traces" ? "resourceSpans" : "resourceLogs"}":[{"resource":${JSON.stringify({ attributes })},`;
  const scope = `"scope":${JSON.stringify({ name: readScopeName(carrier).toString() })}`;
  const event = carrier.body.subarray(carrier.eventStart, carrier.eventEnd);
  if (signal === "logs") {
    return [Buffer.from(`${head}"scopeLogs":[{${scope},"logRecords":[`), event, Buffer.from("]}]}]}")];
  }
  return [
    Buffer.from(`${head}"scopeSpans":[{${scope},"spans":[{"traceId":`),
    jsonId(carrier, carrier.traceIdStart, carrier.traceIdEnd),
    Buffer.from(',"spanId":'),
    jsonId(carrier, carrier.spanIdStart, carrier.spanIdEnd),
    Buffer.from(',"parentSpanId":'),
    jsonId(carrier, carrier.parentSpanIdStart, carrier.parentSpanIdEnd),
    Buffer.from(`,"name":${JSON.stringify(readSpanName(carrier).toString())},"events":[`),
    event,
    Buffer.from("]}]}]}]}"),
  ];
}

function resourceAttributes(resource: ResourceReading): [string, string][] {
  const attributes: [string, string][] = [];
  if (resource.serviceName !== null) attributes.push(["service.name", resource.serviceName]);
  if (resource.serviceVersion !== null) attributes.push(["service.version", resource.serviceVersion]);
  // A derived id has to be the same when the event is replayed.
  for (const [i, name] of processAttributes.entries()) {
    const value = resource.process[i] ?? null;
    if (value !== null) attributes.push([name, value]);
  }
  if (resource.tenant !== null) attributes.push([tenantAttribute, resource.tenant]);
  return attributes;
}

function cutId(carrier: OtlpCarrier, start: number, end: number): Buffer {
  return carrier.body.subarray(start, Math.min(end, start + maxIdBytes));
}

const emptyText = Buffer.from('""');
const longText = Buffer.from('"too long"');
const notText = Buffer.from("0");

/** An id as it came, with its quotes; an empty text if there is none. */
function jsonId(carrier: OtlpCarrier, start: number, end: number): Buffer {
  const first = carrier.body[start];
  if (start === end || first === 0x6e) return emptyText;
  return end - start <= maxIdBytes ? cutId(carrier, start, end) : first === 0x22 ? longText : notText;
}

function readSpanName(carrier: OtlpCarrier): Buffer {
  const name = textOf(carrier.spanName);
  return name.length > maxSpanNameBytes ? Buffer.alloc(0) : name;
}

/** Only our own scope makes a difference. */
function readScopeName(carrier: OtlpCarrier): Buffer {
  const name = textOf(carrier.scopeName);
  return name.toString() === instrumentationScope ? name : Buffer.alloc(0);
}

function textOf(range: TextRange): Buffer {
  return range.bytes.subarray(range.start, range.end);
}
