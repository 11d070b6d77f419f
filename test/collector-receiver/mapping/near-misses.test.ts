import { describe, expect, test } from "vitest";
import { CloseNames } from "../../../collector-receiver/src/mapping/close-names.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import type { IgnoredReason } from "../../../collector-receiver/src/mapping/ignored-reasons.ts";
import {
  bool,
  context,
  encodeJson,
  encodeProtobuf,
  eventOf,
  int,
  logsOf,
  nanos,
  nowMs,
  sdkScope,
  spanOf,
  text,
  tracesOf,
  type Attribute,
  type LogRecord,
  type Span,
} from "./otlp-messages.ts";

const time = nanos(nowMs);
const session = text("session_id", "s-1");
const mark = text("spanledger.event.id", "018d3f2e-0000-4000-8000-000000000001");
const list = (...values: Attribute[]) => ({ kvlistValue: { values } });
const encodings = ["protobuf", "json"] as const;
type Encoding = (typeof encodings)[number];

/** What mapping says of it, with `foreign_name` as the rest of what was ignored. */
function missesOf(body: Buffer, encoding: Encoding, signal: "traces" | "logs") {
  const { events, ignored, nearMisses } = mapRequest(body, encoding, signal, context);
  return { events: events.length, ignored, reasons: Object.fromEntries(nearMisses?.reasons ?? []) };
}
const ofSpans = (encoding: Encoding, spans: Span[], scope = "of the product") => {
  const message = tracesOf(spans, scope);
  return missesOf(encoding === "json" ? encodeJson(message) : encodeProtobuf("traces", message), encoding, "traces");
};
const ofRecord = (encoding: Encoding, record: Partial<LogRecord>) => {
  const message = logsOf([{ timeUnixNano: time, attributes: [], ...record }]);
  return missesOf(encoding === "json" ? encodeJson(message) : encodeProtobuf("logs", message), encoding, "logs");
};
const only = (reason: IgnoredReason) => ({ events: 0, ignored: 1, reasons: { [reason]: 1 } });
const foreign = { events: 0, ignored: 1, reasons: {} };

describe.each(encodings)("%s", (encoding) => {
  const ofEvent = (name: string, attributes: Attribute[]) =>
    ofSpans(encoding, [spanOf([eventOf(name, attributes, time)])]);

  test.each([
    " Session.Start ",
    "session_start",
    "SESSION.START",
    "sessionStart",
    "session-start",
    "sesion.start",
    "ticket.createdd",
  ])("the name %j is close", (name) => {
    expect(ofEvent(name, [session])).toEqual(only("close_name"));
    expect(ofRecord(encoding, { eventName: name, attributes: [session] })).toEqual(only("close_name"));
    const byAttribute = [text("event.name", name), session];
    expect(ofRecord(encoding, { attributes: byAttribute })).toEqual(only("close_name"));
  });

  test.each(["exception", "cache.miss", "session", "start", "session.shown", "x".repeat(300), "", "…"])(
    "the name %j is foreign",
    (name) => {
      expect(ofEvent(name, [session])).toEqual(foreign);
      if (name !== "") expect(ofRecord(encoding, { eventName: name, attributes: [session] })).toEqual(foreign);
    },
  );

  test("a close name that is marked is a custom event", () => {
    expect(ofEvent("Session.Start", [session, mark])).toEqual({ events: 1, ignored: 0, reasons: {} });
  });

  test.each(["sessionId", "session.id", "SessionID", "session-id", " session_id", "sesssion_id"])(
    "the attribute %j is close",
    (name) => {
      expect(ofEvent("session.start", [text(name, "s-1")])).toEqual(only("close_attribute"));
      expect(ofRecord(encoding, { eventName: "session.start", body: list(text(name, "s-1")) })).toEqual(
        only("close_attribute"),
      );
    },
  );

  test("a name of ours with none of its attributes", () => {
    expect(ofEvent("session.start", [text("user.id", "u")])).toEqual(only("no_required_attribute"));
    expect(ofEvent("agent.login", [text("id", "u")])).toEqual(only("no_required_attribute"));
  });

  test.each([
    ["JSON beside a name of ours", { eventName: "session.start", body: { stringValue: '{"session_id":"s-1"}' } }],
    [
      "a list beside a name of ours",
      { eventName: "session.end", body: { arrayValue: { values: [{ stringValue: "s" }] } } },
    ],
    [
      "a text beside other attributes",
      { eventName: "session.end", body: { stringValue: "s-1" }, attributes: [int("n", 1)] },
    ],
    ["the name alone", { body: { stringValue: "session.start" }, attributes: [session] }],
    ["the name alone, and no attributes", { body: { stringValue: "ticket.created" } }],
    ["JSON with the name", { body: { stringValue: '{"event":"session.start","session_id":"s-1"}' } }],
    [
      "JSON with the name, beside attributes",
      { body: { stringValue: '{"name" : "agent.login"}' }, attributes: [session] },
    ],
    ["the name in a key-value list", { body: list(text("event.name", "session.start"), session) }],
    ["the mark in a key-value list, beside another name", { eventName: "parcel.lost", body: list(mark, session) }],
    ["the mark in a key-value list, beside attributes", { attributes: [int("n", 1)], body: list(session, mark) }],
    ["JSON with the mark", { body: { stringValue: '{"spanledger.event.id":"018d3f2e","name":"parcel.lost"}' } }],
    [
      "JSON with the mark, beside another name",
      { eventName: "parcel.lost", body: { stringValue: '{"spanledger.event.id":"0"}' } },
    ],
  ] as const)("a payload in the body: %s", (_title, record) => {
    expect(ofRecord(encoding, record as Partial<LogRecord>)).toEqual(only("payload_in_body"));
  });

  test.each([
    { body: { stringValue: "started the session" } },
    { body: { stringValue: '{"level":"info","session_id":"s-1"}' } },
    { body: { stringValue: "session.shown" } },
    { body: { stringValue: "" } },
    { body: { intValue: "7" } },
    { body: {} },
    { eventName: "cache.miss", body: { stringValue: '{"session_id":"s-1"}' } },
    { eventName: "cache.miss", body: list(session) },
    { body: list(text("message", "`spanledger.event.id` is not a text")) },
    { body: { stringValue: "`spanledger.event.id` is not a text" } },
  ])("the record %j is foreign", (record) => {
    expect(ofRecord(encoding, record)).toEqual(foreign);
  });

  test("a span in place of an event", () => {
    const span = (name: string, attributes: Attribute[]) => spanOf([], { name, attributes });
    expect(ofSpans(encoding, [span("session.start", [session])])).toEqual({
      events: 0,
      ignored: 0,
      reasons: { wrong_signal: 1 },
    });
    expect(
      ofSpans(encoding, [span("agent.login", [int("agentId", 7)]), span("query.order", [bool("success", true)])])
        .reasons,
    ).toEqual({
      wrong_signal: 2,
    });
    const others = [
      span("session.start", [text("a", "b")]),
      span("GET /", [session]),
      span("session.starts", [session]),
    ];
    expect(ofSpans(encoding, others)).toEqual({ events: 0, ignored: 0, reasons: {} });
    // As our SDK's, it is a carrier that carries nothing.
    expect(ofSpans(encoding, [span("session.start", [session])], sdkScope).reasons).toEqual({});
  });

  test("an event of ours is not a near miss, whatever else it has", () => {
    const attributes = [session, text("sessionId", "s-2"), text("session.id", "s-3")];
    expect(ofEvent("session.start", attributes)).toEqual({ events: 1, ignored: 0, reasons: {} });
  });

  test("after 64 bodies of a request no other is searched", () => {
    const record = { attributes: [], body: { stringValue: "session.start" } };
    const message = logsOf(Array.from({ length: 100 }, () => record));
    const body = encoding === "json" ? encodeJson(message) : encodeProtobuf("logs", message);
    expect(missesOf(body, encoding, "logs")).toEqual({ events: 0, ignored: 100, reasons: { payload_in_body: 64 } });
  });

  test("a source's report without a source", () => {
    expect(ofSpans(encoding, [spanOf([], { name: "spanledger.source.report" })], sdkScope).reasons).toEqual({
      incomplete_report: 1,
    });
  });
});

test.each([
  ['{"resourceSpans":[{"resource":{"attribute":[]},"schemaUrl":"x","scopespans":[]}],"later":1}', 3],
  ['{"resourceSpans":[{"schema_url":"x","scopeSpans":[{"schemaUrl":"x","Spans":[],"scope":{}}]}]}', 1],
  ['{"resourceSpans":[{"scopeSpans":[{"spans":[{"trace_id":"","Events":[],"traceID":"","status":{"x":1}}]}]}]}', 2],
  ['{"resourceSpans":[{"scopeSpans":[{"spans":[{"events":[{"name":"x","time":1}]}]}]}]}', 1],
  [
    '{"resourceSpans":[{"resource":{"droppedAttributesCount":0,"entity_refs":[]},"scopeSpans":[{"spans":[{"flags":1,"links":[]}]}]}]}',
    0,
  ],
  // Walked twice, counted once.
  ['{"resourceSpans":[{"resource":{},"scopeSpans":[{"spans":[{"a":1}]}],"resource":{}}]}', 1],
])("members of JSON that nobody knows: %s", (json, count) => {
  const { nearMisses } = mapRequest(Buffer.from(json), "json", "traces", context);
  expect(nearMisses?.reasons.get("unknown_json_member") ?? 0).toBe(count);
});

test("a long value's unknown members are counted once", () => {
  const long = `"unknown":"${"x".repeat(600_000)}"`;
  const json = `{"resourceSpans":[{"scopeSpans":[{"spans":[{"a":1,${long},"events":[]}]}]}]}`;
  const { nearMisses } = mapRequest(Buffer.from(json), "json", "traces", context);
  expect(nearMisses?.reasons.get("unknown_json_member")).toBe(2);
});

test("a list of the wrong type is a near miss", () => {
  const json = '{"resourceSpans":[{"scopeSpans":"x"},{"scopeSpans":[{"spans":[{}]}]}]}';
  expect(missesOf(Buffer.from(json), "json", "traces")).toEqual(only("wrong_type"));
});

describe.each(encodings)("what senders lose, %s", (encoding) => {
  const lossesOf = (message: object, signal: "traces" | "logs", tenant = context.tenant) => {
    const body = encoding === "json" ? encodeJson(message as never) : encodeProtobuf(signal, message as never);
    const { nearMisses } = mapRequest(body, encoding, signal, { ...context, tenant });
    return Object.fromEntries(nearMisses?.losses ?? []);
  };
  const shop = [text("service.name", "shop")];
  const dropped = { events: 0, attributes: 0, cutSessionIds: 0 };

  test("events and attributes at a span's, an event's and a log record's limit, by service", () => {
    const event = { ...eventOf("session.start", [session], time), droppedAttributesCount: 3 };
    const other = { ...eventOf("exception", [text("a", "b")], time), droppedAttributesCount: 50 };
    const span = { ...spanOf([other, event]), droppedEventsCount: 300, droppedAttributesCount: 2 };
    const silent = { ...spanOf([]), droppedEventsCount: 7 };
    expect(lossesOf(tracesOf([span, silent, span], "of the product", shop), "traces")).toEqual({
      shop: { ...dropped, events: 600, attributes: 10 },
    });
    const record = { timeUnixNano: time, eventName: "session.start", attributes: [session], droppedAttributesCount: 4 };
    expect(lossesOf(logsOf([record, { ...record, eventName: "x" }]), "logs")).toEqual({
      shop: { ...dropped, attributes: 4 },
    });
    expect(lossesOf(tracesOf([spanOf([eventOf("session.start", [session], time)])]), "traces")).toEqual({});
  });

  test("a gateway's foreign spans without a tenant are not refused for what they dropped", () => {
    const span = { ...spanOf([eventOf("exception", [text("a", "b")])]), droppedEventsCount: 1 };
    const gateway = { kind: "gateway", tenantIds: new Set(["brand-a"]) } as const;
    expect(lossesOf(tracesOf([span], "of the product", shop), "traces", gateway)).toEqual({
      shop: { ...dropped, events: 1 },
    });
  });

  const cut = (id: string, others: Attribute[] = [], scope = "of the product") =>
    lossesOf(
      tracesOf([spanOf([eventOf("session.start", [text("session_id", id), ...others], time)])], scope, shop),
      "traces",
    );
  const noticed = { shop: { ...dropped, cutSessionIds: 1 } };
  const note = "The customer asks where the parcel of last week is, and says that it";

  test.each([
    ["0198c5c0-7a3f-7000-8000-00000000", []],
    ["0198c5c0-7a3f-70", []],
    ["shop:0198c5c0-7a3f-7000-8", []],
    ["customer-session-2025-12-25-0001", [text("note", note.slice(0, 32))]],
    [
      "customer-session-2025-12-25-0001",
      [text("note", "顾客询问包裹".repeat(6).slice(0, 32)), text("short", "x y z x y z x")],
    ],
  ] as const)("the session id %s looks cut", (id, others) => {
    expect(cut(id, [...others])).toEqual(noticed);
    // Our SDK has no limits.
    expect(cut(id, [...others], sdkScope)).toEqual({});
  });

  test.each([
    ["s-20251225-0001", []],
    ["0198c5c0-7a3f-7000-8000-0000000000ab", [text("note", note)]],
    ["0198c5c07a3f700080000000000000ab", [text("user_id", "a".repeat(32)), text("url", "https://shop.example")]],
    ["customer-session-2025-12-25-0001", [text("note", note.slice(0, 32)), text("longer", note)]],
    ["short", [text("note", "a b c")]],
  ] as const)("the session id %s does not", (id, others) => {
    expect(cut(id, [...others])).toEqual({});
  });

  test("eight ids of a request are looked at", () => {
    const events = Array.from({ length: 20 }, () =>
      eventOf("session.start", [text("session_id", "0198c5c0-7a3f-70")], time),
    );
    expect(lossesOf(tracesOf([spanOf(events)], "of the product", shop), "traces")).toEqual({
      shop: { ...dropped, cutSessionIds: 8 },
    });
  });
});

test("names with one letter more, less or other are close, and short ones are not", () => {
  const names = new CloseNames(["session.start", "a.b"]);
  expect(
    ["session.star", "session.stars", "ession.start", "xsession.start"].map((name) => names.isClose(name)),
  ).toEqual([true, true, true, true]);
  expect(
    ["session.start", "a.b", "a.c", "session.st", "sessionxx.start", "", "."].map((name) => names.isClose(name)),
  ).toEqual(Array.from({ length: 7 }, () => false));
  expect(names.isClose("A_B")).toBe(true);
});
