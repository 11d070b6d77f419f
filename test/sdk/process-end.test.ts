import { describe, expect, it } from "vitest";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { RunningProduct, runProduct, type ProductOptions } from "./run-product.ts";

let sink: OtlpSink;
useSink((started) => (sink = started));

/** Every event once, nothing reported as dropped, and the report agrees. */
function expectAll(count: number): void {
  expect(sink.events).toHaveLength(count);
  expect(sink.eventIds.size).toBe(count);
  expect(sink.reports.at(-1)).toMatchObject({ lastSeq: count, dropped: 0 });
}

describe("the end of a process loses nothing", () => {
  it.each([
    ["natural", 0],
    ["exit", 3],
    ["exit-later", 3],
    ["throw", 1],
    ["reject", 1],
    ["listeners-removed", 3],
    ["listeners-removed-now", 3],
    ["emit-replaced", 3],
    ["exit-throws", 1],
    ["exit-exits", 8],
  ])("%s", async (how, code) => {
    const end = await runProduct("end", { endpoint: sink.url, args: [how] });
    expect(end.code).toBe(code);
    expectAll(1000);
  });

  it("natural end, sending in the product's own thread", async () => {
    const end = await runProduct("end", { endpoint: sink.url, env: { IN_PROCESS: "1" } });
    expect(end.code).toBe(0);
    expectAll(1000);
  });

  describe.each([
    ["asked for", { env: { IN_PROCESS: "1" } }, ""],
    ["because threads are forbidden", { nodeArgs: ["--permission", "--allow-fs-read=*"] }, "--allow-worker"],
  ])("sending in the product's own thread, %s", (_why, options, said) => {
    it.each(["throw", "reject"])("%s", async (how) => {
      const end = await runProduct("end", { endpoint: sink.url, args: [how], ...options });
      expect(end).toMatchObject({ code: 1, signal: null });
      // Node's own words, once.
      expect(end.stderr.match(/^Error: \w+ on purpose$/gm)).toHaveLength(1);
      expect(end.stderr).toContain(said);
      expectAll(1000);
    });

    it.each(["SIGTERM", "SIGINT"] as const)("%s", async (signal) => {
      const product = new RunningProduct("signal", { endpoint: sink.url, ...options });
      await product.printed("ready");
      product.kill(signal);
      expect(await product.ended).toMatchObject({ code: null, signal });
      expectAll(100);
    });

    it("an uncaught error waits no longer than it says for a receiver that hangs", async () => {
      sink.misbehave = () => true;
      const { env = {}, ...others }: ProductOptions = options;
      const end = await runProduct("end", {
        endpoint: sink.url,
        args: ["throw", "10"],
        ...others,
        env: { ...env, SPANLEDGER_EXIT_WAIT_MS: "300" },
      });
      expect(end.code).toBe(1);
      expect(end.stderr).toContain("10 business events; they are lost");
    });

    it("an error that the product handles itself ends nothing", async () => {
      const end = await runProduct("end", { endpoint: sink.url, args: ["handled"], ...options });
      expect(end).toMatchObject({ code: 0, signal: null });
      expect(end.stdout).toBe("handled once\n");
      expectAll(1000);
    });
  });

  it("waits no longer than it says for a receiver that hangs, and says what is lost", async () => {
    sink.misbehave = () => true;
    const end = await runProduct("end", {
      endpoint: sink.url,
      args: ["exit", "10"],
    });
    expect(end.code).toBe(3);
    expect(end.stderr).toContain("10 business events; they are lost");
    expect(sink.events).toHaveLength(0);
  });

  it("ends as usual where no endpoint is set and nobody listens at the default one, and says what is lost", async (ctx) => {
    const taken = await fetch("http://localhost:4318").then(
      () => true,
      () => false,
    );
    if (taken) return ctx.skip("somebody listens on port 4318 of this machine");
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: "", SPANLEDGER_OTLP_ENDPOINT: "", SPANLEDGER_EXIT_WAIT_MS: "300" };
    const end = await runProduct("end", { args: ["exit", "10"], env });
    expect(end.code).toBe(3);
    expect(end.stderr).toContain("http://localhost:4318/v1/traces had taken 10 business events; they are lost");
  });

  it("does not start anything at the end where nothing was recorded", async () => {
    const end = await runProduct("end", { endpoint: sink.url, args: ["exit", "0"] });
    expect(end.code).toBe(3);
    expect(sink.requests).toHaveLength(0);
  });
});

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  it("flushes and ends the process as it would have ended without us", async () => {
    const product = new RunningProduct("signal", { endpoint: sink.url });
    await product.printed("ready");
    product.kill(signal);
    expect((await product.ended).signal).toBe(signal);
    expectAll(100);
  });

  it("flushes, and goes on accepting, where the product listens itself", async () => {
    const product = new RunningProduct("signal", { endpoint: sink.url, args: ["own"] });
    await product.printed("ready");
    product.kill(signal);
    expect(await product.ended).toMatchObject({ code: 0, signal: null });
    expectAll(102);
    expect(sink.events.map(({ name }) => name)).toContain("shop.closed");
  });
});

it("sends while the product's event loop stands still", async () => {
  const product = new RunningProduct("end", { endpoint: sink.url, args: ["blocked", "700"] });
  await product.printed("blocked");
  // Arrives although not one further turn of the product's loop happens.
  await sink.until(({ events }) => events.length === 700);
  product.kill("SIGKILL");
  await product.ended;
  expect(sink.eventIds.size).toBe(700);
});
