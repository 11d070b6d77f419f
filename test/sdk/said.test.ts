/** Never silent: whatever loses events, or may, is one line on stderr with its number, its reason and a remedy. */
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo } from "node:net";
import { diag, DiagLogLevel } from "@opentelemetry/api";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { describeRuntime } from "../../sdk/src/config/describe-runtime.ts";
import { describeNetworkError, describeStatus } from "../../sdk/src/sending/describe-failure.ts";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { runProduct, type ProductEnd } from "./run-product.ts";

let sink: OtlpSink;
useSink((started) => (sink = started));

function run(how: string, endpoint = sink.url, env: Readonly<Record<string, string>> = {}): Promise<ProductEnd> {
  return runProduct("said", { args: [how, endpoint], env });
}
/** For a receiver that never takes anything. */
const inVain = { SPANLEDGER_EXIT_WAIT_MS: "500" };
const linesOf = ({ stderr }: ProductEnd): string[] => stderr.split("\n").filter((line) => line !== "");

describe("one line says", () => {
  it("that nobody has started the SDK, and nothing in a test runner", async () => {
    const [line, ...others] = linesOf(await run("never-started"));
    expect(line).toMatch(
      /^@spanledger\/sdk: 7 business events are lost: startBusinessEvents was never called\. Call it/,
    );
    expect(others).toEqual([]);
    expect(linesOf(await run("never-started", sink.url, { JEST_WORKER_ID: "1" }))).toEqual([]);
  });

  it("how many events a burst over the bound has lost", async () => {
    const lines = linesOf(await run("burst", sink.url));
    expect(lines).toHaveLength(1);
    const [, dropped] =
      /sdk: (\d+) of 50000 business events are dropped and counted: .* set maxQueueBytes/.exec(lines[0]!) ?? [];
    expect(sink.events.length + Number(dropped)).toBe(50_000);
    expect(sink.reports.at(-1)).toMatchObject({ lastSeq: 50_000, dropped: Number(dropped) });
  });

  it("at the exit how many events all bursts have lost", async () => {
    sink.misbehave = () => true;
    const lines = linesOf(await run("bursts", sink.url, { SPANLEDGER_EXIT_WAIT_MS: "0" }));
    const dropped = lines.flatMap((line) => /sdk: (\d+) of \d+ business events are dropped/.exec(line)?.[1] ?? []);
    expect(dropped).toHaveLength(2);
    const [lost] = lines.flatMap((line) => /had taken (\d+) business events/.exec(line)?.[1] ?? []);
    expect(Number(dropped[1]) + Number(lost)).toBe(100_000);
  });

  it.each([
    [401, /status 401: .*SPANLEDGER_OTLP_HEADERS.*5 events wait/],
    [403, /status 403: .*SPANLEDGER_OTLP_HEADERS.*5 events wait/],
    [404, /status 404: .*check the path of the endpoint.*5 events wait/],
    [308, /status 308.*redirects are not followed: use http:\/\/elsewhere/],
  ])("status %d, and what to do", async (status, message) => {
    sink.misbehave = (_request, response) => {
      response.writeHead(status, { location: "http://elsewhere" }).end("no");
      return true;
    };
    const [line, last, ...others] = linesOf(await run("flushed", sink.url, inVain));
    expect(line).toMatch(message);
    expect(last).toContain("5 business events; they are lost");
    expect(others).toEqual([]);
  });

  it("that the port does not speak TLS", async () => {
    const [line] = linesOf(await run("flushed", sink.url.replace("http:", "https:"), inVain));
    expect(line).toMatch(/does not speak TLS there: .*http:\/\/; 5 events wait/);
  });

  it("that the port is gRPC", async () => {
    const server = createHttp2Server();
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const [line] = linesOf(await run("flushed", `http://127.0.0.1:${port}`, inVain));
    expect(line).toMatch(/5 events wait$/);
    expect(line).toMatch(/4318|status 403/);
  });

  it("that the path is doubled, and the events arrive", async () => {
    const [line, ...others] = linesOf(await run("flushed", `${sink.url}/v1/traces`));
    expect(line).toContain("ends in /v1/traces, which the SDK adds by itself");
    expect(others).toEqual([]);
    expect(sink.events).toHaveLength(5);
  });

  it("wrong use, except in production", async () => {
    const [line, ...others] = linesOf(await run("wrong-use"));
    expect(line).toContain("session.start, attribute session_id: is required and absent");
    expect(others).toEqual([]);
    expect(linesOf(await run("wrong-use", sink.url, { NODE_ENV: "production" }))).toEqual([]);
  });

  it("where two starts disagree; what only the second says is taken", async () => {
    const lines = linesOf(await run("two-starts"));
    expect(lines).toEqual([expect.stringMatching(/called twice with different serviceName: the later call counts/)]);
    const last = sink.events.toSorted((a, b) => a.seq - b.seq).at(-1)!;
    expect(last.resource).toMatchObject({ "service.name": "second", "spanledger.tenant": "brand-b" });
    expect(sink.requests.at(-1)!.headers["x-key"]).toBe("2");
    expect(new Set(sink.events.map(({ sourceId }) => sourceId)).size).toBe(1);
    expect(sink.eventIds.size).toBe(2);
  });
});

it("events of the product's own exit listeners arrive, whether they were added before the SDK's or after", async () => {
  expect(await run("exit-listeners")).toMatchObject({ code: 0, stderr: "" });
  expect(sink.eventIds.size).toBe(8);
});

it.each([{ SPANLEDGER_LOG: "none" }, { OTEL_LOG_LEVEL: "NONE" }, { SPANLEDGER_LOG: "NONE", OTEL_LOG_LEVEL: "debug" }])(
  "%o silences all lines",
  async (env) => {
    expect(linesOf(await run("never-started", sink.url, env))).toEqual([]);
  },
);

it("SPANLEDGER_LOG=warn also says what time may mend", async () => {
  sink.misbehave = (_request, response) => {
    if (sink.requests.length > 1) return false;
    response.writeHead(503).end();
    return true;
  };
  expect(linesOf(await run("flushed"))).toEqual([]);
  sink.requests.length = 0;
  expect(linesOf(await run("flushed", sink.url, { SPANLEDGER_LOG: "warn" }))).toEqual([
    expect.stringContaining("status 503"),
  ]);
});

it("says the same thing again after ten minutes, with how often it happened", async () => {
  let seconds = 0;
  const clock = vi.spyOn(process, "hrtime").mockImplementation(() => [seconds, 0]);
  onTestFinished(() => {
    clock.mockRestore();
    diag.disable();
  });
  vi.resetModules();
  const { showNotice } = await import("../../sdk/src/diagnose.ts");
  const messages: string[] = [];
  const keep = (...parts: unknown[]): unknown => messages.push(parts.at(-1) as string);
  diag.setLogger(
    { error: keep, warn: keep, info: keep, debug: keep, verbose: keep },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const say = (): void => showNotice({ level: "warn", key: "k", message: "something" });
  say();
  for (let i = 0; i < 5; i += 1) say();
  seconds = 601;
  say();
  expect(messages).toEqual(["something", "something (6 times since this was last said)"]);
});

it("knows what to do about certificates, TLS and statuses", () => {
  const remedyOf = (code: string, isHttps = true): string | null =>
    describeNetworkError(Object.assign(new Error("no"), { code }), isHttps).remedy;
  for (const code of [
    "DEPTH_ZERO_SELF_SIGNED_CERT",
    "CERT_HAS_EXPIRED",
    "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
    "ERR_TLS_CERT_ALTNAME_INVALID",
  ]) {
    expect(remedyOf(code)).toContain("OTEL_EXPORTER_OTLP_CERTIFICATE");
  }
  expect(remedyOf("HPE_INVALID_CONSTANT", false)).toContain("gRPC");
  expect(remedyOf("ECONNREFUSED")).toBeNull();
  expect(describeStatus(503, "busy", undefined)).toEqual({ reason: "status 503: busy", remedy: null });
  expect(describeStatus(415, "", undefined).remedy).toContain("protobuf");
});

it("names what Bun cannot do", () => {
  const rule = { event: "a", method: null, match: () => null, attributes: undefined };
  expect(describeRuntime({ node: "24.0.0" }, { httpEvents: [rule] })).toEqual([]);
  expect(describeRuntime({ bun: "1.3.0" }, { httpEvents: [] })).toEqual([]);
  expect(describeRuntime({ bun: "1.3.0" }, { httpEvents: [rule] })).toEqual([expect.stringContaining("Bun")]);
  expect(describeRuntime({ deno: "2.5.0" }, { httpEvents: [rule] })).toEqual([]);
});

it("a cluster of eight under load loses nothing", async () => {
  // Eight processes begin to send at once, and end at once: a busy machine takes more than the usual 20 s for that.
  const end = await run("cluster", sink.url, { SPANLEDGER_EXIT_WAIT_MS: "120000" });
  expect(end.stderr).toBe("");
  const sources = new Map<string, number[]>();
  for (const { sourceId, seq } of sink.events) sources.set(sourceId, [...(sources.get(sourceId) ?? []), seq]);
  expect(sources.size).toBe(8);
  for (const seqs of sources.values()) {
    expect(seqs.length).toBeGreaterThan(2000);
    expect(new Set(seqs).size).toBe(Math.max(...seqs));
  }
});
