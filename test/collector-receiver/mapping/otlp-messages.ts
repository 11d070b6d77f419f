import fc from "fast-check";
import protobuf from "protobufjs";
import { eventCatalogue } from "../../../sdk/src/event-catalogue.ts";
import { defaultMappingLimits, type MappingContext } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { countedAttributes } from "../../../collector-receiver/src/metrics/event-counters.ts";

/** Reference codec: another implementation of the wire format, loaded from the schema. */
export const root = protobuf.loadSync(new URL("../../fixtures/otlp-subset.proto", import.meta.url).pathname);
export const messageTypes = {
  traces: root.lookupType("otlp.TracesData"),
  logs: root.lookupType("otlp.LogsData"),
} as const;

export const nowMs = Date.UTC(2025, 11, 25, 12);

export const context: MappingContext = {
  tenant: { kind: "believed", defaultTenantId: "default" },
  nowMs,
  retainedFromMs: () => Date.UTC(2025, 0, 1),
  countedAttributes,
  limits: defaultMappingLimits,
};

/** AnyValue, KeyValue and the rest in OTLP's JSON shape. */
export interface Value {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string;
  doubleValue?: number | string;
  arrayValue?: { values: Value[] };
  kvlistValue?: { values: Attribute[] };
  bytesValue?: string;
}
export interface Attribute {
  key: string;
  value: Value;
}
export interface SpanEvent {
  timeUnixNano: string;
  name: string;
  attributes: Attribute[];
}
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano?: string;
  endTimeUnixNano?: string;
  attributes?: Attribute[];
  events: SpanEvent[];
  flags?: number;
}
export interface LogRecord {
  timeUnixNano?: string;
  observedTimeUnixNano?: string;
  severityNumber?: number;
  body?: Value;
  attributes: Attribute[];
  traceId?: string;
  spanId?: string;
  eventName?: string;
}

export const traceId = "0af7651916cd43dd8448eb211c80319c";
export const spanId = "b7ad6b7169203331";
export const parentSpanId = "00f067aa0ba902b7";
export const sdkScope = "@spanledger/sdk";

export function text(key: string, value: string): Attribute {
  return { key, value: { stringValue: value } };
}
export function int(key: string, value: number | bigint | string): Attribute {
  return { key, value: { intValue: String(value) } };
}
export function double(key: string, value: number | string): Attribute {
  return { key, value: { doubleValue: value } };
}
export function bool(key: string, value: boolean): Attribute {
  return { key, value: { boolValue: value } };
}
export function nanos(ms: number): string {
  return `${BigInt(ms) * 1_000_000n}`;
}

export function tracesOf(spans: Span[], scope = sdkScope, resource: Attribute[] = [text("service.name", "shop")]) {
  return { resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ scope: { name: scope }, spans }] }] };
}
export function logsOf(records: LogRecord[], scope = sdkScope, resource: Attribute[] = [text("service.name", "shop")]) {
  return {
    resourceLogs: [
      { resource: { attributes: resource }, scopeLogs: [{ scope: { name: scope }, logRecords: records }] },
    ],
  };
}
/** A span with these events, otherwise well formed. */
export function spanOf(events: SpanEvent[], over: Partial<Span> = {}): Span {
  return { traceId, spanId, parentSpanId, name: events[0]?.name ?? "GET /", events, ...over };
}
export function eventOf(name: string, attributes: Attribute[], timeUnixNano = nanos(nowMs)): SpanEvent {
  return { timeUnixNano, name, attributes };
}

export function encodeJson(message: unknown): Buffer {
  return Buffer.from(JSON.stringify(message));
}

export function encodeProtobuf(signal: "traces" | "logs", message: unknown): Buffer {
  const type = messageTypes[signal];
  return Buffer.from(type.encode(type.fromObject(toProtobufObject(message) as Record<string, unknown>)).finish());
}

/** Ids are hex in OTLP's JSON and bytes in protobuf; special doubles are texts in JSON. */
function toProtobufObject(value: unknown, key = ""): unknown {
  if (Array.isArray(value)) return value.map((element) => toProtobufObject(element));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, toProtobufObject(member, name)]));
  }
  if (typeof value === "string" && /^(traceId|spanId|parentSpanId)$/.test(key)) return Buffer.from(value, "hex");
  if (key === "doubleValue") return Number(value);
  return value;
}

/** What `event_data` has to be: reserved, nameless and unset attributes left out, the last of equal names counts. */
export function expectedEventData(attributes: readonly Attribute[]): Record<string, unknown> {
  const data: Record<string, unknown> = {};
  for (const { key, value } of attributes) {
    if (key === "" || key.startsWith("spanledger.")) continue;
    const plain = plainValue(value);
    if (plain !== undefined) data[key] = plain;
  }
  return data;
}

function plainValue(value: Value | null | undefined): unknown {
  if (value === null || value === undefined) return undefined;
  if (value.stringValue !== undefined) return value.stringValue;
  if (value.boolValue !== undefined) return value.boolValue;
  if (value.intValue !== undefined) return Number(value.intValue) + 0;
  if (value.doubleValue !== undefined) {
    const number = Number(value.doubleValue);
    return Number.isFinite(number) ? number + 0 : String(number);
  }
  if (value.arrayValue !== undefined)
    return (value.arrayValue.values ?? []).map((element) => plainValue(element) ?? null);
  if (value.kvlistValue !== undefined) {
    return Object.fromEntries(
      (value.kvlistValue.values ?? []).map((member) => [member.key ?? "", plainValue(member.value) ?? null]),
    );
  }
  if (value.bytesValue === undefined || value.bytesValue === null) return undefined;
  // Bytes are written in canonical base64, however they came.
  return Buffer.from(value.bytesValue, "base64").toString("base64");
}

const anyText = fc.string({ unit: "grapheme", maxLength: 40 }).filter((value) => !value.includes("\u0000"));
const anyInt64 = fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n });
const anyKey = fc.oneof(
  fc.constantFrom("site", "note", "order_number", "channel", "reason", "message_length", "success", "weird key"),
  anyText.filter((key) => !key.startsWith("spanledger.") && key !== "__proto__" && key !== "event.name"),
);

const anyValue = fc.letrec<{ value: Value; attribute: Attribute }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    anyText.map((value) => ({ stringValue: value })),
    fc.boolean().map((value) => ({ boolValue: value })),
    fc.integer().map((value) => ({ intValue: String(value) })),
    anyInt64.map((value) => ({ intValue: String(value) })),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => ({ doubleValue: value })),
    fc.constantFrom("NaN", "Infinity", "-Infinity").map((value) => ({ doubleValue: value })),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => ({ bytesValue: Buffer.from(bytes).toString("base64") })),
    fc.constant({}),
    fc.array(tie("value"), { maxLength: 3 }).map((values) => ({ arrayValue: { values } })),
    fc
      .uniqueArray(tie("attribute"), { maxLength: 3, selector: ({ key }) => key })
      .map((values) => ({ kvlistValue: { values } })),
  ),
  attribute: fc.record({ key: anyKey, value: tie("value") }),
}));

const knownValues: Record<string, fc.Arbitrary<Value>> = {
  string: anyText.map((value) => ({ stringValue: value })),
  int: fc.integer({ min: 0, max: 0x7fffffff }).map((value) => ({ intValue: String(value) })),
  double: fc.double({ min: 0, max: 1000, noNaN: true }).map((value) => ({ doubleValue: value })),
  boolean: fc.boolean().map((value) => ({ boolValue: value })),
};

/** Attributes that an event of the catalogue may carry, most of the time right. */
const catalogueEvent = fc
  .constantFrom(...Object.entries(eventCatalogue))
  .chain(([name, { attributes }]) =>
    fc
      .tuple(
        ...Object.entries(attributes as Record<string, { type: string }>).map(([key, { type }]) =>
          fc.oneof(
            { weight: 8, arbitrary: knownValues[type]!.map((value): Attribute | null => ({ key, value })) },
            { weight: 1, arbitrary: anyValue.value.map((value): Attribute | null => ({ key, value })) },
            { weight: 1, arbitrary: fc.constant<Attribute | null>(null) },
          ),
        ),
      )
      .map((given) => ({ name: name as string, attributes: given.filter((attribute) => attribute !== null) })),
  );

const mark = fc.oneof(
  { weight: 8, arbitrary: fc.uuid().map((id): Attribute[] => [text("spanledger.event.id", id)]) },
  { weight: 1, arbitrary: fc.uuid().map((id): Attribute[] => [text("spanledger.event.id", id.toUpperCase())]) },
  { weight: 1, arbitrary: fc.constant<Attribute[]>([text("spanledger.event.id", "not-a-uuid")]) },
  { weight: 4, arbitrary: fc.constant<Attribute[]>([]) },
);

const time = fc.oneof(
  { weight: 8, arbitrary: fc.bigInt({ min: 1735689600000000000n, max: BigInt(nowMs) * 1_000_000n }).map(String) },
  { weight: 1, arbitrary: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }).map(String) },
);

export const anyEvent: fc.Arbitrary<SpanEvent> = fc
  .tuple(
    fc.oneof(
      { weight: 4, arbitrary: catalogueEvent },
      { weight: 1, arbitrary: fc.record({ name: anyText, attributes: fc.constant<Attribute[]>([]) }) },
    ),
    mark,
    fc.uniqueArray(anyValue.attribute, { maxLength: 4, selector: ({ key }) => key }),
    time,
  )
  .map(([{ name, attributes }, marks, others, timeUnixNano]) => {
    const known = new Set(attributes.map(({ key }) => key));
    return {
      timeUnixNano,
      name,
      attributes: [...attributes, ...marks, ...others.filter(({ key }) => !known.has(key))],
    };
  });

function hexId(bytes: number): fc.Arbitrary<string> {
  return fc.uint8Array({ minLength: bytes, maxLength: bytes }).map((id) => Buffer.from(id).toString("hex"));
}

export const anyTraces = fc
  .array(
    fc.record({
      resource: fc.uniqueArray(
        fc.oneof(
          anyValue.attribute,
          anyText.map((name) => text("service.name", name)),
          fc.constantFrom("brand-a", "brand-b", "no/tenant").map((tenant) => text("spanledger.tenant", tenant)),
        ),
        { maxLength: 3, selector: ({ key }) => key },
      ),
      scope: fc.constantFrom(sdkScope, "http"),
      spans: fc.array(
        fc.record({
          traceId: hexId(16),
          spanId: hexId(8),
          parentSpanId: fc.oneof(hexId(8), fc.constant("")),
          name: fc.constantFrom("session.start", "GET /", "ticket.closed"),
          kind: fc.integer({ min: 0, max: 5 }),
          startTimeUnixNano: time,
          attributes: fc.array(anyValue.attribute, { maxLength: 3 }),
          events: fc.array(anyEvent, { maxLength: 4 }),
          flags: fc.integer({ min: 0, max: 0xffffffff }),
        }),
        { maxLength: 4 },
      ),
    }),
    { maxLength: 3 },
  )
  .map((resources) => ({
    resourceSpans: resources.map(({ resource, scope, spans }) => ({
      resource: { attributes: resource },
      scopeSpans: [{ scope: { name: scope }, spans }],
    })),
  }));
