/** One call of recordBusinessEvent: what is converted, refused, cut, and what harms nobody. */
import { diag, DiagLogLevel } from "@opentelemetry/api";
import {
  businessEventsStatus,
  BusinessEventError,
  recordBusinessEvent,
  shutdown,
  startBusinessEvents,
} from "@spanledger/sdk";
import { createTestRecorder, type TestRecorder } from "@spanledger/sdk/testing";
import { runInNewContext } from "node:vm";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sdkVersion } from "../../sdk/src/sdk-version.ts";
import { OtlpSink } from "./otlp-sink.ts";

// As untyped callers do.
const record = recordBusinessEvent as (name: unknown, attributes?: unknown, options?: unknown) => void;

let sink: OtlpSink;
let recorder: TestRecorder;
let messages: string[];

async function begin(strict: boolean): Promise<void> {
  sink = await OtlpSink.start();
  startBusinessEvents({ endpoint: sink.url, strict });
  recorder = createTestRecorder();
  messages = [];
  const keep = (message: string, ...rest: unknown[]): unknown => messages.push([message, ...rest].join(" "));
  diag.setLogger(
    { error: keep, warn: keep, info: keep, debug: () => undefined, verbose: () => undefined },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
}
afterEach(async () => {
  recorder.stop();
  diag.disable();
  await shutdown();
  await sink.stop();
});

const wrong: [string, string, unknown, string][] = [
  ["a missing attribute", "session.start", {}, "missing_attribute"],
  ["a wrong type", "session.start", { session_id: 7 }, "wrong_type"],
  ["a number in a string", "agent.login", { agent_id: "7" }, "wrong_type"],
  ["a fraction for an integer", "agent.logout", { agent_id: 7.5 }, "wrong_type"],
  ["an integer beyond int4", "ticket.created", { ticket_id: 2 ** 31 }, "out_of_range"],
  ["NaN for a duration", "query.order", { success: true, response_time_ms: Number.NaN }, "out_of_range"],
  ["a long session id", "session.start", { session_id: "x".repeat(65) }, "too_long"],
  ["a long name", "n".repeat(51), {}, "name_too_long"],
  ["a reserved attribute", "shop.sold", { "spanledger.event.id": "x" }, "reserved_attribute"],
  ["a function", "shop.sold", { f: () => 1 }, "refused_value"],
  ["a symbol", "shop.sold", { s: Symbol("s") }, "refused_value"],
  ["an invalid date", "shop.sold", { d: new Date(Number.NaN) }, "refused_value"],
  ["attributes that are none", "shop.sold", 7, "invalid_attributes"],
  ["no name", "", {}, "invalid_name"],
];

describe("wrong use in a test", () => {
  beforeEach(() => begin(true));
  it.each(wrong)("throws: %s", (_title, name, attributes, code) => {
    expect(() => record(name, attributes)).toThrow(expect.objectContaining({ name: "BusinessEventError", code }));
    expect(() => record(name, attributes)).toThrow(BusinessEventError);
  });
  it("throws for options too, and names what is wrong", () => {
    expect(() => record("shop.sold", {}, { occurredAt: Number.NaN })).toThrow(/occurredAt .* not number NaN/);
    expect(() => record("shop.sold", {}, { eventId: "7" })).toThrow(/eventId has to be a UUID, not "7"/);
    expect(() => record("session.start", { session_id: 7 })).toThrow(
      "business event session.start, attribute session_id: has to be a string, not number 7",
    );
  });
  it("does not throw for right use at the limits", () => {
    recordBusinessEvent("session.start", { session_id: "😀".repeat(64), channel: null });
    recordBusinessEvent("ticket.created", { ticket_id: -(2 ** 31), priority: undefined });
    recordBusinessEvent("agent.logout", { agent_id: 2 ** 31 - 1, work_duration_minutes: 525_600 });
    expect(recorder.events()).toHaveLength(3);
  });
});

describe("wrong use in production", () => {
  beforeEach(() => begin(false));
  it.each(wrong)("never throws, says so once, and is counted: %s", (_title, name, attributes) => {
    const { problems } = businessEventsStatus();
    record(name, attributes);
    record(name, attributes);
    expect(businessEventsStatus().problems).toBe(problems + 2);
    expect(messages).toHaveLength(1);
    // Still recorded for the receiver to judge, unless there is nothing to call it by.
    expect(recorder.events()).toHaveLength(name === "" ? 0 : 2);
  });
});

describe("values", () => {
  beforeEach(() => begin(false));
  it("are converted by the stated rules", () => {
    record("shop.sold", {
      date: new Date(Date.UTC(2025, 11, 25)),
      small: 7n,
      large: 2n ** 63n,
      negative: -5,
      nested: { a: [1, { b: 2 }] },
      mixed: [1, "x"],
      empty: [],
      bytes: Buffer.from("hi"),
      boxed: Object("text"),
      lone: "\ud800",
      zero: -0,
      map: new Map<unknown, unknown>([
        ["a", 1],
        [2, new Set(["x"])],
      ]),
      set: new Set(["a", "b"]),
      error: new RangeError("too far"),
      pattern: /a+/gi,
      deep: { list: [new Error("inner"), new Map([["k", /x/]])], big: 1n },
      foreign: runInNewContext("new Date(0)"),
      // Of these `toJSON` says what they are.
      url: new URL("http://shop/a?b=1"),
      decimal: { toJSON: () => 12.5 },
      id: { toJSON: () => "507f1f77bcf86cd799439011" },
      holes: Object.assign(["a"], { 2: "c" }),
      floats: Float32Array.of(1.5, -2),
      bigints: BigInt64Array.of(5n),
      buffer: Uint8Array.of(104, 105).buffer,
      view: new DataView(Uint8Array.of(0, 104, 105).buffer, 1),
      within: { bytes: Buffer.from("hi"), floats: Float64Array.of(1), url: new URL("http://shop/") },
      silent: new Error(),
    });
    expect(recorder.events()[0]!.attributes).toEqual({
      date: "2025-12-25T00:00:00.000Z",
      small: 7,
      large: "9223372036854775808",
      negative: -5,
      nested: '{"a":[1,{"b":2}]}',
      mixed: '[1,"x"]',
      empty: [],
      bytes: "aGk=",
      boxed: "text",
      lone: "\ufffd",
      zero: 0,
      map: '{"2":["x"],"a":1}',
      set: ["a", "b"],
      error: "RangeError: too far",
      pattern: "/a+/gi",
      deep: '{"list":["Error: inner",{"k":"/x/"}],"big":"1"}',
      foreign: "1970-01-01T00:00:00.000Z",
      url: "http://shop/a?b=1",
      decimal: 12.5,
      id: "507f1f77bcf86cd799439011",
      holes: '["a",null,"c"]',
      floats: [1.5, -2],
      bigints: '["5"]',
      buffer: "aGk=",
      view: "aGk=",
      within: '{"bytes":"aGk=","floats":[1],"url":"http://shop/"}',
      silent: "Error",
    });
  });

  it("of occurredAt: Dates, milliseconds and ISO text are read, what is absent or wrong is now, with a notice", () => {
    const at = Date.UTC(2025, 11, 25, 8, 30);
    const timeOf = (occurredAt: unknown): number => {
      recorder.clear();
      record("shop.sold", {}, { occurredAt });
      return recorder.events()[0]!.occurredAt.getTime();
    };
    const iso = "2025-12-25T16:30:00+08:00";
    for (const given of [new Date(at), at, at + 0.7, BigInt(at), String(at), iso, "2025-12-25 08:30:00Z", Object(at)]) {
      expect(timeOf(given)).toBe(at);
    }
    // PostgreSQL's text, ISO's basic form, Java's zone, what Temporal has.
    const forms = ["2025-12-25 16:30:00+08", "20251225T083000Z", "2025-12-25T08:30Z[UTC]", { epochMilliseconds: at }];
    for (const given of forms) expect(timeOf(given)).toBe(at);
    expect(timeOf("2025-12-25T08:30:00.0019-00:30")).toBe(at + 30 * 60_000 + 1);
    expect(timeOf("2025-12-25T16:30")).toBe(new Date(2025, 11, 25, 16, 30).getTime());
    for (const day of ["2025-12-25", "20251225"]) expect(timeOf(day)).toBe(Date.UTC(2025, 11, 25));
    expect(timeOf(0)).toBe(0);
    expect(messages).toEqual([]);
    const { problems } = businessEventsStatus();
    const wrongDates = ["yesterday", "2025-02-30", "2025-13-01T00:00Z", "20447", "12/25/2025", new Date(Number.NaN)];
    const wrongTimes = [null, "", [], Number.NaN, {}, -1, Infinity, true, ...wrongDates];
    for (const given of wrongTimes) expect(Math.abs(timeOf(given) - Date.now())).toBeLessThan(60_000);
    expect(businessEventsStatus().problems).toBe(problems + wrongTimes.length);
    expect(messages).toEqual([expect.stringContaining("occurredAt")]);
    recorder.clear();
    record("shop.sold", {}, null);
    expect(recorder.events()).toHaveLength(1);
  });

  it("of occurredAt that are Unix seconds drop the event, counted and said, and throw nothing", async () => {
    recorder.stop();
    const { recorded, dropped } = businessEventsStatus();
    startBusinessEvents({ strict: true });
    for (const given of [1_766_650_000, new Date(1_766_650_000), "1766650000"])
      record("shop.sold", {}, { occurredAt: given });
    record("shop.sold", { kept: 1 });
    expect(businessEventsStatus()).toMatchObject({ recorded: recorded + 4, dropped: dropped + 3 });
    await shutdown();
    expect(sink.events.map(({ attributes }) => attributes)).toEqual([{ kept: 1 }]);
    expect(sink.reports.at(-1)).toMatchObject({ lastSeq: recorded + 4, dropped: dropped + 3 });
  });

  it("are cut where they are very large, and an event has a limit", () => {
    const huge = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`k${i}`, "x".repeat(10_000_000)]));
    record("shop.sold", { text: "😀".repeat(20_000), list: Array(5000).fill(1) });
    record("shop.sold", huge);
    const [first, second] = recorder.events();
    const { text, list } = first!.attributes as { text: string; list: number[] };
    expect(text).toHaveLength(16_383);
    expect(text.endsWith("😀…")).toBe(true);
    expect(list).toHaveLength(1024);
    expect(Object.keys(second!.attributes).length).toBeLessThan(40);
    expect(Object.keys(second!.attributes).length).toBeGreaterThan(5);
  });

  it("harm nobody: throwing getters, proxies, cycles, toJSON, and a getter that records", () => {
    const cycle: Record<string, unknown> = {};
    cycle["self"] = cycle;
    const bad = (): never => {
      throw new Error("no");
    };
    record("a.getter", Object.defineProperty({ kept: 1 }, "bad", { get: bad, enumerable: true }));
    record("a.proxy", new Proxy({}, { ownKeys: bad }));
    record("a.cycle", { cycle, kept: 1 });
    record("a.json", { value: { toJSON: bad }, kept: 1 });
    record("a.outer", {
      get inner() {
        record("a.inner", { kept: 2 });
        return 1;
      },
    });
    record("a.revoked", (({ proxy, revoke }) => (revoke(), proxy))(Proxy.revocable({}, {})));
    expect(recorder.events().map(({ name, attributes }) => [name, attributes])).toEqual([
      ["a.getter", { kept: 1 }],
      ["a.proxy", {}],
      ["a.cycle", { kept: 1 }],
      ["a.json", { kept: 1 }],
      ["a.outer", { inner: 1 }],
      ["a.inner", { kept: 2 }],
      ["a.revoked", {}],
    ]);
  });

  it("are read at the call", () => {
    const attributes = { i: 1 };
    record("shop.sold", attributes);
    attributes.i = 2;
    expect(recorder.events("shop.sold")[0]!.attributes).toEqual({ i: 1 });
  });
});

describe("createTestRecorder", () => {
  beforeEach(() => begin(true));
  it("finds events and explains what it did not find", () => {
    recordBusinessEvent("session.escalate", { session_id: "s-1", reason: "keyword", severity: "high" });
    const { attributes } = recorder.expectEvent("session.escalate", { session_id: "s-1" });
    expect(attributes.severity).toBe("high");
    expect(() => recorder.expectEvent("session.end")).toThrow(
      "business event session.end was not recorded; recorded: session.escalate (1)",
    );
    expect(() => recorder.expectEvent("session.escalate", { session_id: "s-2", reason: "keyword" })).toThrow(
      "was recorded once, but not with these attributes; nearest:\n  session_id: expected 's-2', recorded 's-1'",
    );
    // Matchers, alone and within; a Date of another realm, as Jest's are.
    recorder.expectEvent("session.escalate", { reason: expect.stringMatching(/^key/) as string });
    recorder.expectEvent("session.escalate", expect.objectContaining({ severity: "high" }) as Record<string, unknown>);
    expect(() => recorder.expectEvent("session.escalate", { reason: expect.any(Number) as number })).toThrow(
      "expected Any<Number>".replace("Any<Number>", "Any"),
    );
    const at = new Date(0);
    record("shop.sold", { at, list: ["a", "b"] });
    const foreign = runInNewContext("({ at: new Date(0), list: ['a', 'b'] })") as Record<string, unknown>;
    recorder.expectEvent("shop.sold", foreign);
    recorder.expectEvent("shop.sold", { at, list: ["a", expect.any(String)] });
    expect(() => recorder.expectEvent("shop.sold", { at: new Date(1) })).toThrow("nearest");
    expect(() => recorder.expectNone("session.escalate")).toThrow(/was recorded/);
    recorder.clear();
    recorder.expectNone("session.escalate");
    expect(() => createTestRecorder()).toThrow(/stop\(\)/);
    expect(sink.requests).toEqual([]);
  });
});

it("the version on the wire is the package's", async () => {
  await begin(true);
  const { default: manifest } = await import("../../sdk/package.json", { with: { type: "json" } });
  expect(sdkVersion).toBe(manifest.version);
});
