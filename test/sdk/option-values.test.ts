/** Times and sizes at their edges: each means what it says, none of them 1 ms, and nothing stalls. */
import { businessEventsStatus, flush, recordBusinessEvent, shutdown, startBusinessEvents } from "@spanledger/sdk";
import { describe, expect, it, vi } from "vitest";
import { resolveConfig } from "../../sdk/src/resolve-config.ts";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";

let sink: OtlpSink;
useSink((started) => (sink = started), 60_000);

const edges = [0, -1, Number.NaN, Infinity, -Infinity, 2 ** 31, 2.5e9] as const;
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe.each(["requestTimeoutMs", "batchDelayMs", "maxBatchEvents"] as const)("%s", (option) => {
  it.each(edges)("%d: what is recorded arrives, once, at the flush", async (value) => {
    startBusinessEvents({ endpoint: sink.url, [option]: value });
    for (let i = 0; i < 1000; i += 1) recordBusinessEvent("shop.sold", { i });
    expect(await flush()).toBe(true);
    expect(sink.eventIds.size).toBe(1000);
    expect(sink.events).toHaveLength(1000);
    // No timer that fires over and over: each request carries many, however they are cut.
    expect(sink.requests.length).toBeLessThan(20);
    expect(businessEventsStatus().failedAttempts).toBe(0);
  });
});

it.each([0, Infinity, 2 ** 31])("requestTimeoutMs %d gives a slow receiver its time", async (requestTimeoutMs) => {
  sink.misbehave = (_request, response) => {
    setTimeout(() => response.writeHead(200, { "content-type": "application/x-protobuf" }).end(), 300);
    return true;
  };
  startBusinessEvents({ endpoint: sink.url, requestTimeoutMs });
  recordBusinessEvent("shop.sold");
  expect(await flush()).toBe(true);
  expect(businessEventsStatus()).toMatchObject({ sent: 1, failedAttempts: 0 });
});

it("batchDelayMs Infinity sends full batches, by number and by size, and the rest at the flush", async () => {
  startBusinessEvents({ endpoint: sink.url, batchDelayMs: Infinity, maxBatchEvents: 100 });
  for (let i = 0; i < 250; i += 1) recordBusinessEvent("shop.sold", { i });
  await sink.until(({ events }) => events.length === 200);
  await wait(200);
  expect(sink.events).toHaveLength(200);
  // Two events of 150 kB fill a quarter of this queue: it is emptied before it is full.
  await shutdown();
  startBusinessEvents({ endpoint: sink.url, batchDelayMs: Infinity, maxQueueBytes: 1024 * 1024 });
  const text = "x".repeat(16_000);
  const attributes = Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`part_${i}`, text]));
  for (let i = 0; i < 20; i += 1) {
    recordBusinessEvent("shop.packed", attributes);
    await vi.waitFor(() => expect(businessEventsStatus().pending).toBeLessThan(2), 20_000);
  }
  expect(businessEventsStatus().dropped).toBe(0);
  expect(sink.events.length).toBeGreaterThan(250);
});

describe("flush", () => {
  it.each([0, -1, Number.NaN, Infinity, 2 ** 31])(
    "timeoutMs %d: true where the receiver answers",
    async (timeoutMs) => {
      startBusinessEvents({ endpoint: sink.url });
      recordBusinessEvent("shop.sold");
      const answered = await flush({ timeoutMs });
      // 0 only looks; what is not usable is the default.
      expect(answered).toBe(timeoutMs !== 0);
      expect(await flush()).toBe(true);
      expect(await flush({ timeoutMs: 0 })).toBe(true);
    },
  );

  it("timeoutMs Infinity and 2^31 do not end at once where nobody answers", async () => {
    sink.misbehave = () => true;
    startBusinessEvents({ endpoint: sink.url });
    recordBusinessEvent("shop.sold");
    const ended = Promise.race([flush({ timeoutMs: Infinity }), flush({ timeoutMs: 2 ** 31 })]).then(() => "ended");
    expect(await Promise.race([ended, wait(300).then(() => "waits")])).toBe("waits");
    expect(await flush({ timeoutMs: 50 })).toBe(false);
    sink.misbehave = null;
    await sink.stop();
    await sink.listen();
    expect(await ended).toBe("ended");
  });
});

describe("headers of each endpoint", () => {
  const environment = {
    SPANLEDGER_OTLP_ENDPOINT: "http://ours:1",
    SPANLEDGER_OTLP_HEADERS: "key=ours",
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "http://traces:2/otlp/path",
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: "key=traces,more=1",
    OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: "http://logs:3/l",
    OTEL_EXPORTER_OTLP_LOGS_HEADERS: "key=logs",
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://generic:4",
    OTEL_EXPORTER_OTLP_HEADERS: "key=generic,vendor=1",
  };
  type Variable = keyof typeof environment;
  const target = (leaveOut: readonly Variable[], options = {}): readonly [string, object] => {
    const env = Object.fromEntries(
      Object.entries(environment).filter(([name]) => !leaveOut.includes(name as Variable)),
    );
    const { url, headers } = resolveConfig(options, env).settings.target;
    return [url, headers];
  };
  const ours = "SPANLEDGER_OTLP_ENDPOINT";
  const traces = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
  const generic = "OTEL_EXPORTER_OTLP_ENDPOINT";

  it("are its own, in the order SPANLEDGER, the signal's, generic", () => {
    expect(target([])).toEqual(["http://ours:1/v1/traces", { key: "ours" }]);
    expect(target([ours])).toEqual(["http://traces:2/otlp/path", { key: "traces", more: "1" }]);
    expect(target([ours], { emit: "log-record" })).toEqual(["http://logs:3/l", { key: "logs" }]);
    expect(target([ours, traces])).toEqual(["http://generic:4/v1/traces", { key: "generic", vendor: "1" }]);
    expect(target([ours, traces], { headers: { key: "option" } })[1]).toEqual({ key: "option", vendor: "1" });
    expect(target([], { endpoint: new URL("http://option:5/base/") })).toEqual([
      "http://option:5/base/v1/traces",
      { key: "ours" },
    ]);
    // Nobody else's address: the default one.
    expect(target([ours, traces, generic])).toEqual(["http://localhost:4318/v1/traces", { key: "ours", vendor: "1" }]);
  });

  it("a path that is there already is not added again, and is named", () => {
    for (const endpoint of ["http://h/v1/traces", "http://h/v1/traces/", "http://h/v1/logs"]) {
      const { settings, warnings } = resolveConfig({ endpoint }, {});
      expect(settings.target.url).toBe("http://h/v1/traces");
      expect(warnings).toEqual([expect.stringContaining("not added twice")]);
    }
  });
});
