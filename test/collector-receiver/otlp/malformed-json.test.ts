import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { fieldsOf } from "../../support/make-business-event.ts";
import {
  context,
  double,
  encodeProtobuf,
  eventOf,
  int,
  logsOf,
  nanos,
  nowMs,
  spanOf,
  text,
  tracesOf,
  type Attribute,
} from "../mapping/otlp-messages.ts";

type Signal = "traces" | "logs";

/** Takes the place of JSON that `JSON.stringify` would never write. */
const hole = "@@hole@@";
const attribute = (value: string) => `{"key":"x","value":${value}}`;
const arrays = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;
const nestedValues = (levels: number) =>
  `${'{"arrayValue":{"values":['.repeat(levels)}{"intValue":1}${"]}}".repeat(levels)}`;

function mapJson(message: unknown, raw = "", signal: Signal = "traces"): MappedRequest {
  const body = JSON.stringify(message).replaceAll(JSON.stringify(hole), () => raw);
  return mapRequest(Buffer.from(body), "json", signal, context);
}

const idOf = (i: number) => `018d3f2e-0000-4000-8000-${String(i).padStart(12, "0")}`;
const ours = (i: number) =>
  eventOf("session.start", [text("spanledger.event.id", idOf(i)), text("session_id", `s-${i}`), int("n", i)]);
const spanIdOf = (i: number) => String(i).padStart(16, "0");
const ourSpan = (i: number) => spanOf([ours(i)], { spanId: spanIdOf(i) });
const dataOf = (mapped: MappedRequest) =>
  mapped.events.map(({ eventData }) => JSON.parse(Buffer.from(eventData).toString()) as unknown);

/** Values of an attribute that OTLP does not allow. */
const malformedValues: [string, string][] = [
  ["a fraction as an integer", '{"intValue":1.5}'],
  ["a text that is not an integer", '{"intValue":"seven"}'],
  ["an empty integer", '{"intValue":""}'],
  ["an integer of 5,000 digits", `{"intValue":${"9".repeat(5000)}}`],
  ["an integer with an endless exponent", '{"intValue":1e999999999999}'],
  ["an integer that is an object", '{"intValue":{"low":1,"high":0}}'],
  ["an integer that is true", '{"intValue":true}'],
  ["a double beyond any", '{"doubleValue":1e400}'],
  ["a double in words", '{"doubleValue":"much"}'],
  ["a double that is a list", '{"doubleValue":[1]}'],
  ["a boolean in quotes", '{"boolValue":"true"}'],
  ["a boolean as a number", '{"boolValue":1}'],
  ["a number as a text", '{"stringValue":5}'],
  ["an object as a text", '{"stringValue":{}}'],
  ["letters outside base64", '{"bytesValue":"###"}'],
  ["base64 that is cut", '{"bytesValue":"AAAAA"}'],
  ["bytes as a list of numbers", '{"bytesValue":[1,2]}'],
  ["an array without values", '{"arrayValue":[]}'],
  ["values that are not an array", '{"arrayValue":{"values":{}}}'],
  ["plain values in an array", '{"arrayValue":{"values":["a"]}}'],
  ["a map as an object", '{"kvlistValue":[]}'],
  ["plain values in a map", '{"kvlistValue":{"values":[{"key":"a","value":1}]}}'],
  ["a plain text in a map", '{"kvlistValue":{"values":["a"]}}'],
  ["a plain text", '"plain"'],
  ["a plain number", "7"],
  ["a plain list", '["a"]'],
];
const withValues = malformedValues.map(([title, value]): [string, string] => [title, attribute(value)]);
const malformedAttributes: [string, string][] = [
  ...withValues,
  ["an attribute that is a text", '"x"'],
  ["an attribute that is a list", "[]"],
  ["a key that is a number", '{"key":5,"value":{"intValue":1}}'],
  ["a key that is an object", '{"key":{},"value":{"intValue":1}}'],
];
const withHole = (attributes: unknown[]) => [...attributes, hole] as Attribute[];

describe("an attribute that OTLP does not allow", () => {
  const around = (middle: unknown) => [ourSpan(1), middle as ReturnType<typeof ourSpan>, ourSpan(3)];

  test.each(malformedAttributes)("%s: in one of our events that event is rejected", (_title, raw) => {
    const bad = eventOf("session.start", withHole(ours(2).attributes));
    const mapped = mapJson(tracesOf(around(spanOf([bad], { spanId: spanIdOf(2) }))), raw);
    expect(mapped.events.map(({ eventId }) => eventId)).toEqual([idOf(1), idOf(3)]);
    expect(mapped.rejected.map(({ code }) => code)).toEqual(["malformed_value"]);
    expect(mapped.rejectedCarriers).toBe(1);
    const [{ reason, payload }] = mapped.rejected as [MappedRequest["rejected"][number]];
    expect(reason.length).toBeLessThan(500);
    expect(mapRequest(payload, "json", "traces", context).rejected).toEqual(mapped.rejected);
  });

  test.each(malformedAttributes)("%s: in a log record of ours that record is rejected", (_title, raw) => {
    const record = (i: number, attributes = ours(i).attributes) => ({
      timeUnixNano: nanos(nowMs),
      eventName: "session.start",
      attributes,
    });
    const records = [record(1), record(2, withHole(ours(2).attributes)), record(3)];
    const mapped = mapJson(logsOf(records), raw, "logs");
    expect(mapped.events.map(({ eventId }) => eventId)).toEqual([idOf(1), idOf(3)]);
    expect(mapped.rejected.map(({ code }) => code)).toEqual(["malformed_value"]);
    expect(mapRequest(mapped.rejected[0]!.payload, "json", "logs", context).rejected).toEqual(mapped.rejected);
  });

  test.each(malformedAttributes)("%s: elsewhere it hurts nothing", (_title, raw) => {
    const foreign = spanOf([eventOf("exception", withHole([]))], { attributes: withHole([]) });
    const message = tracesOf(around(foreign), undefined, withHole([text("service.name", "shop")]));
    const scope = message.resourceSpans[0]!.scopeSpans[0]!.scope as Record<string, unknown>;
    scope["attributes"] = withHole([]);
    const mapped = mapJson(message, raw);
    expect(mapped.events.map(({ eventId, serviceName }) => [eventId, serviceName])).toEqual([
      [idOf(1), "shop"],
      [idOf(3), "shop"],
    ]);
    expect(mapped.rejected).toEqual([]);
    expect(mapped.ignored).toBe(1);
  });

  test("the reason quotes the attribute, the value and what OTLP expects", () => {
    const bad = (raw: string) => mapJson(tracesOf([spanOf([eventOf("session.start", withHole([mark]))])]), raw);
    const mark = text("spanledger.event.id", idOf(1));
    expect(bad(attribute('{"boolValue":"true"}')).rejected[0]!.reason).toContain(
      '`x` is "true", OTLP/JSON expects true or false in boolValue',
    );
    expect(bad(attribute(`"${"y".repeat(100_000)}"`)).rejected[0]!.reason).toContain("y… (98 KiB), OTLP/JSON expects");
    expect(bad('{"key":5}').rejected[0]!.reason).toContain('An attribute is {"key":5}, OTLP/JSON expects an object');
  });

  test.each(malformedValues)("%s: as a required attribute it still says that the event is ours", (_title, value) => {
    const event = eventOf("session.start", withHole([]));
    const mapped = mapJson(tracesOf([spanOf([event])]), `{"key":"session_id","value":${value}}`);
    // A well-formed array or map is of the wrong type before its first element is read.
    expect(mapped.rejected.map(({ code }) => code)).toEqual([
      value.includes('"values":[') ? "wrong_type" : "malformed_value",
    ]);
  });

  test.each(malformedValues)("%s: as the mark it is an invalid mark", (_title, value) => {
    const event = eventOf("checkout.done", withHole([]));
    const mapped = mapJson(tracesOf([spanOf([event])]), `{"key":"spanledger.event.id","value":${value}}`);
    expect(mapped.rejected.map(({ code }) => code)).toEqual(["invalid_event_id"]);
  });

  test.each(malformedValues)(
    "%s: as source or sequence number it counts as absent; as tenant it rejects what it stands over",
    (_title, value) => {
      for (const key of ["spanledger.source.id", "spanledger.event.seq", "spanledger.new"]) {
        const event = eventOf("session.start", withHole(ours(1).attributes));
        const mapped = mapJson(tracesOf([spanOf([event])]), `{"key":"${key}","value":${value}}`);
        expect(mapped.events.map(({ eventId, source }) => [eventId, source])).toEqual([[idOf(1), null]]);
      }
      const resource = withHole([]);
      const mapped = mapJson(
        tracesOf([ourSpan(1)], undefined, resource),
        `{"key":"spanledger.tenant","value":${value}}`,
      );
      expect(mapped.events).toEqual([]);
      expect(mapped.rejected.map(({ code }) => code)).toEqual(["invalid_tenant"]);
    },
  );
});

describe("integers", () => {
  const eventWith = (raw: string, key = "x") =>
    mapJson(
      tracesOf([spanOf([eventOf("session.start", withHole(ours(1).attributes))])]),
      `{"key":"${key}","value":${raw}}`,
    );
  const inProtobuf = (attributes: Attribute[]) => {
    const event = eventOf("session.start", [...ours(1).attributes, ...attributes]);
    return mapRequest(encodeProtobuf("traces", tracesOf([spanOf([event])])), "protobuf", "traces", context);
  };
  const textOf = (mapped: MappedRequest) => Buffer.from(mapped.events[0]!.eventData).toString();

  test.each([
    ["1e21", 1e21],
    ['"1000000000000000000000"', 1e21],
    ["1e+21", 1e21],
    ["-1e21", -1e21],
    ["18446744073709552000", 2 ** 64],
    ["9223372036854775808", 2 ** 63],
    ["1.7976931348623157e308", Number.MAX_VALUE],
  ])("%s is beyond 64 bits: kept as the double that protobuf sends", (raw, value) => {
    const fromJson = eventWith(`{"intValue":${raw}}`);
    expect(fromJson.rejected).toEqual([]);
    expect(textOf(fromJson)).toBe(textOf(inProtobuf([double("x", value)])));
  });

  test.each([
    ["7.0", "7"],
    ["0.7e1", "7"],
    ["70e-1", "7"],
    ['"-0"', "0"],
    ["0e99999", "0"],
    ["1e18", "1000000000000000000"],
    ["9007199254740993.0", "9007199254740993"],
    ["9.223372036854775807e18", "9223372036854775807"],
    ["-9223372036854775808", "-9223372036854775808"],
  ])("%s within 64 bits is exact", (raw, value) => {
    expect(textOf(eventWith(`{"intValue":${raw}}`))).toBe(textOf(inProtobuf([int("x", value)])));
  });

  test("1e21 in an optional attribute of the catalogue is noted as invalid and the event stays, in both encodings", () => {
    const fromJson = eventWith('{"intValue":1e21}', "agent_id");
    expect(fromJson.rejected).toEqual([]);
    expect(textOf(fromJson)).toBe(textOf(inProtobuf([double("agent_id", 1e21)])));
    expect(dataOf(fromJson)).toEqual([
      { session_id: "s-1", n: 1, "spanledger.invalid": { agent_id: { code: "out_of_range" } } },
    ]);
  });

  test("special doubles are texts", () => {
    for (const special of ["NaN", "Infinity", "-Infinity"]) {
      expect(dataOf(eventWith(`{"doubleValue":"${special}"}`))).toEqual([{ session_id: "s-1", n: 1, x: special }]);
    }
    expect(dataOf(eventWith('{"doubleValue":null}'))).toEqual([{ session_id: "s-1", n: 1 }]);
  });
});

describe("fields of an event", () => {
  const times = [
    '""',
    '"-5"',
    "-5",
    '"2025-12-25T12:00:00Z"',
    "1.5",
    '"1e400"',
    "true",
    "{}",
    "[]",
    '"18446744073709551616"',
  ];
  test.each([
    ...times.map((raw) => ["timeUnixNano", raw, "invalid_time"]),
    ["timeUnixNano", "null", "missing_time"],
    ["name", "5", "malformed_value"],
    ["name", "{}", "malformed_value"],
    ["name", "null", "missing_name"],
    ["attributes", '"x"', "malformed_value"],
    ["attributes", '{"session_id":"s"}', "malformed_value"],
  ])("%s: %s is %s in a span event of ours", (field, raw, code) => {
    const bad = { ...ours(2), [field]: hole } as ReturnType<typeof ours>;
    const mapped = mapJson(tracesOf([ourSpan(1), spanOf([bad], { spanId: spanIdOf(2) }), ourSpan(3)]), raw);
    expect(mapped.events.map(({ eventId }) => eventId)).toEqual([idOf(1), idOf(3)]);
    expect(mapped.rejected.map((rejected) => rejected.code)).toEqual([code]);
    expect(mapRequest(mapped.rejected[0]!.payload, "json", "traces", context).rejected).toEqual(mapped.rejected);
  });

  const record = {
    timeUnixNano: nanos(nowMs),
    observedTimeUnixNano: nanos(nowMs),
    eventName: "session.start",
    attributes: ours(1).attributes,
  };
  test.each([
    ...times.map((raw) => ["timeUnixNano", raw, "invalid_time"]),
    ["eventName", "[]", "malformed_value"],
    ["attributes", "{}", "malformed_value"],
  ])("%s: %s is %s in a log record of ours", (field, raw, code) => {
    const mapped = mapJson(logsOf([{ ...record, [field]: hole }]), raw, "logs");
    expect(mapped.rejected.map((rejected) => rejected.code)).toEqual([code]);
    expect(mapRequest(mapped.rejected[0]!.payload, "json", "logs", context).rejected).toEqual(mapped.rejected);
  });

  test.each(times)("%s as the time of observation matters only without a time", (raw) => {
    const observed = { ...record, observedTimeUnixNano: hole };
    expect(mapJson(logsOf([observed]), raw, "logs").events).toHaveLength(1);
    const { timeUnixNano: _, ...alone } = observed;
    expect(mapJson(logsOf([alone]), raw, "logs").rejected.map(({ code }) => code)).toEqual(["invalid_time"]);
  });

  test.each([
    ["traceId", "5", "trace id is not a text"],
    ["spanId", "{}", "span id is not a text"],
    ["traceId", "null", "trace id is missing"],
    ["spanId", '"\\ud800"', "span id is of the wrong length"],
    ["traceId", '"AAECAwQFBgcICQoLDA0ODw=="', "trace id is of the wrong length"],
  ])("%s: %s rejects the span's events alone", (field, raw, reason) => {
    const bad = { ...ourSpan(2), [field]: hole };
    const mapped = mapJson(tracesOf([ourSpan(1), bad, ourSpan(3)]), raw);
    expect(mapped.events.map(({ eventId }) => eventId)).toEqual([idOf(1), idOf(3)]);
    expect(mapped.rejected.map(({ code }) => code)).toEqual(["invalid_trace_context"]);
    expect(mapped.rejected[0]!.reason).toContain(reason);
    expect(mapRequest(mapped.rejected[0]!.payload, "json", "traces", context).rejected).toEqual(mapped.rejected);
  });

  test.each([
    "parentSpanId",
    "traceState",
    "flags",
    "kind",
    "name",
    "startTimeUnixNano",
    "endTimeUnixNano",
    "droppedAttributesCount",
    "attributes",
    "links",
    "status",
  ])("%s of a span is nothing that an event depends on: any value will do", (field) => {
    for (const raw of ["5", '"x"', "{}", "[[1]]", "null", "true", "1e21", "-1", nestedValues(700)]) {
      const mapped = mapJson(tracesOf([{ ...ourSpan(1), [field]: hole }]), raw);
      expect(mapped.events.map(({ eventId }) => eventId)).toEqual([idOf(1)]);
    }
  });
});

describe("nesting", () => {
  test.each([600, 20_000])(
    "%i levels in one of our events are left out of it, elsewhere they hurt nothing",
    (levels) => {
      const deep = attribute(nestedValues(levels));
      const bad = eventOf("session.start", withHole(ours(2).attributes));
      const mapped = mapJson(tracesOf([ourSpan(1), spanOf([bad], { spanId: spanIdOf(2) }), ourSpan(3)]), deep);
      expect(mapped.events.map(({ eventId }) => eventId)).toEqual([idOf(1), idOf(2), idOf(3)]);
      expect(mapped.rejected).toEqual([]);
      expect(Object.values(mapped.events[1]?.invalid ?? {})).toEqual([{ code: "nested_too_deeply", undeclared: true }]);
      const foreign = spanOf([eventOf("exception", withHole([]))], { attributes: withHole([]) });
      for (const raw of [deep, arrays(levels)]) {
        const beside = mapJson(tracesOf([ourSpan(1), foreign], undefined, withHole([])), raw);
        expect(beside.events.map(({ eventId }) => eventId)).toEqual([idOf(1)]);
        expect(beside.rejected).toEqual([]);
      }
    },
  );
});

describe("lists of the wrong type", () => {
  const good = tracesOf([ourSpan(1)]).resourceSpans[0]!;
  const wrong = ['"x"', "5", "true", "{}", '{"a":[1]}'];

  test.each(wrong)("resourceSpans: %s has no event to blame: the request is refused", (raw) => {
    expect(() => mapJson({ resourceSpans: hole }, raw)).toThrow('an array as "resourceSpans"');
  });

  test.each(wrong)("scopeSpans and spans: %s beside good ones is passed over and counted as ignored", (raw) => {
    for (const bad of [{ scopeSpans: hole }, { scopeSpans: [{ spans: hole }] }]) {
      const mapped = mapJson({ resourceSpans: [bad, good] }, raw);
      expect([mapped.events.length, mapped.rejected.length, mapped.ignored]).toEqual([1, 0, 1]);
      expect(() => mapJson({ resourceSpans: [bad] }, raw)).toThrow("Expected spans within arrays and objects");
    }
  });

  test.each(['"x"', "5", "[]"])("%s instead of a resource's data, a scope's or a span is passed over", (raw) => {
    for (const bad of [hole, { scopeSpans: [hole] }, { scopeSpans: [{ spans: [hole] }] }]) {
      const mapped = mapJson({ resourceSpans: [bad, good] }, raw);
      expect([mapped.events.length, mapped.rejected.length, mapped.ignored]).toEqual([1, 0, 1]);
      expect(() => mapJson({ resourceSpans: [bad] }, raw)).toThrow("Expected spans within arrays and objects");
    }
    const events = mapJson(tracesOf([{ ...ourSpan(1), events: [ours(1), hole] as never }]), raw);
    expect([events.events.length, events.ignored]).toEqual([1, 1]);
  });

  test("a resource, a scope or its name of the wrong type counts as absent", () => {
    for (const raw of ['"x"', "5", "[]", "null"]) {
      const [resource] = tracesOf([ourSpan(1)]).resourceSpans;
      const [scope] = resource!.scopeSpans;
      for (const damaged of [
        { ...resource, resource: hole },
        { ...resource, resource: { attributes: hole } },
        { ...resource, scopeSpans: [{ ...scope, scope: hole }] },
        { ...resource, scopeSpans: [{ ...scope, scope: { name: hole } }] },
      ]) {
        expect(mapJson({ resourceSpans: [damaged] }, raw).events.map(({ eventId }) => eventId)).toEqual([idOf(1)]);
      }
    }
  });

  test("all lists of spans and of events are read", () => {
    const body = (first: unknown, second: unknown, name: string) =>
      Buffer.from(JSON.stringify(first).replace(/}$/, `,"${name}":${JSON.stringify(second)}}`));
    const spans = mapRequest(
      body(tracesOf([ourSpan(1)]), tracesOf([ourSpan(2)]).resourceSpans, "resourceSpans"),
      "json",
      "traces",
      context,
    );
    expect(spans.events.map(({ eventId }) => eventId)).toEqual([idOf(1), idOf(2)]);
    const twice = body({ ...ourSpan(1), events: [ours(1)] }, [ours(2)], "events").toString();
    const events = mapJson(tracesOf([hole as never]), twice);
    expect(events.events.map(({ eventId }) => eventId)).toEqual([idOf(1), idOf(2)]);
  });

  test("a wrong event among more than are scanned at once", () => {
    const many = Array.from({ length: 700 }, (_, i) => ours(i));
    many[300] = { ...many[300]!, timeUnixNano: "never" };
    many[600] = eventOf("session.start", withHole(ours(600).attributes));
    const mapped = mapJson(tracesOf([spanOf(many)]), attribute("7"));
    expect(mapped.events).toHaveLength(698);
    expect(mapped.rejected.map(({ code }) => code)).toEqual(["invalid_time", "malformed_value"]);
  });

  test("an object without one known member is refused, an empty one is not", () => {
    expect(() => mapJson({ ResourceSpans: [], later: 1 })).toThrow('Expected the member "resourceSpans"');
    expect(() => mapJson({ a: 1 }, "", "logs")).toThrow('Expected the member "resourceLogs"');
    expect(mapJson({}).events).toEqual([]);
    expect(mapJson({ later: 1, resourceSpans: [] }).events).toEqual([]);
  });
});

test("an attribute without a name is lost, not its event, in both encodings", () => {
  const nameless: Attribute[] = [
    text("", "a"),
    int("", 1),
    { key: "", value: { kvlistValue: { values: [int("a", 1)] } } },
    { key: "", value: {} },
  ];
  for (const attributes of [...nameless.map((one) => [one]), nameless]) {
    const event = eventOf("session.start", [...attributes, ...ours(1).attributes]);
    const message = tracesOf([spanOf([event])]);
    for (const mapped of [
      mapRequest(encodeProtobuf("traces", message), "protobuf", "traces", context),
      mapJson(message),
      mapJson(tracesOf([spanOf([eventOf("session.start", withHole(ours(1).attributes))])]), '{"value":{"intValue":1}}'),
    ]) {
      expect(dataOf(mapped)).toEqual([{ session_id: "s-1", n: 1 }]);
      expect(mapped.rejected).toEqual([]);
    }
  }
});

describe("a body with one damaged place", () => {
  const junk = fc.oneof(
    fc.constantFrom(
      ...[
        "null",
        "true",
        "0",
        "-1",
        "1e21",
        "1e400",
        "1.5",
        "18446744073709551616",
        '""',
        '"x"',
        '"\\ud800"',
        "[]",
        "{}",
      ],
      ...["[[]]", '{"a":1}', '"2025-12-25T12:00:00Z"', '"-5"', '{"values":[]}', "[null]", "[1]", '{"arrayValue":[]}'],
      ...[
        arrays(600),
        nestedValues(600),
        "9".repeat(5000),
        '{"key":1}',
        '[{"key":"","value":[]}]',
        '{"stringValue":1}',
      ],
    ),
    fc.json(),
  );

  /** Every place below `value`, as the members and indexes that lead there. */
  function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
    if (typeof value !== "object" || value === null) return [path];
    return [path, ...Object.entries(value).flatMap(([key, member]) => placesIn(member, [...path, key]))];
  }

  /** `value` with the hole at a place, or in front of it under the same name. */
  function damage(value: unknown, [key, ...rest]: readonly string[], twice: boolean): unknown {
    if (key === undefined) return hole;
    if (Array.isArray(value)) return value.map((one, i) => (String(i) === key ? damage(one, rest, twice) : one));
    const members = Object.entries(value as object).flatMap(([name, member]) => {
      if (name !== key) return [[name, member]];
      if (rest.length === 0 && twice)
        return [
          [`@@twice@@${name}`, hole],
          [name, member],
        ];
      return [[name, damage(member, rest, twice)]];
    });
    return Object.fromEntries(members) as unknown;
  }

  const others = [1, 2, 4, 5];
  const every = attributesOfEveryKind();
  const request = {
    traces(middle: unknown, resource: unknown, scope: unknown) {
      const spans = (from: number[]) => from.map(ourSpan);
      const scopeSpans = [{ scope, spans: [...spans([1, 2]), ...(middle === null ? [] : [middle]), ...spans([4, 5])] }];
      return { resourceSpans: [{ resource, scopeSpans }] };
    },
    logs(middle: unknown, resource: unknown, scope: unknown) {
      const records = (from: number[]) => from.map((i) => recordOf(i, []));
      const logRecords = [...records([1, 2]), ...(middle === null ? [] : [middle]), ...records([4, 5])];
      return { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords }] }] };
    },
  };
  function recordOf(i: number, more: Attribute[]) {
    const attributes = [...ours(i).attributes, ...more];
    const times = { timeUnixNano: nanos(nowMs), observedTimeUnixNano: nanos(nowMs) };
    return {
      ...times,
      severityNumber: 9,
      body: { stringValue: "b" },
      eventName: "session.start",
      attributes,
      flags: 1,
    };
  }
  const spanWith = (name: string, attributes: Attribute[]) => ({
    ...spanOf([eventOf(name, attributes)], { spanId: spanIdOf(3), kind: 1, flags: 1, attributes: every }),
    droppedAttributesCount: 0,
    links: [{ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", attributes: every }],
    status: { code: 1, message: "m" },
  });
  const resource = { attributes: [text("service.name", "shop"), ...every], droppedAttributesCount: 0 };
  const scope = { name: "@spanledger/sdk", version: "1", attributes: every };

  test.each(["traces", "logs"] as const)(
    "%s: every other event arrives as if the damaged one were not there",
    (signal) => {
      const middle =
        signal === "traces" ? spanWith("session.start", [...ours(3).attributes, ...every]) : recordOf(3, every);
      const alone = mapJson(request[signal](null, resource, scope), "", signal).events.map(fieldsOf);
      const mark = signal === "traces" ? "events.0.attributes.0" : "attributes.0";
      const places = placesIn(middle);
      let rejections = 0;
      fc.assert(
        fc.property(fc.nat(), fc.boolean(), junk, (at, twice, raw) => {
          const place = places[at % places.length]!;
          const damaged = damage(middle, place, twice);
          const body = JSON.stringify(request[signal](damaged, resource, scope))
            .replaceAll("@@twice@@", "")
            .replace(JSON.stringify(hole), () => raw);
          const mapped = mapRequest(Buffer.from(body), "json", signal, context);
          const rest = mapped.events.filter(({ sessionId }) => others.some((i) => sessionId === `s-${i}`));
          expect(rest.map(fieldsOf)).toEqual(alone);
          for (const { payload } of mapped.rejected) {
            expect(mapRequest(payload, "json", signal, context).rejected).toEqual(mapped.rejected);
          }
          rejections += mapped.rejected.length;
          // Unless the mark itself may be gone, the damaged event is there too: stored, or rejected.
          const path = place.join(".");
          if (mark.startsWith(path) || path.startsWith(mark)) return;
          expect(mapped.events.length + mapped.rejected.length).toBe(others.length + 1);
        }),
        { numRuns: 3000, endOnFailure: true },
      );
      expect(rejections).toBeGreaterThan(300);
    },
  );

  test("in a foreign span, in the resource or in the scope: no event of ours is lost or rejected", () => {
    const foreign = spanWith("exception", every);
    const parts = { foreign, resource, scope };
    const places = Object.entries(parts).flatMap(([part, value]) =>
      placesIn(value).map((place) => [part, place] as const),
    );
    fc.assert(
      fc.property(fc.nat(), fc.boolean(), junk, (at, twice, raw) => {
        const [part, place] = places[at % places.length]!;
        const damaged = { ...parts, [part]: damage(parts[part as keyof typeof parts], place, twice) };
        const body = JSON.stringify(request.traces(damaged.foreign, damaged.resource, damaged.scope))
          .replaceAll("@@twice@@", "")
          .replace(JSON.stringify(hole), () => raw);
        const mapped = mapRequest(Buffer.from(body), "json", "traces", context);
        expect(mapped.events.map(({ eventId }) => eventId)).toEqual(others.map(idOf));
        expect(mapped.rejected).toEqual([]);
      }),
      { numRuns: 3000, endOnFailure: true },
    );
  });

  function attributesOfEveryKind(): Attribute[] {
    return [
      text("a", "t"),
      int("b", 7),
      double("c", 7.5),
      { key: "d", value: { boolValue: true } },
      { key: "e", value: { bytesValue: "AAEC" } },
      { key: "f", value: { arrayValue: { values: [{ stringValue: "t" }, { intValue: "1" }] } } },
      { key: "g", value: { kvlistValue: { values: [text("a", "t")] } } },
    ];
  }
});
