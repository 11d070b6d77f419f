import { logsRequest, traceRequest } from "./otlp-schema.ts";

export type Attributes = Record<string, unknown>;

/** One business event as it arrived. */
export interface ReceivedEvent {
  readonly signal: "traces" | "logs";
  readonly name: string;
  /** The product's attributes. */
  readonly attributes: Attributes;
  readonly eventId: string;
  readonly sourceId: string;
  readonly seq: number;
  readonly timeNanos: bigint;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly flags: number;
  readonly resource: Attributes;
  readonly scope: { readonly name: string; readonly version: string };
  readonly span: { readonly name: string; readonly kind: number; readonly zeroDuration: boolean };
}

/** A carrier without an event. */
export interface ReceivedReport {
  readonly signal: "traces" | "logs";
  readonly sourceId: string;
  readonly lastSeq: number;
  readonly dropped: number;
  readonly spanAttributes: Attributes;
}

interface Decoded {
  readonly events: ReceivedEvent[];
  readonly reports: ReceivedReport[];
  /** Names of spans that are not carriers of ours. */
  readonly ordinarySpans: string[];
}

interface KeyValue {
  readonly key: string;
  readonly value: Record<string, unknown> | null;
}

const hex = (bytes: unknown): string => Buffer.from((bytes as Uint8Array) ?? []).toString("hex");
const asNumber = (value: unknown): number => Number(String(value));

/** Decodes whatever a product sends; its metrics are of no interest here. */
export function decodeRequest(path: string, contentType: string, body: Uint8Array): Decoded {
  if (path.endsWith("/v1/metrics")) return { events: [], reports: [], ordinarySpans: [] };
  if (contentType.startsWith("application/json")) return decodeJsonTraces(body);
  return decodeOtlp(path.endsWith("/v1/logs") ? "logs" : "traces", body);
}

/** Decodes a request with protobufjs. Throws if it is not valid. */
function decodeOtlp(signal: "traces" | "logs", body: Uint8Array): Decoded {
  const result: Decoded = { events: [], reports: [], ordinarySpans: [] };
  const isTrace = signal === "traces";
  const message = (isTrace ? traceRequest : logsRequest).decode(body) as unknown as Record<string, any[]>;
  for (const group of message[isTrace ? "resourceSpans" : "resourceLogs"]!) {
    const resource = readAttributes(group.resource?.attributes ?? []);
    for (const scoped of group[isTrace ? "scopeSpans" : "scopeLogs"]) {
      const scope = { name: scoped.scope?.name, version: scoped.scope?.version };
      for (const carrier of scoped[isTrace ? "spans" : "logRecords"]) {
        if (isTrace) readSpan(result, carrier, resource, scope);
        else readLogRecord(result, carrier, resource, scope);
      }
    }
  }
  return result;
}

/** Names of the spans in OTLP/JSON: how `exporter-trace-otlp-http` sends ordinary traces. */
function decodeJsonTraces(body: Uint8Array): Decoded {
  const message = JSON.parse(Buffer.from(body).toString("utf8")) as {
    resourceSpans: { scopeSpans: { spans: { name: string; kind: number }[] }[] }[];
  };
  const spans = message.resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scoped) => scoped.spans));
  return { events: [], reports: [], ordinarySpans: spans.map(({ name, kind }) => `${kind}:${name}`) };
}

function readSpan(result: Decoded, span: any, resource: Attributes, scope: ReceivedEvent["scope"]): void {
  const own = readAttributes(span.attributes);
  if (typeof own["spanledger.source.last_seq"] === "number") {
    result.reports.push(readReport("traces", own));
  } else if (span.events.length === 0) result.ordinarySpans.push(span.name);
  for (const event of span.events) {
    const { "spanledger.event.id": id, ...attributes } = readAttributes(event.attributes);
    if (id === undefined) continue;
    result.events.push({
      ...common("traces", event.name, id, attributes, resource, scope),
      timeNanos: BigInt(String(event.timeUnixNano)),
      traceId: hex(span.traceId),
      spanId: hex(span.spanId),
      parentSpanId: hex(span.parentSpanId),
      flags: span.flags,
      span: {
        name: span.name,
        kind: span.kind,
        zeroDuration:
          String(span.startTimeUnixNano) === String(event.timeUnixNano) &&
          String(span.endTimeUnixNano) === String(event.timeUnixNano),
      },
    });
  }
}

function readLogRecord(result: Decoded, record: any, resource: Attributes, scope: ReceivedEvent["scope"]): void {
  const { "spanledger.event.id": id, ...attributes } = readAttributes(record.attributes);
  if (record.eventName === "spanledger.source.report") {
    result.reports.push(readReport("logs", attributes));
    return;
  }
  result.events.push({
    ...common("logs", record.eventName, id, attributes, resource, scope),
    timeNanos: BigInt(String(record.timeUnixNano)),
    traceId: hex(record.traceId),
    spanId: hex(record.spanId),
    parentSpanId: "",
    flags: record.flags,
    span: { name: "", kind: 0, zeroDuration: true },
  });
}

function common(
  signal: "traces" | "logs",
  name: string,
  id: unknown,
  all: Attributes,
  resource: Attributes,
  scope: ReceivedEvent["scope"],
) {
  const { "spanledger.source.id": sourceId, "spanledger.event.seq": seq, ...attributes } = all;
  return {
    signal,
    name,
    attributes,
    eventId: String(id),
    sourceId: String(sourceId),
    seq: Number(seq),
    resource,
    scope,
  };
}

function readReport(signal: "traces" | "logs", own: Attributes): ReceivedReport {
  return {
    signal,
    sourceId: String(own["spanledger.source.id"]),
    lastSeq: Number(own["spanledger.source.last_seq"]),
    dropped: Number(own["spanledger.source.dropped"]),
    spanAttributes: own,
  };
}

function readAttributes(list: readonly KeyValue[]): Attributes {
  const attributes: Attributes = {};
  for (const { key, value } of list) {
    if (Object.hasOwn(attributes, key)) throw new Error(`attribute ${key} is there twice`);
    attributes[key] = readValue(value);
  }
  return attributes;
}

function readValue(value: any): unknown {
  if (value === null || value === undefined) return undefined;
  switch (value.value) {
    case "stringValue":
      return value.stringValue;
    case "boolValue":
      return value.boolValue;
    case "intValue":
      return asNumber(value.intValue);
    case "doubleValue":
      return value.doubleValue;
    case "arrayValue":
      return value.arrayValue.values.map(readValue);
    default:
      return undefined;
  }
}
