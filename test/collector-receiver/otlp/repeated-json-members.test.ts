import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { UnknownTenantError } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { fieldsOf } from "../../support/make-business-event.ts";
import { writeInParts } from "./write-in-parts.ts";
import { anyTraces, context, eventOf, nanos, nowMs, spanOf, text, tracesOf } from "../mapping/otlp-messages.ts";

const mapJson = (json: string, signal: "traces" | "logs" = "traces", tenant = context.tenant) => {
  const { events, rejected, ignored } = mapRequest(Buffer.from(json), "json", signal, { ...context, tenant });
  return { events: events.map(fieldsOf), rejected: rejected.map(({ code, reason }) => ({ code, reason })), ignored };
};

test("messages in parts are merged, names are in either case, and of another member the last one counts", () => {
  let repeats = 0;
  let events = 0;
  fc.assert(
    fc.property(anyTraces, fc.array(fc.nat(), { minLength: 20, maxLength: 200 }), (message, choices) => {
      let at = 0;
      const choose = (n: number) => choices[at++ % choices.length]! % n;
      const json = writeInParts(message, { choose, isLenient: true });
      const plain = JSON.stringify(message);
      const mapped = mapJson(json);
      expect(mapped).toEqual(mapJson(plain));
      if (json.length !== plain.length) repeats++;
      events += mapped.events.length;
    }),
    { numRuns: 600, endOnFailure: true },
  );
  expect(repeats).toBeGreaterThan(300);
  expect(events).toBeGreaterThan(300);
});

test.each(["\n", "\u0001\u0002", "\t".repeat(200)])(
  "an attribute may be named by control characters alone: %j",
  (name) => {
    const nested = { key: "map", value: { kvlistValue: { values: [{ key: name, value: { intValue: "1" } }] } } };
    const message = tracesOf([
      spanOf([eventOf("session.start", [text("session_id", "s"), text(name, "x"), nested], nanos(nowMs))]),
    ]);
    const [event] = mapRequest(Buffer.from(JSON.stringify(message)), "json", "traces", context).events;
    const data: unknown = JSON.parse(Buffer.from(event!.eventData).toString());
    expect(data).toEqual({ session_id: "s", [name]: "x", map: { [name]: 1 } });
  },
);

const attributes = (...pairs: [string, string][]) => JSON.stringify(pairs.map(([key, value]) => text(key, value)));
const resourceWith = (...pairs: [string, string][]) => `"resource":{"attributes":${attributes(...pairs)}}`;
const event = `{"name":"session.start","eventName":"session.start","timeUnixNano":"${nanos(nowMs)}","attributes":${attributes(["session_id", "s"])}}`;
const inner = {
  traces: `"scopeSpans":[{"spans":[{"traceId":"${"1".repeat(32)}","spanId":"${"2".repeat(16)}","events":[${event}]}]}]`,
  logs: `"scopeLogs":[{"logRecords":[${event}]}]`,
} as const;
const tenantOf = resourceWith(["spanledger.tenant", "brand-a"]);
const serviceOf = resourceWith(["service.name", "shop"]);

describe.each(["traces", "logs"] as const)("a resource in parts, %s", (signal) => {
  const outer = signal === "traces" ? "resourceSpans" : "resourceLogs";
  test.each([
    ["before", [tenantOf, serviceOf, inner[signal]]],
    ["around", [tenantOf, inner[signal], serviceOf]],
    ["around, the tenant last", [serviceOf, inner[signal], tenantOf]],
    ["behind", [inner[signal], serviceOf, tenantOf]],
    ["with an empty one and null", [tenantOf, '"resource":{}', serviceOf, inner[signal], '"resource":null']],
    [
      "in one object",
      [
        `"resource":{"attributes":${attributes(["spanledger.tenant", "brand-a"])},"attributes":${attributes(["service.name", "shop"])}}`,
        inner[signal],
      ],
    ],
  ])("%s what it holds is one resource, for a gateway too, and the next resource starts anew", (_title, members) => {
    const another = `{${resourceWith(["spanledger.tenant", "brand-b"])},${inner[signal].replaceAll('"s"', '"t"')}}`;
    const json = `{"${outer}":[{${members.join()}},${another}]}`;
    const gateway = { kind: "gateway", tenantIds: new Set(["brand-a", "brand-b"]) } as const;
    for (const tenant of [context.tenant, gateway]) {
      const { events, ignored } = mapJson(json, signal, tenant);
      expect(events).toMatchObject([
        { tenantId: "brand-a", serviceName: "shop", sessionId: "s" },
        { tenantId: "brand-b", serviceName: null, sessionId: "t" },
      ]);
      expect([events.length, ignored]).toEqual([2, 0]);
    }
  });
});

test("a gateway's tenant that is not named in any part is refused", () => {
  const json = `{"resourceSpans":[{${serviceOf},${inner.traces},${serviceOf}}]}`;
  const gateway = { kind: "gateway", tenantIds: new Set(["brand-a"]) } as const;
  expect(() => mapJson(json, "traces", gateway)).toThrow(UnknownTenantError);
});

test.each(["body", "attributes"])("a log record's %s in parts", (where) => {
  const lists = (first: string, second: string) => `"values":${first},"values":${second}`;
  const [id, role] = [attributes(["session_id", "s"]), attributes(["channel", "web"])];
  const data =
    where === "body" ? `"body":{"kvlistValue":{${lists(id, role)}}}` : `"attributes":${id},"attributes":${role}`;
  const record = `{"event_name":"session.start","time_unix_nano":"${nanos(nowMs)}",${data}}`;
  const { events } = mapRequest(
    Buffer.from(`{"resource_logs":[{"scope_logs":[{"log_records":[${record}]}]}]}`),
    "json",
    "logs",
    context,
  );
  expect(events.map(({ eventData }) => JSON.parse(Buffer.from(eventData).toString()) as unknown)).toEqual([
    { session_id: "s", channel: "web" },
  ]);
});

test.each(['"values":7,"values":[]', '"values":[{"intValue":"1"}],"values":{}'])(
  "one part of a list that is not a list is that event's rejection: %s",
  (values) => {
    const list = `{"key":"list","value":{"arrayValue":{${values}}}}`;
    const json = `{"resourceSpans":[{${inner.traces.replace('"attributes":[', `"attributes":[${list},`)}}]}`;
    expect(mapJson(json)).toMatchObject({ events: [], rejected: [{ code: "malformed_value" }] });
  },
);

test("unknown members of a span, an event and a log record do not change what the next ones are taken for", () => {
  const later = '"later":1,';
  const ids = `"traceId":"${"1".repeat(32)}","spanId":"${"2".repeat(16)}"`;
  const data = attributes(["session_id", "s"]);
  const time = `"timeUnixNano":"${nanos(nowMs)}"`;
  const span = `{${later}"name":"x",${later}"attributes":[],${later}"events":[{${later}"name":"session.start",${later}"attributes":${data},${later}${time}}],${ids}}`;
  const record = `{${later}"attributes":${data},${later}${time},${later}"eventName":"session.start",${ids}}`;
  for (let i = 0; i < 3; i++) {
    expect(mapJson(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span},${span}]}]}]}`).events).toHaveLength(2);
    const logs = `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record},${record}]}]}]}`;
    expect(mapJson(logs, "logs").events).toHaveLength(2);
  }
});

test("an optional value that a malformed one replaces is not kept", () => {
  const twice =
    '{"key":"session_id","value":{"stringValue":"junk","intValue":"7"}},{"key":"success","value":{"boolValue":true}}';
  const json = `{"resourceSpans":[{${inner.traces.replace("session.start", "query.order").replace(attributes(["session_id", "s"]), `[${twice}]`)}}]}`;
  expect(mapJson(json).events).toMatchObject([{ name: "query.order", sessionId: null }]);
});
