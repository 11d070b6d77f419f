/** Signals belong to the product: each end is the one that it would have without the SDK, and in about the same time. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OtlpSink } from "./otlp-sink.ts";
import { RunningProduct, type ProductEnd } from "./run-product.ts";

let sink: OtlpSink;
beforeEach(async () => {
  sink = await OtlpSink.start();
});
afterEach(() => sink.stop());

interface Ended extends ProductEnd {
  /** From the signal to the end, in ms. */
  readonly endedMs: number;
}

async function signalled(
  args: readonly string[],
  signal: NodeJS.Signals = "SIGTERM",
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  const product = new RunningProduct("drained", { endpoint: sink.url, args, env });
  await product.printed("ready");
  const began = performance.now();
  product.kill(signal);
  const end = await product.ended;
  return { ...end, endedMs: performance.now() - began };
}

/** Slack of a machine that is busy with other tests, beside what the issue allows. */
const slackMs = 700;

describe.each(["once", "prepended", "signal-exit", "raised-later", "exit", "nothing"])(
  "a product that ends by: %s",
  (how) => {
    it("ends as it does without the SDK, with the receiver up and away", async () => {
      const without = await signalled([how, "none"]);
      const { code, signal, stdout } = without;
      const up = await signalled([how, "sdk"]);
      expect({ code: up.code, signal: up.signal, stdout: up.stdout, stderr: up.stderr }).toEqual({
        code,
        signal,
        stdout,
        stderr: "",
      });
      expect(up.endedMs).toBeLessThan(without.endedMs + 300 + slackMs);
      expect(sink.events.map(({ name }) => name)).toEqual(
        how === "raised-later" ? ["shop.sold", "shop.closed"] : ["shop.sold"],
      );
      sink.misbehave = () => true;
      const budget = 600;
      const away = await signalled([how, "sdk"], "SIGTERM", { SPANLEDGER_EXIT_WAIT_MS: String(budget) });
      expect({ code: away.code, signal: away.signal, stdout: away.stdout }).toEqual({ code, signal, stdout });
      expect(away.stderr).toContain("they are lost");
      expect(away.endedMs).toBeLessThan(without.endedMs + budget + 300 + slackMs);
    });
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
