/** Frameworks and packages that end processes, as published, each with and without the SDK. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { findSdkProduct } from "../../deploy/setup/obtain-sdk-products.ts";
import { describeWith } from "../support/describe-with.ts";
import { OtlpSink } from "./otlp-sink.ts";
import { layOutProduct } from "./product-folder.ts";
import { RunningProduct, runProduct, type ProductEnd } from "./run-product.ts";

/** Slack of a machine that is busy with other tests, beside what the SDK may take. */
const slackMs = 1000;

describeWith(
  "the packages of test/sdk/products/frameworks (npm run setup)",
  await findSdkProduct("frameworks"),
  (installed) => {
    let folder: string;
    let sink: OtlpSink;
    beforeAll(async () => {
      folder = await layOutProduct("frameworks", installed());
    }, 240_000);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
    beforeEach(async () => {
      sink = await OtlpSink.start();
    });
    afterEach(() => sink.stop());

    it.each(["express", "koa", "hono", "fastify", "nest", "routeHandler"])(
      "%s: an HTTP event carries what middleware and handler set",
      async (framework) => {
        const run = (sdk: string): Promise<ProductEnd> =>
          runProduct("", { file: join(folder, "web.mjs"), cwd: folder, args: [framework, sdk], endpoint: sink.url });
        expect(await run("none")).toMatchObject({ code: 0, stdout: "200 found\n", stderr: "" });
        expect(await run("sdk")).toMatchObject({ code: 0, stdout: "200 found\n", stderr: "" });
        const byName = new Map(sink.events.map(({ name, attributes }) => [name, attributes]));
        expect([...byName.keys()].toSorted()).toEqual(["query.tracking", "shop.asked"]);
        const around = { site: "brand-a", session_id: "s-1" };
        expect(byName.get("shop.asked")).toMatchObject(around);
        expect(byName.get("query.tracking")).toMatchObject({ ...around, tracking_number: "7", success: true });
        expect(sink.events).toHaveLength(2);
      },
    );

    it.each([
      ["close-with-grace", "SIGTERM", 2],
      ["signal-exit", "SIGTERM", 2],
      ["signal-exit", "SIGHUP", 2],
      ["execa", "SIGTERM", 1],
      ["nest", "SIGTERM", 2],
      ["nodemon", "SIGUSR2", 1],
    ] as const)("%s on %s ends as without the SDK, with the receiver up and away", async (how, signal, events) => {
      const end = async (sdk: string, env = {}): Promise<ProductEnd & { readonly endedMs: number }> => {
        const product = new RunningProduct("", {
          file: join(folder, "ends.mjs"),
          cwd: folder,
          args: [how, sdk],
          endpoint: sink.url,
          env,
        });
        await product.printed("ready");
        const began = performance.now();
        product.kill(signal);
        return { ...(await product.ended), endedMs: performance.now() - began };
      };
      const without = await end("none");
      const up = await end("sdk");
      const outcome = ({ code, signal: by, stdout }: ProductEnd): object => ({ code, by, stdout });
      expect({ ...outcome(up), stderr: up.stderr }).toEqual({ ...outcome(without), stderr: without.stderr });
      expect(sink.events).toHaveLength(events);
      expect(up.endedMs).toBeLessThan(without.endedMs + 300 + slackMs);
      sink.misbehave = () => true;
      const away = await end("sdk", { SPANLEDGER_EXIT_WAIT_MS: "500" });
      expect(outcome(away)).toEqual(outcome(without));
      expect(away.stderr).toContain("they are lost");
      expect(away.endedMs).toBeLessThan(without.endedMs + 500 + 300 + slackMs);
    });
  },
);
