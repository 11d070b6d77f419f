/** Signals belong to the product: each end is the one that it would have without the SDK, and in about the same time. */
import { expect, it } from "vitest";
import { expectSameEnd, type Surroundings } from "./compare-ends.ts";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { RunningProduct, type ProductEnd } from "./run-product.ts";

let sink: OtlpSink;
useSink((started) => (sink = started));

async function signalled(
  args: readonly string[],
  signal: NodeJS.Signals = "SIGTERM",
  { endpoint, env }: Surroundings = { endpoint: sink.url, env: {} },
): Promise<ProductEnd> {
  const product = new RunningProduct("drained", { endpoint, args, env });
  await product.printed("ready");
  product.kill(signal);
  return product.ended;
}

it.each(["once", "prepended", "signal-exit", "raised-later", "removed", "exit", "nothing"])(
  "a product that ends by %s ends as it does without the SDK, with the receiver up and away",
  async (how) => {
    const events = await expectSameEnd({
      events: how === "raised-later" ? 2 : 1,
      run: (sdk, surroundings) => signalled([how, sdk === "with" ? "sdk" : "none"], "SIGTERM", surroundings),
    });
    expect(events.map(({ name }) => name)).toEqual(
      how === "raised-later" ? ["shop.sold", "shop.closed"] : ["shop.sold"],
    );
  },
);

it.each(["SIGINT", "SIGHUP", "SIGQUIT", "SIGUSR2"] as const)(
  "%s without a listener ends the process by it",
  async (signal) => {
    const end = await signalled(["nothing", "sdk"], signal);
    expect(end).toMatchObject({ code: null, signal, stderr: "" });
    expect(sink.events).toHaveLength(1);
  },
);

it.each(["SIGINT", "SIGTERM"] as const)(
  "%s that comes again while the process waits, as Ctrl-C under npm does, loses nothing",
  async (signal) => {
    const product = new RunningProduct("drained", { endpoint: sink.url, args: ["nothing", "sdk"] });
    let attempts = 0;
    sink.misbehave = (_request, response) => {
      attempts += 1;
      if (attempts > 1) return false;
      product.kill(signal);
      // Time for the signal to arrive.
      setTimeout(() => response.writeHead(503).end(), 200);
      return true;
    };
    await product.printed("ready");
    product.kill(signal);
    expect(await product.ended).toMatchObject({ code: null, signal, stderr: "" });
    expect(sink.events).toHaveLength(1);
    expect(attempts).toBeGreaterThan(1);
  },
);

it.each(["null", "empty text", "text as pid"])("process.kill of oneself waits as an exit does: %s", async (how) => {
  const end = await new RunningProduct("kills-itself", { endpoint: sink.url, args: [how] }).ended;
  expect(end).toMatchObject({ code: null, signal: "SIGTERM", stderr: "" });
  expect(sink.events).toHaveLength(1);
});

it("the event of a signal that the product emits itself ends nothing", async () => {
  const product = new RunningProduct("drained", { endpoint: sink.url, args: ["emitted", "sdk"] });
  expect(await product.ended).toMatchObject({ code: 0, signal: null });
  expect(sink.events).toHaveLength(1);
});

it("starts and shutdowns in any order leave one listener", async () => {
  const end = await signalled(["prepended", "twice"]);
  expect(end).toMatchObject({ code: 0, stdout: "ready\ncount 2\ndraining, 2 listeners\ndrained\n" });
  expect(sink.events).toHaveLength(1);
});
