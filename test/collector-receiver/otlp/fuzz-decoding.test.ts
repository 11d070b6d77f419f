import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { UnknownTenantError } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { MalformedOtlpError } from "../../../collector-receiver/src/otlp/malformed-otlp-error.ts";
import { mutate, mutations } from "./mutate-bytes.ts";
import { fieldsOf } from "../../support/make-business-event.ts";
import {
  anyTraces,
  context,
  encodeJson,
  encodeProtobuf,
  expectedEventData,
  messageTypes,
  type SpanEvent,
} from "../mapping/otlp-messages.ts";

type Encoding = "protobuf" | "json";

/** Maps; null if the bytes were refused as malformed. Any other error fails the test. */
function mapOrRefuse(body: Buffer, encoding: Encoding, signal: "traces" | "logs" = "traces") {
  try {
    return mapRequest(body, encoding, signal, context);
  } catch (error) {
    if (error instanceof MalformedOtlpError) {
      expect(error.offset).toBeGreaterThanOrEqual(0);
      expect(error.offset).toBeLessThanOrEqual(body.length);
      expect(error.message.length).toBeLessThan(500);
      return null;
    }
    expect(error).not.toBeInstanceOf(UnknownTenantError);
    throw error;
  }
}

/**
 * All events that the reference finds in the bytes; null if it cannot tell.
 * @throws SyntaxError if they are no JSON
 */
function referenceEvents(body: Buffer, encoding: Encoding): SpanEvent[] | null {
  const parsed = encoding === "json" ? (JSON.parse(body.toString()) as unknown) : null;
  try {
    const message =
      parsed ??
      messageTypes.traces.toObject(messageTypes.traces.decode(body), {
        longs: String,
        bytes: String,
        defaults: false,
        arrays: true,
      });
    if (hasAmbiguousValue(message)) return null;
    const events: SpanEvent[] = [];
    const list = (value: unknown) => (Array.isArray(value) ? (value as Record<string, unknown>[]) : []);
    for (const resource of list((message as Record<string, unknown>)["resourceSpans"])) {
      for (const scope of list(resource["scopeSpans"])) {
        for (const span of list(scope["spans"])) {
          for (const event of list(span["events"])) {
            events.push({
              name: String(event["name"] ?? ""),
              timeUnixNano: String(event["timeUnixNano"] ?? "0"),
              attributes: list(event["attributes"]).map((attribute) => ({
                key: String(attribute["key"] ?? ""),
                value: (attribute["value"] ?? {}) as SpanEvent["attributes"][number]["value"],
              })),
            });
          }
        }
      }
    }
    return events;
  } catch {
    return null;
  }
}

/** A oneof that a mutation set twice: the last counts, and the reference does not tell which that was. */
function hasAmbiguousValue(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const kinds = Object.keys(value).filter((key) => /^(string|bool|int|double|array|kvlist|bytes)Value$/.test(key));
  return kinds.length > 1 || Object.values(value).some(hasAmbiguousValue);
}

function eventKey(name: string, data: unknown): string {
  return JSON.stringify([name, data]);
}

describe.each(["protobuf", "json"] as const)("%s", (encoding) => {
  test("random bytes are refused or hold nothing", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom("traces" as const, "logs" as const),
        (bytes, signal) => {
          expect(mapOrRefuse(Buffer.from(bytes), encoding, signal)?.events ?? []).toEqual([]);
        },
      ),
      { numRuns: 3000, endOnFailure: true },
    );
  });

  test("mutated messages never crash and never give an event that the reference does not find", () => {
    let accepted = 0;
    let compared = 0;
    fc.assert(
      fc.property(anyTraces, mutations, (message, changes) => {
        const body = mutate(encoding === "json" ? encodeJson(message) : encodeProtobuf("traces", message), changes);
        const mapped = mapOrRefuse(body, encoding);
        if (mapped === null) return;
        accepted++;
        for (const event of mapped.events) {
          expect(() => JSON.parse(Buffer.from(event.eventData).toString()) as unknown).not.toThrow();
          expect(event.eventId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
        }
        const reference = referenceEvents(body, encoding);
        if (reference === null) return;
        compared++;
        const found = new Set(
          reference.map(({ name, attributes }) =>
            eventKey(name, JSON.parse(JSON.stringify(sorted(expectedEventData(attributes))))),
          ),
        );
        for (const event of mapped.events) {
          const data = sorted(JSON.parse(Buffer.from(event.eventData).toString()));
          // Of these a value was left out, or a customer's number became a text: the reference does neither.
          if (Object.hasOwn(data as object, "spanledger.invalid") || /"user_id":"-?\d+"/.test(JSON.stringify(data)))
            continue;
          expect(found).toContain(eventKey(event.name, data));
        }
      }),
      { numRuns: 2500, endOnFailure: true },
    );
    expect(accepted).toBeGreaterThan(200);
    expect(compared).toBeGreaterThan(200);
  });

  test("nothing of the result refers to the body: its memory is used for the next one", () => {
    let events = 0;
    let rejected = 0;
    fc.assert(
      fc.property(anyTraces, anyTraces, (message, next) => {
        const [body, nextBody] = [message, next].map((each) =>
          encoding === "json" ? encodeJson(each) : encodeProtobuf("traces", each),
        ) as [Buffer, Buffer];
        const expected = mapRequest(body, encoding, "traces", context);
        const memory = Buffer.alloc(Math.max(body.length, nextBody.length));
        body.copy(memory);
        const mapped = mapRequest(memory.subarray(0, body.length), encoding, "traces", context);
        nextBody.copy(memory.fill(0));
        mapOrRefuse(memory.subarray(0, nextBody.length), encoding);
        expect(mapped.events.map(fieldsOf)).toEqual(expected.events.map(fieldsOf));
        expect(mapped.rejected).toEqual(expected.rejected);
        expect(mapped.sourceReports).toEqual(expected.sourceReports);
        events += mapped.events.length;
        rejected += mapped.rejected.length;
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect(events).toBeGreaterThan(100);
    expect(rejected).toBeGreaterThan(100);
  });

  test("cut at every byte: refused, or fewer events, never others", () => {
    fc.assert(
      fc.property(anyTraces, (message) => {
        const body = encoding === "json" ? encodeJson(message) : encodeProtobuf("traces", message);
        const whole = new Set(mapRequest(body, encoding, "traces", context).events.map(({ eventId }) => eventId));
        for (let end = 0; end < body.length; end += 1 + Math.floor(body.length / 200)) {
          const mapped = mapOrRefuse(body.subarray(0, end), encoding);
          for (const event of mapped?.events ?? []) expect(whole).toContain(event.eventId);
        }
      }),
      { numRuns: 40, endOnFailure: true },
    );
  });
});

test("deep nesting costs no stack", () => {
  const open = Buffer.from(`{"x":${"[".repeat(100_000)}`);
  expect(mapOrRefuse(open, "json")).toBeNull();
  const deep = Buffer.from(`{"x":${"[".repeat(1_000_000)}${"]".repeat(1_000_000)},"resourceSpans":[]}`);
  expect(mapOrRefuse(deep, "json")?.events).toEqual([]);
});

test("a length that promises gigabytes allocates nothing", () => {
  const before = process.memoryUsage().arrayBuffers;
  for (const body of [
    Buffer.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f),
    Buffer.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f),
    Buffer.of(0x0a, 0x06, 0x12, 0xff, 0xff, 0xff, 0x7f, 0x00),
  ]) {
    expect(mapOrRefuse(body, "protobuf")).toBeNull();
  }
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
});

test("JSON that is not JSON is refused, also where nothing of it is needed", () => {
  for (const json of [
    "[]",
    "7",
    '"x"',
    "null",
    '{"a":1,}',
    '{"a" 1}',
    '{"a":01}',
    '{"a":tru}',
    '{"a":"\\x"}',
    '{"a":"\\u12g4"}',
    '{"a":"\n"}',
    '{"a":[1 2]}',
    '{"a":[1}',
    '{"a":1}x',
    '{"a":-}',
    '{"a":1.}',
    '{"resourceSpans":{}}',
    '{"a":1}',
  ]) {
    expect(mapOrRefuse(Buffer.from(json), "json"), json).toBeNull();
  }
  expect(mapOrRefuse(Buffer.from(' {"a":[1,-0.5e+3,{"b":null}],"resourceSpans":null} '), "json")).not.toBeNull();
});

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
