import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { UnknownTenantError } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { fieldsOf } from "../../support/make-business-event.ts";
import { anyTraces, context, eventOf, nanos, nowMs, spanOf, text, tracesOf } from "../mapping/otlp-messages.ts";

/** Values that a member may have before its last one: of any kind, some of which OTLP does not allow there. */
const junk = [
  '{"stringValue":"junk"}',
  '{"intValue":7}',
  '{"intValue":1.5}',
  '{"arrayValue":{"values":[{"boolValue":true},{"intValue":"x"}]}}',
  '{"kvlistValue":{"values":[{"key":"junk","value":{"arrayValue":{"values":[{}]}}}]}}',
  "[1]",
  "{}",
];
const junkMembers = ['"stringValue":"junk"', '"intValue":true', '"arrayValue":{"values":[{"intValue":1}]}'];
const valueKind = /^(?:string|bool|int|double|array|kvlist|bytes)Value$/;

type Choose = (n: number) => number;
type Members = [name: string, json: string][];

const snakeCase = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Cuts a list in two; both parts may be empty. */
function cut<T>(list: readonly T[], choose: Choose): [T[], T[]] {
  const at = choose(list.length + 1);
  return [list.slice(0, at), list.slice(at)];
}

/** The parts of one member, in their order: lists and resources come in two, other members after junk. */
function partsOf(name: string, member: unknown, isAttribute: boolean, choose: Choose): string[] {
  const whole = () => [writeInParts(member, choose)];
  if (choose(3) !== 0) return whole();
  if (Array.isArray(member)) return cut(member, choose).map((part) => writeInParts(part, choose));
  if (name === "resource") {
    const [some, others] = cut((member as { attributes: unknown[] }).attributes, choose);
    return [some, others].map((attributes) => writeInParts({ attributes }, choose));
  }
  if (name === "scope") return ['{"name":"junk"}', ...whole()];
  if (isAttribute && name === "key") return ['"junk"', ...whole()];
  if (isAttribute && name === "value") {
    const isSet = Object.keys(member as object).length > 0;
    // Nothing behind a value leaves it as it is.
    if (!isSet || choose(2) === 0) return [...whole(), choose(2) === 0 ? "{}" : "null"];
    return [junk[choose(junk.length)]!, ...whole()];
  }
  return whole();
}

/**
 * Writes JSON in which messages come in parts, names are in either case and members in any order.
 * @param choose a number below n
 */
function writeInParts(value: unknown, choose: Choose): string {
  if (Array.isArray(value)) return `[${value.map((one) => writeInParts(one, choose)).join()}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const written: Members = [];
  for (const [name, member] of Object.entries(value)) {
    // Behind the part before, and otherwise anywhere.
    let least = 0;
    if (choose(4) === 0 && valueKind.test(name)) written.push(parseMember(junkMembers[choose(junkMembers.length)]!));
    if (valueKind.test(name)) least = written.length;
    for (const part of partsOf(name, member, "key" in value, choose)) {
      const at = least + choose(written.length - least + 1);
      written.splice(at, 0, [choose(3) === 0 ? snakeCase(name) : name, part]);
      least = at + 1;
    }
  }
  return `{${written.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`;
}

const parseMember = (json: string): [string, string] => {
  const at = json.indexOf(":");
  return [JSON.parse(json.slice(0, at)) as string, json.slice(at + 1)];
};

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
      const json = writeInParts(message, (n) => choices[at++ % choices.length]! % n);
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
