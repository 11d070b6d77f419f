import { context, ROOT_CONTEXT, trace, TraceFlags } from "@opentelemetry/api";
import { flush, recordBusinessEvent, shutdown, startBusinessEvents, withBusinessContext } from "@spanledger/sdk";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { sdkVersion } from "../../sdk/src/sdk-version.ts";
import { OtlpSink } from "./otlp-sink.ts";

let sink: OtlpSink;

beforeEach(async () => {
  sink = await OtlpSink.start();
});
afterEach(async () => {
  await shutdown();
  await sink.stop();
});

const parent = {
  traceId: "0af7651916cd43dd8448eb211c80319c",
  spanId: "b7ad6b7169203331",
  traceFlags: TraceFlags.NONE,
};

describe.each(["span-event", "log-record"] as const)("emit: %s", (emit) => {
  function start(): void {
    startBusinessEvents({
      endpoint: sink.url,
      serviceName: "chatbot",
      tenant: "brand-a",
      emit,
      batchDelayMs: 5,
    });
  }

  it("sends what design section 4 says, decoded by another decoder", async () => {
    start();
    const at = Date.UTC(2025, 11, 25, 8, 30, 0, 123);
    recordBusinessEvent(
      "session.message",
      { session_id: "s-1", role: "ai", message_length: 86, response_time_ms: 1480.5, ["备注" as string]: "你好" },
      { occurredAt: at, context: trace.setSpanContext(ROOT_CONTEXT, { ...parent, isRemote: true }) },
    );
    expect(await flush()).toBe(true);
    const [event] = sink.events;
    expect(event).toMatchObject({
      signal: emit === "log-record" ? "logs" : "traces",
      name: "session.message",
      attributes: {
        session_id: "s-1",
        role: "ai",
        message_length: 86,
        response_time_ms: 1480.5,
        备注: "你好",
      },
      seq: 1,
      timeNanos: BigInt(at) * 1_000_000n,
      traceId: parent.traceId,
      scope: { name: "@spanledger/sdk", version: sdkVersion },
      resource: {
        "service.name": "chatbot",
        "spanledger.tenant": "brand-a",
        "telemetry.sdk.language": "nodejs",
      },
    });
    expect(event!.resource["service.instance.id"]).toMatch(/^[0-9a-f-]{36}$/);
    // A UUIDv7 whose first 48 bits are the time of the event.
    expect(event!.eventId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-/);
    expect(Number.parseInt(event!.eventId.replace("-", "").slice(0, 12), 16)).toBe(at);
    if (emit === "span-event") {
      expect(event).toMatchObject({
        parentSpanId: parent.spanId,
        flags: 0x301,
        span: { name: "session.message", kind: 1, zeroDuration: true },
      });
      expect(event!.spanId).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
    } else {
      expect(event).toMatchObject({ spanId: parent.spanId, flags: 1 });
    }
  });

  it("names the right span, whatever spans came before", async () => {
    start();
    const digits = (length: number) =>
      fc.string({ unit: fc.constantFrom(..."0123456789abcdef"), minLength: length, maxLength: length });
    // Few ids, so that one often changes and the other does not; some that are not valid.
    const few = (length: number) =>
      fc.constantFrom(...fc.sample(digits(length), { numRuns: 3, seed: 1 }), "0".repeat(length), "nonsense");
    const span = fc.record({ traceId: few(32), spanId: few(16), isRemote: fc.boolean(), traceFlags: fc.constant(0) });
    const wanted: (readonly [string, string, boolean] | null)[] = [];
    fc.assert(
      fc.property(fc.option(span), (one) => {
        const context = one === null ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, one);
        recordBusinessEvent("shop.sold", {}, { context });
        const valid = one !== null && trace.isSpanContextValid(one);
        wanted.push(valid ? [one.traceId, one.spanId, one.isRemote] : null);
      }),
      { numRuns: 300 },
    );
    await flush();
    const received = sink.events.toSorted((a, b) => a.seq - b.seq);
    for (const [i, event] of received.entries()) {
      const parentOf = emit === "span-event" ? event.parentSpanId : event.spanId;
      const expected = wanted[i]!;
      if (expected === null) {
        if (emit === "span-event") expect(parentOf).toBe("");
        expect(event.traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      } else {
        expect([event.traceId, parentOf]).toEqual(expected.slice(0, 2));
        if (emit === "span-event") expect((event.flags & 0x200) !== 0).toBe(expected[2]);
      }
    }
    expect(received).toHaveLength(300);
    expect(wanted.filter((one) => one !== null).length).toBeGreaterThan(50);
  });

  it("makes a root of an event that no span surrounds", async () => {
    start();
    recordBusinessEvent("session.start", { session_id: "s-1" });
    recordBusinessEvent("session.start", { session_id: "s-2" });
    await flush();
    expect(sink.events.map((event) => event.parentSpanId)).toEqual(["", ""]);
    expect(new Set(sink.events.map((event) => event.traceId)).size).toBe(2);
    for (const { traceId, spanId } of sink.events) {
      expect(traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      expect(spanId).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
    }
  });

  it("reports the last sequence number in a carrier without an event", async () => {
    start();
    for (let i = 0; i < 3; i += 1) recordBusinessEvent("shop.opened", { i });
    await shutdown();
    expect(sink.reports).toEqual([
      {
        signal: emit === "log-record" ? "logs" : "traces",
        sourceId: sink.events[0]!.sourceId,
        lastSeq: 3,
        dropped: 0,
        spanAttributes: {
          "spanledger.source.id": sink.events[0]!.sourceId,
          "spanledger.source.last_seq": 3,
          "spanledger.source.dropped": 0,
        },
      },
    ]);
  });

  it("carries any flat attributes unchanged", async () => {
    start();
    const value = fc.oneof(
      fc.string({ unit: "binary", maxLength: 300 }),
      // Around the longest that takes the fast path, in bytes and in characters.
      fc.string({ unit: fc.constantFrom("a", "é", "好", "😀"), minLength: 20, maxLength: 130 }),
      // Where UTF-8 takes a byte more.
      fc.string({ unit: fc.constantFrom(..."\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff\u{10000}"), maxLength: 20 }),
      fc.boolean(),
      fc.maxSafeInteger(),
      fc.integer(),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.array(fc.string({ maxLength: 20 }), { maxLength: 5 }),
      fc.array(fc.integer(), { maxLength: 5 }),
      fc.array(fc.boolean(), { maxLength: 5 }),
    );
    const bag = fc.dictionary(
      fc.string({ unit: "grapheme", maxLength: 140 }).filter((key) => key !== "__proto__"),
      value,
      { maxKeys: 12 },
    );
    const sent: Record<string, unknown>[] = [];
    fc.assert(
      fc.property(bag, (attributes) => {
        recordBusinessEvent("shop.anything", attributes);
        sent.push(normalise(attributes));
      }),
      { numRuns: 500 },
    );
    await flush();
    const received = sink.events.toSorted((a, b) => a.seq - b.seq);
    expect(received.map((event) => event.attributes)).toEqual(sent);
    expect(received.map((event) => event.seq)).toEqual(sent.map((_, i) => i + 1));
  });
});

/** -0 is an integer, and integers have one zero. */
function normalise(attributes: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(attributes), (_key, value: unknown) => (Object.is(value, -0) ? 0 : value)) as Record<
    string,
    unknown
  >;
}

describe("ids", () => {
  it("gives every event its own, later ones greater, across two starts", async () => {
    for (let round = 0; round < 2; round += 1) {
      startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
      for (let i = 0; i < 2000; i += 1) {
        recordBusinessEvent("shop.opened", {}, { occurredAt: 1_766_650_000_000 });
      }
      await shutdown();
    }
    expect(sink.eventIds.size).toBe(4000);
    expect(new Set(sink.events.map((event) => event.spanId)).size).toBe(4000);
    const bySource = Map.groupBy(sink.events, (event) => event.sourceId);
    expect(bySource.size).toBe(2);
    for (const events of bySource.values()) {
      const ids = events.toSorted((a, b) => a.seq - b.seq).map((event) => event.eventId);
      expect(ids).toEqual(ids.toSorted());
    }
  });

  it("takes the caller's id as the identity", async () => {
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
    const eventId = "0193FD2A-0000-7abc-8def-0123456789ab";
    recordBusinessEvent("ticket.created", { ticket_id: 7 }, { eventId });
    await flush();
    expect(sink.events[0]!.eventId).toBe(eventId.toLowerCase());
  });

  it("derives the times exactly, at the ends of the range as well", async () => {
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
    const times = [0, 1, 65_535, 65_536, 4_294_967_295, 4_294_967_296, 1_766_650_000_123];
    times.push(7_258_118_400_000, 18_446_744_073_708);
    for (const occurredAt of times) recordBusinessEvent("shop.opened", {}, { occurredAt });
    await flush();
    const received = sink.events.toSorted((a, b) => a.seq - b.seq).map((event) => event.timeNanos);
    expect(received).toEqual(times.map((time) => BigInt(time) * 1_000_000n));
  });
});

describe("withBusinessContext", () => {
  it("keeps 1,000 concurrent requests apart, across awaits and timers", async () => {
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
    const request = async (id: number): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, id % 7));
      recordBusinessEvent("shop.step", { id });
      await Promise.resolve();
      await withBusinessContext({ inner: id }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        recordBusinessEvent("shop.step", { id });
      });
    };
    await Promise.all(
      Array.from({ length: 1000 }, (_, id) => withBusinessContext({ session_id: `s-${id}` }, () => request(id))),
    );
    await flush();
    expect(sink.events).toHaveLength(2000);
    for (const { attributes } of sink.events) {
      expect(attributes["session_id"]).toBe(`s-${String(attributes["id"])}`);
      if ("inner" in attributes) expect(attributes["inner"]).toBe(attributes["id"]);
    }
    expect(sink.events.filter(({ attributes }) => "inner" in attributes)).toHaveLength(1000);
  });

  it("lets the inner value win, the event's own over both, and null hide it", async () => {
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
    withBusinessContext({ a: 1, b: 1, c: 1, d: 1 }, () =>
      withBusinessContext({ b: 2, c: 2, d: null }, () =>
        recordBusinessEvent("shop.opened", { c: 3, a: null, b: undefined }),
      ),
    );
    await flush();
    expect(sink.events[0]!.attributes).toEqual({ b: 2, c: 3 });
  });

  it("gives required attributes", async () => {
    startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5, strict: true });
    withBusinessContext({ session_id: "s-9" }, () => {
      recordBusinessEvent<"session.message", "session_id">("session.message", { role: "user" });
    });
    await flush();
    expect(sink.events[0]!.attributes).toEqual({ role: "user", session_id: "s-9" });
  });
});

it("reads the active span of whatever context manager the product has, and needs none", async () => {
  startBusinessEvents({ endpoint: sink.url, batchDelayMs: 5 });
  const within = trace.setSpanContext(ROOT_CONTEXT, parent);
  // Without a context manager `with` changes nothing, and the event is a root: never an error.
  context.with(within, () => recordBusinessEvent("shop.opened"));
  let active = ROOT_CONTEXT;
  const manager: Parameters<typeof context.setGlobalContextManager>[0] = {
    active: () => active,
    with(inner, fn, self, ...args) {
      const outer = active;
      active = inner;
      try {
        return fn.apply(self, args);
      } finally {
        active = outer;
      }
    },
    bind: (_context, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  onTestFinished(() => context.disable());
  context.with(within, () => recordBusinessEvent("shop.sold"));
  await flush();
  const [first, second] = sink.events;
  expect(first).toMatchObject({ name: "shop.opened", parentSpanId: "" });
  expect(second).toMatchObject({ name: "shop.sold", parentSpanId: parent.spanId, traceId: parent.traceId });
});
