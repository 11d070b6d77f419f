import { expect, test } from "vitest";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { defaultMappingLimits, type MappingContext } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { countedAttributes } from "../../../collector-receiver/src/metrics/event-counters.ts";

/**
 * Requests of the shapes that opentelemetry-proto publishes as OTLP/JSON examples (examples/trace.json, logs.json,
 * events.json): indented, upper-case hex ids, times as decimal strings, scopes with attributes, every kind of value.
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
const ids = { traceId: "5B8EFFF798038103D269B633813FC60C", spanId: "EEE19B7EC3C1B174" };
const time = "1766620800123000000";
const everyValue = [
  { key: "string.attribute", value: { stringValue: "text" } },
  { key: "boolean.attribute", value: { boolValue: true } },
  { key: "int.attribute", value: { intValue: "10" } },
  { key: "double.attribute", value: { doubleValue: 637.704 } },
  { key: "array.attribute", value: { arrayValue: { values: [{ stringValue: "many" }, { stringValue: "values" }] } } },
  {
    key: "map.attribute",
    value: { kvlistValue: { values: [{ key: "inner", value: { stringValue: "value" } }] } },
  },
];
const bytes = (document: object): Uint8Array => new TextEncoder().encode(JSON.stringify(document, null, 2));

function traces(events?: object[]): Uint8Array {
  const span = {
    ...ids,
    parentSpanId: "EEE19B7EC3C1B173",
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
    severityText: "Information",
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
  const mapped = mapRequest(logs({ eventName: "browser.page_view" }), "json", "logs", context);
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
    serviceName: "shop",
  });
  expect(JSON.parse(new TextDecoder().decode(event?.eventData))).toEqual({
    "string.attribute": "text",
    "boolean.attribute": true,
    "int.attribute": 10,
    "double.attribute": 637.704,
    "array.attribute": ["many", "values"],
    "map.attribute": { inner: "value" },
    session_id: "s-1",
  });
  const [logged] = mapRequest(logs({ eventName: "session.start", attributes }), "json", "logs", context).events;
  expect(logged).toMatchObject({ name: "session.start", sessionId: "s-1", occurredAtMs: 1766620800123 });
});
