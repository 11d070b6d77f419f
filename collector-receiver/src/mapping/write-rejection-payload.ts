import { instrumentationScope, tenantAttribute } from "@spanledger/sdk/event-catalogue";
import type { OtlpCarrier, OtlpEncoding, OtlpSignal, TextRange } from "../otlp/otlp-carrier.ts";
import { lengthField, messageField, textAttribute } from "../bytes/write-protobuf.ts";
import type { ResourceFacts } from "./read-resource.ts";

/** The media types by which a payload is stored and replayed. */
export const payloadTypes: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: "application/x-protobuf",
  json: "application/json",
};

/** A longer span name cannot be an event's name, which is all that it is compared with. */
const maxSpanNameBytes = 255;

/**
 * A complete OTLP request that holds one event as it came: the event itself (and the ids) are raw
 * slices of the body, so that mapping the payload again gives the same verdict. What the verdict
 * does not depend on (other attributes of resource and span, links, status) is left out.
 */
export function writeRejectionPayload(
  carrier: OtlpCarrier,
  encoding: OtlpEncoding,
  signal: OtlpSignal,
  resource: ResourceFacts,
): Buffer {
  return encoding === "protobuf"
    ? writeProtobufPayload(carrier, signal, resource)
    : writeJsonPayload(carrier, signal, resource);
}

function writeProtobufPayload(carrier: OtlpCarrier, signal: OtlpSignal, resource: ResourceFacts): Buffer {
  const event = carrier.body.subarray(carrier.eventStart, carrier.eventEnd);
  const item =
    signal === "logs"
      ? event
      : Buffer.concat([
          lengthField(1, slice(carrier, carrier.traceIdStart, carrier.traceIdEnd)),
          lengthField(2, slice(carrier, carrier.spanIdStart, carrier.spanIdEnd)),
          lengthField(4, slice(carrier, carrier.parentSpanIdStart, carrier.parentSpanIdEnd)),
          lengthField(5, readSpanName(carrier)),
          messageField(11, event),
        ]);
  return messageField(
    1,
    Buffer.concat([
      messageField(1, encodeResource(resource)),
      messageField(2, Buffer.concat([messageField(1, lengthField(1, readScopeName(carrier))), messageField(2, item)])),
    ]),
  );
}

/** Attributes of a Resource message. */
export function encodeResource(resource: ResourceFacts): Buffer {
  return Buffer.concat(resourceAttributes(resource).map(([key, value]) => textAttribute(1, key, value)));
}

function writeJsonPayload(carrier: OtlpCarrier, signal: OtlpSignal, resource: ResourceFacts): Buffer {
  const attributes = resourceAttributes(resource).map(([key, value]) => ({ key, value: { stringValue: value } }));
  const head = `{"${signal === "traces" ? "resourceSpans" : "resourceLogs"}":[{"resource":${JSON.stringify({ attributes })},`;
  const scope = `"scope":${JSON.stringify({ name: readScopeName(carrier).toString() })}`;
  const event = carrier.body.subarray(carrier.eventStart, carrier.eventEnd);
  if (signal === "logs") {
    return Buffer.concat([Buffer.from(`${head}"scopeLogs":[{${scope},"logRecords":[`), event, Buffer.from("]}]}]}")]);
  }
  return Buffer.concat([
    Buffer.from(`${head}"scopeSpans":[{${scope},"spans":[{"traceId":`),
    jsonId(carrier, carrier.traceIdStart, carrier.traceIdEnd),
    Buffer.from(',"spanId":'),
    jsonId(carrier, carrier.spanIdStart, carrier.spanIdEnd),
    Buffer.from(',"parentSpanId":'),
    jsonId(carrier, carrier.parentSpanIdStart, carrier.parentSpanIdEnd),
    Buffer.from(`,"name":${JSON.stringify(readSpanName(carrier).toString())},"events":[`),
    event,
    Buffer.from("]}]}]}]}"),
  ]);
}

function resourceAttributes(resource: ResourceFacts): [string, string][] {
  const attributes: [string, string][] = [];
  if (resource.serviceName !== null) attributes.push(["service.name", resource.serviceName]);
  if (resource.serviceInstanceId !== null) attributes.push(["service.instance.id", resource.serviceInstanceId]);
  if (resource.tenant !== null) attributes.push([tenantAttribute, resource.tenant]);
  return attributes;
}

function slice(carrier: OtlpCarrier, start: number, end: number): Buffer {
  return carrier.body.subarray(start, end);
}

const emptyText = Buffer.from('""');

/** An id as it came, with its quotes; an empty text if there is none. */
function jsonId(carrier: OtlpCarrier, start: number, end: number): Buffer {
  return start === end || carrier.body[start] === 0x6e ? emptyText : slice(carrier, start, end);
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
