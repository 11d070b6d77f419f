import { expect, test } from "vitest";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { defaultMappingLimits, type MappingContext } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { countedAttributes } from "../../../collector-receiver/src/metrics/event-counters.ts";
import { fieldsOf } from "../../support/make-business-event.ts";

/**
 * Requests of the shapes that opentelemetry-proto publishes as OTLP/JSON examples (examples/trace.json, logs.json,
 * events.json), with every field that those have and values of our own: indented, upper-case hex ids, times as decimal
 * strings, a scope with a version and attributes, kind and severity as numbers, every kind of value, a body that is a
 * text or a map.
 */
const context: MappingContext = {
  tenant: { kind: "fixed", tenantId: "default" },
  nowMs: Date.UTC(2026, 0, 1),
  retainedFromMs: () => null,
  countedAttributes,
  limits: defaultMappingLimits,
};
const resource = { attributes: [{ key: "service.name", value: { stringValue: "shop" } }] };
const scope = {
  name: "shop.library",
  version: "1.0.0",
  attributes: [{ key: "shop.scope", value: { stringValue: "a scope attribute" } }],
};
const ids = { traceId: "9F0C21D47AB35E688D1E4F6072B3C5A9", spanId: "C07A3DF51E9B2468" };
const time = "1766620800123000000";
const everyValue = [
  { key: "shop.text", value: { stringValue: "text" } },
  { key: "shop.flag", value: { boolValue: true } },
  { key: "shop.count", value: { intValue: "10" } },
  { key: "shop.share", value: { doubleValue: 48.25 } },
  { key: "shop.list", value: { arrayValue: { values: [{ stringValue: "first" }, { stringValue: "second" }] } } },
  {
    key: "shop.map",
    value: { kvlistValue: { values: [{ key: "inner", value: { stringValue: "value" } }] } },
  },
];
const bytes = (document: object): Uint8Array => new TextEncoder().encode(JSON.stringify(document, null, 2));

function traces(events?: object[]): Uint8Array {
  const span = {
    ...ids,
    parentSpanId: "C07A3DF51E9B2467",
    name: "a server span",
    kind: 2,
    startTimeUnixNano: time,
    endTimeUnixNano: time,
    attributes: everyValue,
    ...(events ? { events } : {}),
  };
  return bytes({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [span] }] }] });
}

function logs(record: object): Uint8Array {
  const logRecord = {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    severityNumber: 10,
    severityText: "INFO2",
    ...ids,
    body: { stringValue: "an example" },
    attributes: everyValue,
    ...record,
  };
  return bytes({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [logRecord] }] }] });
}

test("a span without events and a log record without a name are somebody else's", () => {
  for (const mapped of [
    mapRequest(traces(), "json", "traces", context),
    mapRequest(logs({}), "json", "logs", context),
  ]) {
    expect(mapped.events).toEqual([]);
    expect(mapped.rejected).toEqual([]);
  }
});

test("an event of another library is ignored, and counted as ignored", () => {
  const mapped = mapRequest(logs({ eventName: "shop.page_shown" }), "json", "logs", context);
  expect(mapped).toMatchObject({ events: [], rejected: [], ignored: 1 });
});

test("a catalogue event in these shapes is ours, with every attribute that it has", () => {
  const attributes = [...everyValue, { key: "session_id", value: { stringValue: "s-1" } }];
  const asSpanEvent = traces([{ name: "session.start", timeUnixNano: time, attributes }]);
  const [event] = mapRequest(asSpanEvent, "json", "traces", context).events;
  expect(event).toMatchObject({
    name: "session.start",
    sessionId: "s-1",
    occurredAtMs: 1766620800123,
    traceId: ids.traceId.toLowerCase(),
    spanId: ids.spanId.toLowerCase(),
    serviceName: "shop",
  });
  expect(JSON.parse(new TextDecoder().decode(event?.eventData))).toEqual({
    "shop.text": "text",
    "shop.flag": true,
    "shop.count": 10,
    "shop.share": 48.25,
    "shop.list": ["first", "second"],
    "shop.map": { inner: "value" },
    session_id: "s-1",
  });
  const map = { kvlistValue: { values: [{ key: "page", value: { stringValue: "/" } }] } };
  for (const body of [{ stringValue: "an example" }, map]) {
    const record = logs({ eventName: "session.start", attributes, body });
    const [logged] = mapRequest(record, "json", "logs", context).events;
    // The span form has its parent as its place.
    const { eventId: _, spanId, ...rest } = fieldsOf(logged!);
    expect(fieldsOf(event!)).toMatchObject(rest);
    expect(spanId).toBe(ids.spanId.toLowerCase());
  }
});

test("a request of an SDK before 2022, which calls scopes instrumentation libraries, holds the same events", () => {
  const attributes = [{ key: "session_id", value: { stringValue: "s-1" } }];
  const older = (body: Uint8Array): Uint8Array =>
    new TextEncoder().encode(
      new TextDecoder()
        .decode(body)
        .replace('"scopeSpans"', '"instrumentationLibrarySpans"')
        .replace('"scopeLogs"', '"instrumentationLibraryLogs"')
        .replace('"scope"', '"instrumentationLibrary"'),
    );
  const asSpanEvent = traces([{ name: "session.start", timeUnixNano: time, attributes }]);
  const asLogRecord = logs({ eventName: "session.start", attributes });
  for (const [signal, body] of [
    ["traces", asSpanEvent],
    ["logs", asLogRecord],
  ] as const) {
    const [event] = mapRequest(body, "json", signal, context).events;
    const [same] = mapRequest(older(body), "json", signal, context).events;
    expect(fieldsOf(same!)).toEqual(fieldsOf(event!));
  }
});
