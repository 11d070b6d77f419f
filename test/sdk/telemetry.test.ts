/** OpenTelemetry's own SDK beside business events, started by one import or one call. */
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findNode } from "../../deploy/setup/obtain-node.ts";
import { OtlpSink } from "./otlp-sink.ts";
import { runProduct, type ProductEnd } from "./run-product.ts";

let sink: OtlpSink;
let tracing: OtlpSink;
beforeEach(async () => {
  sink = await OtlpSink.start();
  tracing = await OtlpSink.start();
});
afterEach(async () => {
  await sink.stop();
  await tracing.stop();
});

const isBetween = (from: number, to: number) => (value: unknown) => (value as number) >= from && (value as number) < to;

const workspace = join(import.meta.dirname, "../..");
const register = ["--import", "@spanledger/sdk/register"];

describe.each([24, 26])("node --import @spanledger/sdk/register on Node %i", (major) => {
  it("traces named ESM imports of node:http on both sides, and sends each signal where it belongs", async (ctx) => {
    const node = await findNode(major);
    if (node === undefined) return ctx.skip(`Node ${major} is not on this machine`);
    const end = await runProduct("instrumented", {
      node,
      nodeArgs: register,
      cwd: workspace,
      endpoint: sink.url,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: tracing.url,
        OTEL_EXPORTER_OTLP_HEADERS: "api-key=of-a-vendor",
        OTEL_METRICS_EXPORTER: "none",
        SPANLEDGER_OTLP_HEADERS: "authorization=Bearer%20ours",
      },
    });
    expect(end).toMatchObject({ code: 0, stderr: "" });
    // Server (2) and client (3) span of the one request.
    expect(tracing.ordinarySpans.toSorted()).toEqual(["2:GET", "3:GET"]);
    expect(sink.ordinarySpans).toEqual([]);
    expect(tracing.events).toEqual([]);
    const [event] = sink.events;
    expect(event!.attributes["trace_id"]).toBe(event!.traceId);
    expect(event!.attributes["traceparent"]).toContain(event!.traceId);
    // Each endpoint gets its own key and never the other's.
    expect(tracing.requests[0]!.headers["api-key"]).toBe("of-a-vendor");
    expect(sink.requests[0]!.headers["authorization"]).toBe("Bearer ours");
    expect(sink.requests[0]!.headers["api-key"]).toBeUndefined();
  });
});

it.each([
  ["register, exporter by default", { nodeArgs: register, env: {} }],
  ["startTelemetry, exporter by default", { nodeArgs: [], env: { STARTS_ITSELF: "yes" } }],
  ["register, exporter by the environment", { nodeArgs: register, env: { OTEL_TRACES_EXPORTER: "otlp" } }],
])("spans within a business context carry its session_id: %s", async (_how, { nodeArgs, env }) => {
  const end = await runProduct("session-spans", {
    nodeArgs,
    cwd: workspace,
    endpoint: sink.url,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: tracing.url, OTEL_METRICS_EXPORTER: "none", ...env },
  });
  expect(end.stderr).toBe("");
  expect(JSON.parse(end.stdout)).toEqual({
    outside: null,
    started: "s-1",
    early: "s-1",
    active: "s-1",
    again: "s-1",
    own: "s-own",
    inner: "s-2",
    other: "s-1",
    number: null,
    after: null,
  });
  expect(tracing.ordinarySpans).toHaveLength(10);
});

/** NodeSDK by itself waits for its backend as long as this, 10 s without it: far longer than a busy machine makes ours last. */
const patient = { OTEL_EXPORTER_OTLP_TIMEOUT: "90000", OTEL_BSP_EXPORT_TIMEOUT: "90000" };
const busyMs = 45_000;

it("a natural end waits for a tracing backend that hangs no longer than it says", async () => {
  tracing.misbehave = () => true;
  const run = (env: Readonly<Record<string, string>>): Promise<ProductEnd> =>
    runProduct("instrumented", {
      nodeArgs: register,
      cwd: workspace,
      endpoint: sink.url,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: tracing.url, OTEL_METRICS_EXPORTER: "none", ...patient, ...env },
    });
  const without = await run({ OTEL_SDK_DISABLED: "true" });
  const end = await run({ SPANLEDGER_EXIT_WAIT_MS: "600" });
  expect(end).toMatchObject({ code: 0, signal: null });
  expect(tracing.requests.length).toBeGreaterThan(0);
  expect(end.tookMs).toBeLessThan(without.tookMs + 600 + busyMs);
  expect(sink.eventIds.size).toBe(2);
});

it("shutdown() waits for a tracing backend that hangs as long as its option says, else as long as an exit may", async () => {
  tracing.misbehave = () => true;
  const run = async (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<number> => {
    const end = await runProduct("telemetry-shutdown", {
      args,
      endpoint: sink.url,
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: tracing.url, OTEL_METRICS_EXPORTER: "none", ...patient, ...env },
    });
    expect(end.code).toBe(0);
    return Number(end.stdout);
  };
  // One that does not wait at all would show too.
  expect(await run([], { SPANLEDGER_EXIT_WAIT_MS: "700" })).toSatisfy(isBetween(690, 700 + busyMs));
  expect(await run(["700"])).toSatisfy(isBetween(690, 700 + busyMs));
  expect(await run([], { SPANLEDGER_EXIT_WAIT_MS: "700", SPANLEDGER_DISABLED: "true" })).toSatisfy(
    isBetween(690, 700 + busyMs),
  );
  expect(tracing.requests.length).toBeGreaterThan(0);
  expect(sink.eventIds.size).toBe(2);
});

it("business events go on where OpenTelemetry is switched off or samples nothing", async () => {
  for (const env of [{ OTEL_SDK_DISABLED: "true" }, { OTEL_TRACES_EXPORTER: "none" }]) {
    const end = await runProduct("instrumented", {
      nodeArgs: register,
      cwd: workspace,
      endpoint: sink.url,
      env: { OTEL_METRICS_EXPORTER: "none", ...env },
    });
    expect(end).toMatchObject({ code: 0, stderr: "" });
  }
  expect(sink.events).toHaveLength(2);
});

it("SPANLEDGER_DISABLED silences business events, and them alone", async () => {
  await runProduct("instrumented", {
    nodeArgs: register,
    cwd: workspace,
    endpoint: sink.url,
    env: {
      SPANLEDGER_DISABLED: "true",
      OTEL_EXPORTER_OTLP_ENDPOINT: tracing.url,
      OTEL_METRICS_EXPORTER: "none",
    },
  });
  expect(sink.requests).toEqual([]);
  expect(tracing.ordinarySpans).toHaveLength(2);
});

it("a start that comes too late says so", async () => {
  const end = await runProduct("late", { endpoint: sink.url, env: { OTEL_METRICS_EXPORTER: "none" } });
  expect(end.code).toBe(0);
  expect(end.stderr).toContain("SPANLEDGER_LATE_START");
  expect(end.stderr).toContain("a server that listens already");
});

it("a start behind the named imports of node:http is not too late", async () => {
  const end = await runProduct("named-before", {
    endpoint: sink.url,
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: tracing.url, OTEL_METRICS_EXPORTER: "none" },
  });
  expect(end).toMatchObject({ code: 0, stderr: "" });
  expect(tracing.ordinarySpans.toSorted()).toEqual(["2:GET", "3:GET"]);
});

it("an HTTP request yields its event within its trace although that is not sampled", async () => {
  const end = await runProduct("unsampled-http", {
    endpoint: sink.url,
    env: {
      OTEL_EXPORTER_OTLP_ENDPOINT: tracing.url,
      OTEL_METRICS_EXPORTER: "none",
      OTEL_TRACES_SAMPLER: "always_off",
    },
  });
  expect(end).toMatchObject({ code: 0, stderr: "" });
  expect(tracing.ordinarySpans).toEqual([]);
  expect(sink.events).toHaveLength(1);
  expect(sink.events[0]).toMatchObject({ name: "query.tracking", attributes: { tracking_number: "7", success: true } });
  expect(sink.events[0]!.parentSpanId).toMatch(/^(?!0{16})[0-9a-f]{16}$/);
});
