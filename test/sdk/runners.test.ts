/** Test runners of a product: stopped clocks, files that share a process, and nothing sent by accident. */
import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { expectSameEnd } from "./compare-ends.ts";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { describeProduct } from "./describe-product.ts";
import { runProduct, type ProductEnd } from "./run-product.ts";

const vitest = join(import.meta.dirname, "../../node_modules/vitest/vitest.mjs");

await describeProduct("runners", (laidOut) => {
  let sink: OtlpSink;
  useSink((started) => {
    sink = started;
    sink.misbehave = () => true;
  });

  const jest = (
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    workers = "--runInBand",
  ): Promise<ProductEnd> =>
    runProduct("", {
      file: join(laidOut.installed, "node_modules/jest/bin/jest.js"),
      cwd: laidOut.folder,
      nodeArgs: ["--expose-gc"],
      args: [workers, "--rootDir", laidOut.folder, "--config", "{}", ...args],
      env: { ENDPOINT: sink.url, SPANLEDGER_EXIT_WAIT_MS: "300", ...env },
    });

  it.each(["sinon", "sinon before", "node", "none"])(
    "flush and process.exit come back under fake timers: %s",
    async (kind) => {
      const end = await runProduct("", {
        file: join(laidOut.folder, "stopped-clock.cjs"),
        args: [kind],
        env: { ENDPOINT: sink.url, SPANLEDGER_EXIT_WAIT_MS: "400" },
      });
      // That it ends shows that both came back: a clock that stands still would hold it for ever.
      expect(end).toMatchObject({ code: 3, stdout: "flushed false\n" });
      expect(end.stderr).toContain("1 business events; they are lost");
    },
  );

  it("Jest: the same, matchers and Dates", async () => {
    const end = await jest(["fake-timers"]);
    expect(end.stderr).toContain("2 passed");
    expect(end.code).toBe(0);
  });

  it("Vitest: the same", async () => {
    const end = await runProduct("", {
      file: vitest,
      cwd: laidOut.folder,
      args: ["run", "--root", laidOut.folder, "--globals", "fake-timers"],
      env: { ENDPOINT: sink.url, SPANLEDGER_EXIT_WAIT_MS: "300" },
    });
    expect(end.stdout).toContain("2 passed");
    expect(end.code).toBe(0);
  });

  it("Jest: files share one sender, and a file more weighs less than 1 MB", async () => {
    const files = 14;
    const weigh = async (use: string): Promise<{ readonly heap: number; readonly threads: number }> => {
      const tests = join(laidOut.folder, use === "" ? "without" : "with");
      mkdirSync(tests);
      for (let i = 0; i < files; i += 1)
        writeFileSync(join(tests, `file-${i}.test.js`), `${use}\ntest("t", () => undefined);`);
      const end = await jest([`${tests}/`, "--reporters", join(laidOut.folder, "weigh.cjs")]);
      expect(end.code).toBe(0);
      return JSON.parse(/WEIGHT (.*)/.exec(end.stdout)![1]!) as { heap: number; threads: number };
    };
    const without = await weigh("");
    const use = `
      const sdk = require("@spanledger/sdk");
      sdk.startBusinessEvents({ endpoint: process.env.ENDPOINT });
      sdk.recordBusinessEvent("shop.sold");`;
    const with_ = await weigh(use);
    expect(with_.threads - without.threads).toBeLessThanOrEqual(1);
    const perFile = (with_.heap - without.heap) / files;
    console.info(
      `a test file of Jest: ${Math.round(perFile / 1024)} KiB more, ${with_.threads - without.threads} thread more in all`,
    );
    expect(perFile).toBeLessThan(1_000_000);
  });

  it.each(["jest", "node-test"])("%s ends as without the SDK; with an endpoint, all events arrive", async (runner) => {
    for (const sdk of ["with", "without"]) {
      mkdirSync(join(laidOut.folder, `${runner}-${sdk}`));
      writeFileSync(
        join(laidOut.folder, `${runner}-${sdk}/records.test.js`),
        `const { recordBusinessEvent, startBusinessEvents } = ${sdk === "with" ? 'require("@spanledger/sdk")' : "{}"};
          startBusinessEvents?.({ endpoint: process.env.ENDPOINT });
          const { test } = globalThis.test === undefined ? require("node:test") : globalThis;
          test("records", () => {
            for (let n = 0; n < 100; n += 1) recordBusinessEvent?.("shop.sold", { n });
          });`,
      );
    }
    await expectSameEnd({
      events: 100,
      run: async (sdk, { endpoint, env }) => {
        const environment = { ...env, ENDPOINT: endpoint };
        const end =
          runner === "jest"
            ? await jest([`jest-${sdk}/`], environment)
            : await runProduct("", {
                nodeArgs: ["--test", "--test-isolation=none"],
                file: join(laidOut.folder, `node-test-${sdk}/records.test.js`),
                cwd: laidOut.folder,
                env: environment,
              });
        // How long each test took is in there.
        return { ...end, stdout: "" };
      },
    });
  });

  /** Two files that record 100 events each, and flush if they have to. */
  function layOutPool(name: string, extension: string, use: string): void {
    const pool = join(laidOut.folder, name);
    mkdirSync(pool, { recursive: true });
    for (const file of ["one", "two"]) {
      writeFileSync(
        join(pool, `${file}.test.${extension}`),
        `${use}
        // Nothing is sent by the way: at a flush or at the end, or never.
        startBusinessEvents({ endpoint: process.env.ENDPOINT, batchDelayMs: Infinity });
        test("records", () => {
          for (let n = 0; n < 100; n += 1) recordBusinessEvent("shop.sold", { file: "${file}", n });
        });
        if (process.env.FLUSH === "yes") afterAll(() => flush({ timeoutMs: 60_000 }));`,
      );
    }
  }
  const poolNames = "flush, recordBusinessEvent, startBusinessEvents";

  it.each([
    ["--workerThreads", "yes"],
    ["--ci", "yes"],
    ["--workerThreads", "no"],
    ["--forceExit", "no"],
    ["--ci", "no"],
  ])("Jest's workers, %s, with flush before the end of a file: %s", async (flag, flushes) => {
    sink.misbehave = null;
    // Files that Jest does not know: it runs those in one process that were fast before.
    const name = `jest-pool${flag}-${flushes}`;
    layOutPool(name, "js", `const { ${poolNames} } = require("@spanledger/sdk");`);
    const env = { SPANLEDGER_EXIT_WAIT_MS: "20000", FLUSH: flushes };
    const end = await jest([`${name}/`, flag], env, "--maxWorkers=2");
    expect(end.code).toBe(0);
    expect(end.stderr.includes("worker.terminate() loses what waits")).toBe(flag === "--workerThreads");
    // Jest gives a worker half a second for its end, which on a busy machine may be too little.
    if (flushes === "no" && end.stderr.includes("has been force exited")) return;
    expect(sink.eventIds.size).toBe(200);
    expect(sink.events).toHaveLength(200);
    expect(new Set(sink.events.map(({ sourceId }) => sourceId)).size).toBe(2);
  });

  it.each([
    ["forks", "yes"],
    ["threads", "yes"],
    ["vmForks", "yes"],
    ["vmThreads", "yes"],
    ["threads", "no"],
  ])("Vitest's pool %s, with flush before the end of a file: %s", async (pool, flushes) => {
    sink.misbehave = null;
    const use = `import { ${poolNames} } from "@spanledger/sdk"; import { afterAll, test } from "vitest";`;
    layOutPool("vitest-pool", "mjs", use);
    const end = await runProduct("", {
      file: vitest,
      cwd: laidOut.folder,
      args: ["run", "--root", laidOut.folder, `--pool=${pool}`, "vitest-pool/"],
      env: { ENDPOINT: sink.url, FLUSH: flushes },
    });
    expect(end.stdout).toContain("2 passed");
    expect(end.code).toBe(0);
    // Vitest ends a thread without a word to it: what waits is lost then, and that is said.
    const isSaid = end.stderr.includes("worker.terminate() loses what waits");
    expect(isSaid).toBe(pool.toLowerCase().includes("threads"));
    if (flushes === "yes") expect(sink.eventIds.size).toBe(200);
  });

  it("nothing is sent unless an endpoint is set, and wrong use still throws", async (ctx) => {
    const requests: string[] = [];
    const server = createServer((request, response) => {
      requests.push(request.url ?? "");
      response.end();
    });
    onTestFinished(() => void server.close());
    const listening = await new Promise((resolve) => {
      server.once("error", () => resolve(false)).listen(4318, "127.0.0.1", () => resolve(true));
    });
    if (listening === false) return ctx.skip("somebody listens on port 4318 of this machine");
    mkdirSync(join(laidOut.folder, "quiet"));
    writeFileSync(
      join(laidOut.folder, "quiet/quiet.test.js"),
      `const { flush, recordBusinessEvent, startBusinessEvents } = require("@spanledger/sdk");
      test("quiet", async () => {
        startBusinessEvents({ serviceName: "shop" });
        recordBusinessEvent("shop.sold");
        expect(() => recordBusinessEvent("session.start", {})).toThrow("session_id");
        expect(await flush({ timeoutMs: 500 })).toBe(true);
      });`,
    );
    const end = await jest(["quiet/"]);
    expect(end).toMatchObject({ code: 0, stdout: "" });
    expect(end.stderr).not.toContain("@spanledger/sdk:");
    expect(requests).toEqual([]);
  });
});
