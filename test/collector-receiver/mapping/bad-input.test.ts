import { describe, expect, test } from "vitest";
import type { MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { UnknownTenantError, type MappingContext } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { concatBytes, lengthDelimited, utf8Bytes } from "../../../sdk/src/recording/protobuf-bytes.ts";
import {
  bool,
  context,
  double,
  encodeJson,
  encodeProtobuf,
  eventOf,
  int,
  logsOf,
  nanos,
  nowMs,
  parentSpanId,
  sdkScope,
  spanId,
  spanOf,
  text,
  traceId,
  tracesOf,
  type Attribute,
  type LogRecord,
  type SpanEvent,
  type Value,
} from "./otlp-messages.ts";

const mark = text("spanledger.event.id", "018d3f2e-0000-4000-8000-000000000001");
const good = eventOf("agent.login", [int("agent_id", 7)]);

/** Maps the event between two good ones, in both encodings; both have to agree, and both good ones to survive. */
function mapBesideGood(event: SpanEvent, over: Partial<MappingContext> = {}): MappedRequest {
  const message = tracesOf([spanOf([good]), spanOf([event]), spanOf([good], { spanId: "00000000000000aa" })]);
  const results = (["protobuf", "json"] as const).map((encoding) =>
    mapRequest(encoding === "json" ? encodeJson(message) : encodeProtobuf("traces", message), encoding, "traces", {
      ...context,
      ...over,
    }),
  );
  expect(results[0]!.rejected.map(({ code, reason }) => [code, reason])).toEqual(
    results[1]!.rejected.map(({ code, reason }) => [code, reason]),
  );
  expect(results[0]!.events.filter(({ name }) => name === "agent.login").length).toBeGreaterThanOrEqual(2);
  return results[0]!;
}

function rejectionOf(event: SpanEvent, over: Partial<MappingContext> = {}) {
  const mapped = mapBesideGood(event, over);
  expect(mapped.rejected).toHaveLength(1);
  expect(mapped.rejectedCarriers).toBe(1);
  return mapped.rejected[0]!;
}

function mapOne(event: SpanEvent, scope?: string) {
  return mapRequest(encodeProtobuf("traces", tracesOf([spanOf([event])], scope)), "protobuf", "traces", context);
}

const session = text("session_id", "s-1");

describe("values that are rejected, with a code and the attribute's name", () => {
  const cases: [string, SpanEvent, string, string][] = [
    ["a NUL character", eventOf("session.start", [text("session_id", "a\u0000b")]), "nul_character", "session_id"],
    [
      "a NUL character in an attribute's name",
      eventOf("session.start", [session, text("a\u0000", "1")]),
      "nul_character",
      "name",
    ],
    ["a numeric string", eventOf("agent.login", [text("agent_id", "7")]), "wrong_type", "agent_id"],
    ["a number for a text", eventOf("session.start", [int("session_id", 5)]), "wrong_type", "session_id"],
    ["a number for a boolean", eventOf("query.order", [int("success", 1)]), "wrong_type", "success"],
    ["a fraction for an integer", eventOf("agent.login", [double("agent_id", 7.5)]), "wrong_type", "agent_id"],
    [
      "an array for a text",
      eventOf("session.start", [{ key: "session_id", value: { arrayValue: { values: [] } } }]),
      "wrong_type",
      "session_id",
    ],
    ["agent_id beyond int4", eventOf("agent.login", [int("agent_id", 2 ** 31)]), "out_of_range", "agent_id"],
    ["agent_id below int4", eventOf("agent.login", [int("agent_id", -(2 ** 31) - 1)]), "out_of_range", "agent_id"],
    [
      "ticket_id beyond int4",
      eventOf("ticket.created", [int("ticket_id", 3_000_000_000)]),
      "out_of_range",
      "ticket_id",
    ],
    ["agent_id beyond 2^53", eventOf("agent.login", [int("agent_id", "9007199254740993")]), "out_of_range", "agent_id"],
    [
      "a session id of 65 characters",
      eventOf("session.start", [text("session_id", "会".repeat(65))]),
      "value_too_long",
      "session_id",
    ],
    ["an empty session id", eventOf("session.start", [text("session_id", "")]), "missing_attribute", "session_id"],
    [
      "a missing attribute beside another that is ours",
      eventOf("agent.session_takeover", [int("agent_id", 1)]),
      "missing_attribute",
      "session_id",
    ],
    ["a marked event without its attribute", eventOf("session.start", [mark]), "missing_attribute", "session_id"],
    [
      "a mark that is not a UUID",
      eventOf("session.start", [session, text("spanledger.event.id", "42")]),
      "invalid_event_id",
      "spanledger.event.id",
    ],
    [
      "a mark that is not a text",
      eventOf("session.start", [session, int("spanledger.event.id", 42)]),
      "invalid_event_id",
      "spanledger.event.id",
    ],
    [
      "the nil UUID",
      eventOf("session.start", [session, text("spanledger.event.id", "00000000-0000-0000-0000-000000000000")]),
      "invalid_event_id",
      "spanledger.event.id",
    ],
    ["a name of 51 characters", eventOf("件".repeat(51), [mark]), "name_too_long", "at most 50"],
    ["no name", eventOf("", [mark]), "missing_name", "no name"],
    ["a NUL character in the name", eventOf("a\u0000b", [mark]), "nul_character", "name"],
    ["no time", eventOf("session.start", [session], "0"), "missing_time", "no time"],
    ["a time in 1970", eventOf("session.start", [session], "1000000"), "time_before_2000", "1970"],
    ["a time in 2200", eventOf("session.start", [session], nanos(Date.UTC(2200, 0, 1))), "in_the_future", "2200"],
    [
      "the latest time that 64 bits hold",
      eventOf("session.start", [session], "18446744073709551615"),
      "in_the_future",
      "2554",
    ],
    [
      "a time before the retention start",
      eventOf("session.start", [session], nanos(Date.UTC(2024, 11, 31))),
      "too_old",
      "2025-01-01",
    ],
    [
      "129 attributes",
      eventOf("session.start", [session, ...Array.from({ length: 128 }, (_, i) => int(`a${i}`, i))]),
      "too_many_attributes",
      "129",
    ],
    [
      "10 MB in one attribute",
      eventOf("session.start", [text("session_id", "x".repeat(10_000_000))]),
      "attribute_too_large",
      "session_id",
    ],
    [
      "many attributes of 30 KB",
      eventOf("session.start", [
        session,
        text("a", "x".repeat(30_000)),
        text("b", "x".repeat(30_000)),
        text("c", "x".repeat(30_000)),
      ]),
      "event_data_too_large",
      "c",
    ],
    [
      "text that grows beyond the limit when escaped",
      eventOf("session.start", [session, text("a", "\u0001".repeat(20_000))]),
      "event_data_too_large",
      "a",
    ],
  ];
  test.each(cases)("%s", (_title, event, code, named) => {
    const rejected = rejectionOf(event);
    expect(rejected.code).toBe(code);
    expect(rejected.reason).toContain(named);
    expect(rejected.reason.length).toBeLessThan(500);
    expect(rejected.reason).not.toContain("\u0000");
    expect([...(rejected.eventName ?? "")].length).toBeLessThanOrEqual(50);
  });

  test.each([
    ["a text for a number", eventOf("agent.login", [text("agent_id", "7")]), '`agent_id` is the text "7", int is'],
    ["a number for a text", eventOf("session.start", [int("session_id", 5)]), "`session_id` is 5, string is"],
    ["a fraction", eventOf("agent.login", [double("agent_id", 7.5)]), "`agent_id` is 7.5, int is"],
    ["a boolean", eventOf("agent.login", [bool("agent_id", true)]), "`agent_id` is true, int is"],
    [
      "a large number",
      eventOf("agent.login", [int("agent_id", 2 ** 31)]),
      "`agent_id` is 2147483648, at most 2147483647",
    ],
    ["a huge number", eventOf("agent.login", [int("agent_id", "9007199254740993")]), "`agent_id` is 9007199254740993,"],
    ["a long text", eventOf("session.start", [text("session_id", "会".repeat(65))]), `is "${"会".repeat(60)}…"`],
    ["NUL", eventOf("session.start", [text("session_id", "a\u0000b")]), 'U+0000: "a\ufffdb"'],
    ["a mark", eventOf("session.start", [session, text("spanledger.event.id", "42")]), '`spanledger.event.id` is "42"'],
    ["a name", eventOf("件".repeat(51), [mark]), `"${"件".repeat(51)}", at most 50`],
    ["a time", eventOf("session.start", [session], nanos(Date.UTC(2200, 0, 1))), "2200-01-01T00:00:00.000Z"],
    ["bytes", eventOf("session.start", [text("session_id", "x".repeat(40_000))]), "has 40000 bytes, at most 32768"],
  ])("the reason quotes the value: %s", (_title, event, quoted) => {
    expect(rejectionOf(event).reason).toContain(quoted);
  });

  test("half of a surrogate pair in an event's name or an attribute's, in both encodings", () => {
    for (const event of [eventOf("a\ud800b", [mark]), eventOf("session.start", [session, text("a\ud800b", "1")])]) {
      const json = encodeJson(tracesOf([spanOf([event])]));
      expect(json.toString()).toContain("\\ud800");
      const protobuf = encodeProtobuf("traces", JSON.parse(json.toString().replaceAll("a\\ud800b", "half")));
      for (let at; (at = protobuf.indexOf("half")) >= 0;) protobuf.set([0xed, 0xa0, 0x80, 0x41], at);
      for (const mapped of [
        mapRequest(json, "json", "traces", context),
        mapRequest(protobuf, "protobuf", "traces", context),
      ]) {
        expect(mapped.events).toEqual([]);
        expect(mapped.rejected.map(({ code }) => code)).toEqual(["invalid_unicode"]);
      }
    }
  });

  test("a lone surrogate in JSON, and what stands for it in protobuf", () => {
    const json = encodeJson(tracesOf([spanOf([eventOf("session.start", [text("session_id", "\ud800x")])])]));
    expect(json.toString()).toContain("\\ud800");
    const fromJson = mapRequest(json, "json", "traces", context);
    expect(fromJson.rejected.map(({ code }) => code)).toEqual(["invalid_unicode"]);
    const protobuf = encodeProtobuf(
      "traces",
      tracesOf([spanOf([eventOf("session.start", [text("session_id", "abc")])])]),
    );
    for (const invalid of [
      [0xed, 0xa0, 0x80],
      [0xff, 0x41, 0x41],
      [0xc0, 0x80, 0x41],
      [0x41, 0x41, 0xe4],
    ]) {
      const body = Buffer.from(protobuf);
      body.set(invalid, body.indexOf("abc"));
      const mapped = mapRequest(body, "protobuf", "traces", context);
      expect(mapped.events).toEqual([]);
      expect(mapped.rejected.map(({ code }) => code)).toEqual(["invalid_unicode"]);
      expect(mapRequest(mapped.rejected[0]!.payload, "protobuf", "traces", context).rejected).toEqual(mapped.rejected);
    }
  });

  test("a limit is a limit of its own", () => {
    const event = eventOf("session.start", [text("session_id", "x".repeat(60))]);
    const limits = { ...context.limits, attributeBytes: 50 };
    expect(rejectionOf(event, { limits }).code).toBe("attribute_too_large");
    expect(mapOne(event).rejected).toEqual([]);
  });
});

describe("bad values of attributes that an event can do without", () => {
  const cases: [string, SpanEvent, attribute: string, note: unknown][] = [
    [
      "a NUL character in an attribute that nobody knows",
      eventOf("session.start", [session, text("x", "\u0000")]),
      "x",
      { code: "nul_character", undeclared: true },
    ],
    [
      "a negative duration",
      eventOf("session.message", [session, double("response_time_ms", -1)]),
      "response_time_ms",
      { code: "out_of_range", value: -1 },
    ],
    [
      "a duration above the maximum",
      eventOf("session.message", [session, double("response_time_ms", 1e15)]),
      "response_time_ms",
      { code: "out_of_range", value: 1e15 },
    ],
    [
      "NaN in a counted attribute",
      eventOf("session.message", [session, double("response_time_ms", "NaN")]),
      "response_time_ms",
      { code: "not_finite" },
    ],
    [
      "Infinity in a counted attribute",
      eventOf("session.message", [session, double("response_time_ms", "Infinity")]),
      "response_time_ms",
      { code: "not_finite" },
    ],
    [
      "a user id of 129 characters",
      eventOf("session.start", [session, text("user_id", "u".repeat(129))]),
      "user_id",
      { code: "value_too_long" },
    ],
    [
      "session_id of a custom event that does not fit its column",
      eventOf("checkout.done", [mark, int("session_id", 1)]),
      "session_id",
      { code: "wrong_type" },
    ],
    [
      "an array for a text",
      eventOf("session.end", [session, { key: "reason", value: { arrayValue: { values: [{ intValue: "1" }] } } }]),
      "reason",
      { code: "wrong_type" },
    ],
    [
      "a NUL character deep in a value that nobody knows",
      eventOf("session.start", [
        session,
        { key: "deep", value: { arrayValue: { values: [{ arrayValue: { values: [{ stringValue: "\u0000" }] } }] } } },
      ]),
      "deep",
      { code: "nul_character", undeclared: true },
    ],
    ...[9, 30].map((levels): [string, SpanEvent, string, unknown] => [
      `a value nested ${levels} deep`,
      eventOf("session.start", [session, { key: "deep", value: nested(levels) }]),
      "deep",
      { code: "nested_too_deeply", undeclared: true },
    ]),
    [
      "a text of 10 MB",
      eventOf("session.start", [session, text("note", "x".repeat(10_000_000))]),
      "note",
      { code: "attribute_too_large", undeclared: true },
    ],
    [
      "a customer of 33,000 bytes",
      eventOf("session.start", [session, text("user_id", "x".repeat(33_000))]),
      "user_id",
      { code: "attribute_too_large" },
    ],
    [
      "10 MB of bytes",
      eventOf("session.start", [
        session,
        { key: "b", value: { bytesValue: Buffer.alloc(10_000_000).toString("base64") } },
      ]),
      "b",
      { code: "attribute_too_large", undeclared: true },
    ],
    [
      "a long text deep in a value that nobody knows",
      eventOf("session.start", [
        session,
        { key: "deep", value: { arrayValue: { values: [{ stringValue: "x".repeat(33_000) }, { intValue: "1" }] } } },
      ]),
      "deep",
      { code: "attribute_too_large", undeclared: true },
    ],
    [
      "test that says neither",
      eventOf("session.start", [session, text("test", "maybe")]),
      "test",
      { code: "wrong_type" },
    ],
  ];
  const after = [text("channel", "web"), int("n", 5)];

  test.each(cases)("%s is left out, and what comes after it is there", (_title, event, attribute, note) => {
    const attributes = event.attributes as Attribute[];
    const mapped = mapBesideGood({ ...event, attributes: [...attributes, ...after] });
    expect(mapped.rejected.map(({ code }) => code)).toEqual([]);
    const data = dataOf(mapped, event.name as string);
    expect(data["spanledger.invalid"]).toEqual({ [attribute]: note });
    expect(data[attribute]).toBeUndefined();
    expect(data).toMatchObject({ channel: "web", n: 5 });
    const first = mapBesideGood({ ...event, attributes: [...after, ...attributes].toReversed() });
    expect(first.rejected).toEqual([]);
    expect(dataOf(first, event.name as string)).toEqual(data);
  });

  test("also if the sender writes values before keys, as the Collector does", () => {
    const attribute = (key: string, value: string): Uint8Array =>
      lengthDelimited(
        3,
        concatBytes([lengthDelimited(2, lengthDelimited(1, utf8Bytes(value))), lengthDelimited(1, utf8Bytes(key))]),
      );
    for (const size of [33_000, 70_000, 700_000, 2_000_000]) {
      const note = attribute("note", "x".repeat(size));
      const session = attribute("session_id", "s-1");
      for (const order of [
        [note, session],
        [session, note],
      ]) {
        const time = Buffer.alloc(9, 0x09);
        time.writeBigUInt64LE(BigInt(nowMs) * 1_000_000n, 1);
        const event = concatBytes([time, lengthDelimited(2, utf8Bytes("session.start")), ...order]);
        const ids = [lengthDelimited(1, Buffer.from(traceId, "hex")), lengthDelimited(2, Buffer.from(spanId, "hex"))];
        const span = concatBytes([...ids, lengthDelimited(11, event)]);
        const scope = lengthDelimited(1, lengthDelimited(1, utf8Bytes(sdkScope)));
        const spans = lengthDelimited(2, concatBytes([scope, lengthDelimited(2, span)]));
        const body = Buffer.from(lengthDelimited(1, spans));
        const mapped = mapRequest(body, "protobuf", "traces", context);
        expect(mapped.rejected.map(({ reason }) => reason)).toEqual([]);
        expect(dataOf(mapped, "session.start")).toEqual({
          session_id: "s-1",
          "spanledger.invalid": { note: { code: "attribute_too_large", undeclared: true } },
        });
      }
    }
  });

  test.each([text("test", "true"), text("test", " True "), text("test", "1"), int("test", 1), double("test", 1)])(
    "%j is a test event, with a note",
    (attribute) => {
      const mapped = mapBesideGood(eventOf("session.start", [session, attribute]));
      const event = mapped.events.find(({ name }) => name === "session.start");
      expect(event?.test).toBe(true);
      expect(dataOf(mapped, "session.start")).toEqual({
        session_id: "s-1",
        test: true,
        "spanledger.invalid": { test: { code: "wrong_type" } },
      });
    },
  );

  test("a customer's number is an id", () => {
    const mapped = mapBesideGood(eventOf("session.start", [session, int("user_id", 77)]));
    expect(dataOf(mapped, "session.start")).toEqual({ session_id: "s-1", user_id: "77" });
  });

  test("of an attribute that is there twice, the good value stands, and counting reads what is stored", () => {
    for (const values of [
      [double("response_time_ms", 5), double("response_time_ms", -1)],
      [double("response_time_ms", -1), double("response_time_ms", 5)],
    ]) {
      const mapped = mapBesideGood(eventOf("session.message", [session, ...values]));
      expect(dataOf(mapped, "session.message")).toMatchObject({ response_time_ms: 5 });
      expect(mapped.events.find(({ name }) => name === "session.message")?.attributes["response_time_ms"]).toBe(5);
    }
  });
});

function dataOf({ events }: MappedRequest, name: string): Record<string, unknown> {
  const event = events.find((each) => each.name === name);
  return JSON.parse(Buffer.from(event?.eventData ?? []).toString());
}

describe("trace ids", () => {
  const event = eventOf("session.start", [session]);
  test.each([
    ["zero", "0".repeat(32), spanId, "trace id is all zero"],
    ["missing", "", spanId, "trace id is missing"],
    ["short", "0af7", spanId, "trace id is of the wrong length"],
    ["zero (the span's)", traceId, "0".repeat(16), "span id is all zero"],
    ["missing (the span's)", traceId, "", "span id is missing"],
    ["short (the span's)", traceId, "b7ad", "span id is of the wrong length"],
  ])("a span with an id that is %s: its events are rejected", (_title, trace, span, reason) => {
    const message = tracesOf([spanOf([good]), { ...spanOf([event]), traceId: trace, spanId: span }]);
    for (const [body, encoding] of [
      [encodeJson(message), "json"],
      [encodeProtobuf("traces", message), "protobuf"],
    ] as const) {
      const mapped = mapRequest(body, encoding, "traces", context);
      expect(mapped.events).toHaveLength(1);
      expect(mapped.rejected.map(({ code }) => code)).toEqual(["invalid_trace_context"]);
      expect(mapped.rejected[0]!.reason).toContain(reason);
      expect(mapRequest(mapped.rejected[0]!.payload, encoding, "traces", context).rejected).toEqual(mapped.rejected);
    }
  });

  test("a span without events and with a broken id takes no other span's events with it; alone it is another signal's", () => {
    const broken = [
      { ...spanOf([]), traceId: "0af7" },
      spanOf([event]),
      { ...spanOf([]), spanId: "b7ad6b71692033310a" },
    ];
    for (const [body, encoding] of [
      [encodeJson(tracesOf(broken)), "json"],
      [encodeProtobuf("traces", tracesOf(broken)), "protobuf"],
    ] as const) {
      expect(mapRequest(body, encoding, "traces", context)).toMatchObject({
        events: [{ sessionId: "s-1" }],
        rejected: [],
      });
    }
    const alone = encodeProtobuf("traces", tracesOf([broken[0]!, broken[2]!]));
    expect(() => mapRequest(alone, "protobuf", "traces", context)).toThrow("2 and 8. Is this another signal");
  });

  test("a log record may stand outside of any trace", () => {
    const record: LogRecord = { timeUnixNano: nanos(nowMs), eventName: "session.start", attributes: [session] };
    const mapped = mapRequest(encodeProtobuf("logs", logsOf([record])), "protobuf", "logs", context);
    expect(mapped.events.map(({ traceId: trace, spanId: span }) => [trace, span])).toEqual([[null, null]]);
  });

  test("the span's id is the parent's for a carrier, the span's own otherwise", () => {
    const carrier = mapOne(event, "@spanledger/sdk").events[0]!;
    expect([carrier.traceId, carrier.spanId]).toEqual([traceId, parentSpanId]);
    const other = tracesOf([spanOf([event], { name: "POST /chat" })], "http");
    expect(mapRequest(encodeJson(other), "json", "traces", context).events[0]!.spanId).toBe(spanId);
    const root = tracesOf([spanOf([event], { parentSpanId: "" })]);
    expect(mapRequest(encodeJson(root), "json", "traces", context).events[0]!.spanId).toBe(spanId);
  });

  test("hex in JSON may be in any case", () => {
    const message = tracesOf([spanOf([event], { traceId: traceId.toUpperCase() })]);
    expect(mapRequest(encodeJson(message), "json", "traces", context).events[0]!.traceId).toBe(traceId);
  });
});

describe("what is ours", () => {
  test("a browser SDK's session.start is ignored and counted", () => {
    const mapped = mapBesideGood(eventOf("session.start", [text("session.id", "b-1")]));
    expect(mapped.ignored).toBe(1);
    expect(mapped.rejected).toEqual([]);
  });

  test("an event outside the catalogue is ours only with the mark", () => {
    expect(mapBesideGood(eventOf("exception", [text("exception.type", "Error")])).ignored).toBe(1);
    const custom = mapBesideGood(eventOf("checkout.done", [mark, text("cart", "c-1")]));
    expect(custom.events.map(({ name }) => name)).toContain("checkout.done");
  });

  test("null means absent, integral doubles are integers, integers are doubles", () => {
    const mapped = mapOne(
      eventOf("agent.logout", [
        double("agent_id", 7),
        int("work_duration_minutes", 30),
        { key: "sessions_handled", value: {} },
      ]),
    );
    const [event] = mapped.events;
    expect(event!.agentId).toBe(7);
    expect(event!.attributes).toEqual({ work_duration_minutes: 30 });
    expect(Buffer.from(event!.eventData).toString()).toBe('{"agent_id":7,"work_duration_minutes":30}');
  });

  test("NaN outside the catalogue is kept as text, integers beyond 2^53 exactly", () => {
    const mapped = mapOne(
      eventOf("session.start", [
        session,
        double("x", "NaN"),
        int("big", "9007199254740993"),
        int("least", "-9223372036854775808"),
      ]),
    );
    expect(Buffer.from(mapped.events[0]!.eventData).toString()).toBe(
      '{"session_id":"s-1","x":"NaN","big":9007199254740993,"least":-9223372036854775808}',
    );
  });

  test("int64 in JSON may be a number, also beyond 2^53", () => {
    const json = encodeJson(tracesOf([spanOf([eventOf("session.start", [session, int("big", "0")])])]))
      .toString()
      .replace('{"intValue":"0"}', '{"intValue":9007199254740993}');
    const mapped = mapRequest(Buffer.from(json), "json", "traces", context);
    expect(Buffer.from(mapped.events[0]!.eventData).toString()).toContain('"big":9007199254740993');
  });

  test("reserved attributes stay out of event_data; source and test are read", () => {
    const mapped = mapOne(
      eventOf("session.start", [
        mark,
        text("spanledger.source.id", "abc"),
        int("spanledger.event.seq", 12),
        session,
        bool("test", true),
      ]),
    );
    expect(mapped.events[0]).toMatchObject({ source: { sourceId: "abc", seq: 12 }, test: true, sessionId: "s-1" });
    expect(Buffer.from(mapped.events[0]!.eventData).toString()).toBe('{"session_id":"s-1","test":true}');
  });

  test("an event's name in `event.name` is the fallback of EventName", () => {
    const time = { timeUnixNano: nanos(nowMs) };
    const fallback = { ...time, attributes: [text("event.name", "session.start"), session] };
    const both = { ...time, eventName: "session.end", attributes: [text("event.name", "session.start"), session] };
    const mapped = mapRequest(encodeJson(logsOf([fallback, both])), "json", "logs", context);
    expect(mapped.events.map(({ name, eventData }) => [name, Buffer.from(eventData).toString()])).toEqual([
      ["session.start", '{"session_id":"s-1"}'],
      ["session.end", '{"event.name":"session.start","session_id":"s-1"}'],
    ]);
  });

  test("a log record without a time has the time at which it was observed", () => {
    const record = { observedTimeUnixNano: nanos(nowMs - 5), eventName: "session.start", attributes: [session] };
    expect(mapRequest(encodeJson(logsOf([record])), "json", "logs", context).events[0]!.occurredAtMs).toBe(nowMs - 5);
  });
});

describe("time and identity", () => {
  const v7 = (ms: number) =>
    `${ms
      .toString(16)
      .padStart(12, "0")
      .replace(/^(.{8})/, "$1-")}-7000-8000-000000000001`;
  test.each([
    ["the mark's millisecond within a second", 1000, 1000],
    ["the wire's beyond", 1001, 0],
  ])("occurred_at is %s", (_title, offset, expected) => {
    for (const sign of [1, -1]) {
      const id = text("spanledger.event.id", v7(nowMs + sign * offset));
      expect(mapOne(eventOf("session.start", [id, session])).events[0]!.occurredAtMs).toBe(nowMs + sign * expected);
    }
  });

  test("nanoseconds are cut to milliseconds exactly", () => {
    const event = eventOf("session.start", [session], `${BigInt(nowMs) * 1_000_000n - 1n}`);
    for (const mapped of [
      mapOne(event),
      mapRequest(encodeJson(tracesOf([spanOf([event])])), "json", "traces", context),
    ]) {
      expect(mapped.events[0]!.occurredAtMs).toBe(nowMs - 1);
    }
  });

  test("identical unmarked events in a span are different, a second copy of the span is not", () => {
    const span = spanOf([good, good]);
    const mapped = mapRequest(encodeProtobuf("traces", tracesOf([span, span])), "protobuf", "traces", context);
    const ids = mapped.events.map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(2);
    expect(ids.slice(2)).toEqual(ids.slice(0, 2));
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  test("the order of attributes does not change a derived id, their values do", () => {
    const id = (attributes: Attribute[]) => mapOne(eventOf("agent.login", attributes)).events[0]!.eventId;
    const name = text("agent_name", "王芳");
    expect(id([int("agent_id", 7), name])).toBe(id([name, int("agent_id", 7)]));
    expect(id([int("agent_id", 7), name])).not.toBe(id([name, int("agent_id", 8)]));
  });

  test("without trace and span id, the service instance tells senders apart", () => {
    const id = (instance: string) => {
      const record = { timeUnixNano: nanos(nowMs), eventName: "session.start", attributes: [session] };
      const message = logsOf([record], "x", [text("service.instance.id", instance)]);
      return mapRequest(encodeJson(message), "json", "logs", context).events[0]!.eventId;
    };
    expect(id("a")).toBe(id("a"));
    expect(id("a")).not.toBe(id("b"));
  });
});

describe("tenants", () => {
  const body = (tenant: string | null) =>
    encodeJson(tracesOf([spanOf([good])], undefined, tenant === null ? [] : [text("spanledger.tenant", tenant)]));
  const map = (tenant: string | null, rule: MappingContext["tenant"]) =>
    mapRequest(body(tenant), "json", "traces", { ...context, tenant: rule });

  test("a token fixes it, whatever the resource says", () => {
    expect(map("other", { kind: "fixed", tenantId: "brand-a" }).events[0]!.tenantId).toBe("brand-a");
  });
  test("believed, with a default", () => {
    expect(map("brand-b", context.tenant).events[0]!.tenantId).toBe("brand-b");
    expect(map(null, context.tenant).events[0]!.tenantId).toBe("default");
    expect(map("a\u0000", context.tenant).rejected.map(({ code, tenantId }) => [code, tenantId])).toEqual([
      ["invalid_tenant", "default"],
    ]);
  });
  test.each([
    ["an integer", { intValue: "7" }, "7"],
    ["an integer beyond 2^53", { intValue: "9007199254740993" }, "9007199254740993"],
    ["the least integer", { intValue: "-9223372036854775808" }, null],
    ["an integral double", { doubleValue: 7 }, "7"],
    ["a double", { doubleValue: 7.5 }, null],
    ["NaN", { doubleValue: "NaN" }, null],
    ["a boolean", { boolValue: true }, null],
    ["bytes", { bytesValue: "YnJhbmQtYg==" }, null],
    ["a list", { arrayValue: { values: [{ stringValue: "brand-b" }] } }, null],
    ["a map", { kvlistValue: { values: [] } }, null],
    ["a value that is not set", {}, "default"],
  ])("as %s names itself, or its events are rejected: none is taken for the default's", (_, value, expected) => {
    const message = tracesOf([spanOf([good])], undefined, [{ key: "spanledger.tenant", value } as Attribute]);
    for (const [body, encoding] of [
      [encodeJson(message), "json"],
      [encodeProtobuf("traces", message), "protobuf"],
    ] as const) {
      const { events, rejected } = mapRequest(body, encoding, "traces", context);
      expect(events.map(({ tenantId }) => tenantId)).toEqual(expected === null ? [] : [expected]);
      expect(rejected.map(({ code }) => code)).toEqual(expected === null ? ["invalid_tenant"] : []);
    }
  });
  test("of several in a resource the last one counts, whatever its type", () => {
    const tenants = [{ stringValue: "brand-a" }, { boolValue: true }, { intValue: "7" }, { stringValue: "brand-b" }];
    for (let n = 1; n <= tenants.length; n++) {
      const resource = tenants.slice(0, n).map((value) => ({ key: "spanledger.tenant", value }) as Attribute);
      const { events } = mapRequest(
        encodeJson(tracesOf([spanOf([good])], undefined, resource)),
        "json",
        "traces",
        context,
      );
      expect(events.map(({ tenantId }) => tenantId)).toEqual([["brand-a"], [], ["7"], ["brand-b"]][n - 1]);
    }
  });
  test("that is malformed in JSON rejects its events", () => {
    const json = encodeJson(tracesOf([spanOf([good])], undefined, [text("spanledger.tenant", "brand-b")]));
    const broken = Buffer.from(json.toString().replace('"brand-b"', "5"));
    const { events, rejected } = mapRequest(broken, "json", "traces", context);
    expect([events.length, rejected.map(({ code }) => code)]).toEqual([0, ["invalid_tenant"]]);
  });
  test("unknown from a gateway: nothing of the request is taken", () => {
    const gateway = { kind: "gateway", tenantIds: new Set(["brand-a"]) } as const;
    expect(map("brand-a", gateway).events[0]!.tenantId).toBe("brand-a");
    expect(() => map("brand-b", gateway)).toThrow(UnknownTenantError);
    expect(() => map(null, gateway)).toThrow(UnknownTenantError);
  });
});

describe("source reports", () => {
  const attributes = [
    text("spanledger.source.id", "abc"),
    int("spanledger.source.last_seq", 40),
    int("spanledger.source.dropped", 2),
  ];
  const expected = {
    tenantId: "default",
    sourceId: "abc",
    serviceName: "shop",
    lastSeq: 40,
    dropped: 2,
    reportedAtMs: nowMs,
  };
  test("a carrier span without an event", () => {
    const span = { ...spanOf([]), name: "spanledger.source.report", attributes, startTimeUnixNano: nanos(nowMs) };
    for (const [body, encoding] of [
      [encodeJson(tracesOf([span])), "json"],
      [encodeProtobuf("traces", tracesOf([span])), "protobuf"],
    ] as const) {
      const mapped = mapRequest(body, encoding, "traces", context);
      expect(mapped).toEqual({ events: [], rejected: [], sourceReports: [expected], rejectedCarriers: 0, ignored: 0 });
    }
  });
  test("a log record", () => {
    const record = { timeUnixNano: nanos(nowMs), eventName: "spanledger.source.report", attributes };
    expect(mapRequest(encodeProtobuf("logs", logsOf([record])), "protobuf", "logs", context).sourceReports).toEqual([
      expected,
    ]);
  });
  test("another scope has no say", () => {
    const span = { ...spanOf([]), name: "spanledger.source.report", attributes };
    expect(mapRequest(encodeJson(tracesOf([span], "x")), "json", "traces", context).sourceReports).toEqual([]);
  });
});

test("100,000 events in one request, with a bad one among them", () => {
  const events = Array.from({ length: 100_000 }, (_, i) =>
    eventOf("session.start", i === 777 ? [int("session_id", 1)] : [text("session_id", `s-${i}`)]),
  );
  const mapped = mapRequest(encodeProtobuf("traces", tracesOf([spanOf(events)])), "protobuf", "traces", context);
  expect(mapped.events).toHaveLength(99_999);
  expect(new Set(mapped.events.map(({ eventId }) => eventId)).size).toBe(99_999);
  expect(mapped.rejected).toHaveLength(1);
});

function nested(depth: number): Value {
  let value: Value = { stringValue: "leaf" };
  for (let i = 0; i < depth; i++) {
    value = i % 2 === 0 ? { arrayValue: { values: [value] } } : { kvlistValue: { values: [{ key: "k", value }] } };
  }
  return value;
}
