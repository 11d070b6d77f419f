/** The package as it would be published, in folders that know nothing of this workspace. */
import { cpSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findNode } from "../../deploy/setup/obtain-node.ts";
import { makeFolder, makeProduct, packSdk, removeFolder } from "./fresh-folder.ts";
import { useSink } from "./use-sink.ts";
import { OtlpSink } from "./otlp-sink.ts";
import { runProduct, type ProductEnd, type ProductOptions } from "./run-product.ts";

const installMs = 240_000;
const parent = makeFolder();
let tarball: string;
let sink: OtlpSink;

beforeAll(async () => {
  tarball = await packSdk(parent);
}, installMs);
// Thousands of small files: on a busy machine that takes a while.
afterAll(() => removeFolder(parent), installMs);
useSink((started) => (sink = started));

function run(folder: string, file: string, options: ProductOptions = {}): Promise<ProductEnd> {
  return runProduct("", { endpoint: sink.url, file: join(folder, file), cwd: folder, ...options });
}

/** Both builds of the package, started by one of them. */
const bothBuilds = {
  "main.mjs": `
    import { createRequire } from "node:module";
    import * as esm from "@spanledger/sdk";
    const cjs = createRequire(import.meta.url)("@spanledger/sdk");
    if (esm.recordBusinessEvent === cjs.recordBusinessEvent) throw new Error("one build only");
    cjs.recordBusinessEvent("shop.early", { build: "cjs" });
    esm.startBusinessEvents();
    esm.recordBusinessEvent("shop.sold", { build: "esm" });
    esm.withBusinessContext({ around: "esm" }, () => cjs.recordBusinessEvent("shop.sold", { build: "cjs" }));
  `,
  "main.cjs": `
    const { startBusinessEvents, recordBusinessEvent } = require("@spanledger/sdk");
    startBusinessEvents();
    recordBusinessEvent("shop.sold", { build: "cjs" });
    process.exit(0);
  `,
};

/** The product's own tracing, with a sampler that records nothing. */
const underTracing = (start: string): Record<string, string> => ({
  "main.mjs": `
    import { trace } from "@opentelemetry/api";
    import { startBusinessEvents, recordBusinessEvent } from "@spanledger/sdk";
    ${start}
    const globalsBefore = Object.getOwnPropertySymbols(globalThis).map(String);
    startBusinessEvents();
    trace.getTracer("product").startActiveSpan("request", (span) => {
      recordBusinessEvent("shop.sold", { trace_id: span.spanContext().traceId });
      span.end();
    });
    const provider = trace.getTracerProvider();
    const otel = Object.getOwnPropertySymbols(globalThis).map(String);
    if (globalsBefore.join() !== otel.join()) throw new Error("a global was touched");
    setTimeout(() => process.exit(0), 50);
  `,
});

/** Says what the ES modules bring into the product's thread, by import, start, event and flush. */
const loadedModules = `
  import { createRequire } from "node:module";
  const before = new Set(process.moduleLoadList);
  const { flush, recordBusinessEvent, startBusinessEvents } = await import("@spanledger/sdk");
  startBusinessEvents();
  recordBusinessEvent("shop.sold", {});
  await flush();
  const api = Object.keys(createRequire(import.meta.url).cache).filter((file) => file.includes("@opentelemetry"));
  const builtin = process.moduleLoadList.filter((name) => !before.has(name));
  process.stdout.write(JSON.stringify([...builtin.map((name) => name.replace(/^.* /, "")), ...api]));
`;

describe("beside no OpenTelemetry SDK", () => {
  let folder: string;
  beforeAll(async () => {
    const files = { ...bothBuilds, "loaded.mjs": loadedModules };
    folder = await makeProduct(parent, "none", [tarball, "@opentelemetry/api@1.9"], files);
  }, installMs);

  it("the product's thread loads nothing that takes memory but threads", async () => {
    const { stdout, stderr } = await run(folder, "loaded.mjs");
    expect(stderr).toBe("");
    const loaded = JSON.parse(stdout) as string[];
    expect(loaded).toContain("worker_threads");
    const heavy =
      /@opentelemetry|^(?:http|https|net|tls|crypto|zlib|perf_hooks)$|fs\/promises|readline|internal\/util\/diff/;
    expect(loaded.filter((name) => heavy.test(name))).toEqual([]);
    expect(sink.events).toHaveLength(1);
  });

  it("the ES module and the CommonJS build share one pipeline", async () => {
    expect(await run(folder, "main.mjs")).toMatchObject({ code: 0, stderr: "" });
    const events = sink.events.toSorted((a, b) => a.seq - b.seq);
    expect(events.map(({ seq, attributes }) => [seq, attributes])).toEqual([
      [1, { build: "cjs" }],
      [2, { build: "esm" }],
      [3, { build: "cjs", around: "esm" }],
    ]);
    expect(new Set(events.map(({ sourceId }) => sourceId)).size).toBe(1);
  });

  it("CommonJS alone, ended by process.exit", async () => {
    expect(await run(folder, "main.cjs")).toMatchObject({ code: 0, stderr: "" });
    expect(sink.events).toHaveLength(1);
  });

  it("two copies of the package share one pipeline", async () => {
    cpSync(join(folder, "node_modules/@spanledger/sdk"), join(folder, "other/node_modules/@spanledger/sdk"), {
      recursive: true,
    });
    const { writeFileSync } = await import("node:fs");
    writeFileSync(
      join(folder, "other/record.cjs"),
      `require("@spanledger/sdk").recordBusinessEvent("shop.sold", { copy: 2 });`,
    );
    writeFileSync(
      join(folder, "copies.cjs"),
      `const { startBusinessEvents, recordBusinessEvent } = require("@spanledger/sdk");
       startBusinessEvents();
       recordBusinessEvent("shop.sold", { copy: 1 });
       require("./other/record.cjs");`,
    );
    expect(await run(folder, "copies.cjs")).toMatchObject({ code: 0, stderr: "" });
    expect(sink.events.map(({ seq, attributes }) => [seq, attributes["copy"]])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });

  it.each([["browser"], ["edge-light"], ["workerd"]])("bundling for %s fails with one sentence", async (condition) => {
    const failed = build({
      stdin: { contents: `import "@spanledger/sdk";`, resolveDir: folder },
      bundle: true,
      write: false,
      platform: condition === "browser" ? "browser" : "neutral",
      conditions: [condition],
      logLevel: "silent",
    });
    await expect(failed).rejects.toThrow(/records in Node only: import it in code of the server/);
  });

  it.for([20, 26])("on Node %i", async (major, ctx) => {
    const node = await findNode(major);
    if (node === undefined) return ctx.skip(`Node ${major} is not on this machine (npm run setup)`);
    expect(await run(folder, "main.mjs", { node })).toMatchObject({ code: 0, stderr: "" });
    expect(sink.events).toHaveLength(3);
    expect(await run(folder, "main.cjs", { node })).toMatchObject({ code: 0, stderr: "" });
    expect(sink.events).toHaveLength(4);
  });
});

describe.each([
  ["NodeSDK 2.x", ["@opentelemetry/api@1.9", "@opentelemetry/sdk-node@0.223"]],
  ["NodeSDK 3.x", ["@opentelemetry/api@1.10", "@opentelemetry/sdk-node@0.301"]],
])("beside %s", (name, packages) => {
  it(
    "installs, and records under a sampler that drops every trace",
    async () => {
      const folder = await makeProduct(
        parent,
        name.replaceAll(/\W+/g, "-").toLowerCase(),
        [tarball, ...packages],
        underTracing(`
          process.env.OTEL_TRACES_SAMPLER = "always_off";
          process.env.OTEL_METRICS_EXPORTER = "none";
          const { NodeSDK } = await import("@opentelemetry/sdk-node");
          const traceExporter = { export: (_spans, done) => done({ code: 0 }), shutdown: async () => {} };
          new NodeSDK({ traceExporter }).start();
        `),
      );
      expect(await run(folder, "main.mjs")).toMatchObject({ code: 0 });
      const [event] = sink.events;
      expect(event!.attributes["trace_id"]).toBe(event!.traceId);
      expect(event!.traceId).toMatch(/^(?!0{32})/);
      expect(event!.parentSpanId).not.toBe("");
    },
    installMs,
  );
});

/** A product with named imports, the same in CommonJS, and one that loads what is to be instrumented before the start. */
const fastifyProduct = {
  "main.mjs": `
    import { get } from "node:http";
    import { trace } from "@opentelemetry/api";
    import { fastify } from "fastify";
    import { recordBusinessEvent } from "@spanledger/sdk";
    import { visit } from "./visit.cjs";
    await visit({ get, trace, fastify, recordBusinessEvent });
  `,
  "main.cjs": `
    const { get } = require("node:http");
    const { trace } = require("@opentelemetry/api");
    const { fastify } = require("fastify");
    const { recordBusinessEvent } = require("@spanledger/sdk");
    void require("./visit.cjs").visit({ get, trace, fastify, recordBusinessEvent });
  `,
  "visit.cjs": `
  exports.visit = async ({ get, trace, fastify, recordBusinessEvent }) => {
    const app = fastify();
    app.get("/parcels/:number", async (request) => {
      const trace_id = trace.getActiveSpan()?.spanContext().traceId ?? "none";
      recordBusinessEvent("shop.visited", { trace_id, traceparent: String(request.headers.traceparent) });
      return "ok";
    });
    const address = await app.listen({ port: 0, host: "127.0.0.1" });
    await new Promise((resolve) => get(address + "/parcels/7", (answer) => answer.resume().on("end", resolve)));
    await app.close();
  };
  `,
  "late.mjs": `
    import { Client } from "pg";
    import { PgInstrumentation } from "@opentelemetry/instrumentation-pg";
    import { startTelemetry } from "@spanledger/sdk/telemetry";
    const telemetry = await startTelemetry({ instrumentations: [new PgInstrumentation()] });
    if (typeof Client !== "function") throw new Error("no Client");
    await telemetry.shutdown();
  `,
};

describe.each([
  ["NodeSDK 2.x", "1.9", "0.223", "0.70"],
  ["NodeSDK 3.x", "1.10", "0.301", "0.77"],
])("register on %s", (name, api, version, pgVersion) => {
  let folder: string;
  beforeAll(async () => {
    const ours = ["sdk-node", "instrumentation-http", "exporter-trace-otlp-http"];
    folder = await makeProduct(
      parent,
      `register-${name.replaceAll(/\W+/g, "-").toLowerCase()}`,
      [
        tarball,
        `@opentelemetry/api@${api}`,
        ...ours.map((one) => `@opentelemetry/${one}@${version}`),
        "fastify@5",
        "@fastify/otel",
        "pg@8",
        `@opentelemetry/instrumentation-pg@${pgVersion}`,
      ],
      fastifyProduct,
    );
  }, installMs);

  it.for([
    ["main.mjs", 24],
    ["main.mjs", 26],
    ["main.cjs", 24],
    ["main.cjs", 26],
  ] as const)("traces Fastify's routes and named imports of node:http: %s on Node %i", async ([file, major], ctx) => {
    const node = await findNode(major);
    if (node === undefined) return ctx.skip(`Node ${major} is not on this machine (npm run setup)`);
    const tracing = await OtlpSink.start();
    const end = await run(folder, file, {
      node,
      nodeArgs: ["--import", "@spanledger/sdk/register"],
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: tracing.url, OTEL_METRICS_EXPORTER: "none" },
    });
    await tracing.stop();
    expect(end).toMatchObject({ code: 0, stderr: "" });
    // Server (2), client (3), and what `@fastify/otel` adds: the request with its route, and its handler.
    expect(tracing.ordinarySpans.toSorted()).toEqual([
      "1:handler - fastify -> @fastify/otel",
      "1:request",
      "2:GET /parcels/:number",
      "3:GET",
    ]);
    const [event] = sink.events;
    expect(event!.attributes["trace_id"]).toBe(event!.traceId);
    expect(event!.attributes["traceparent"]).toContain(event!.traceId);
    expect(sink.ordinarySpans).toEqual([]);
  });

  it("by --require says what to use instead", async () => {
    const end = await run(folder, "main.cjs", { nodeArgs: ["--require", "@spanledger/sdk/register"] });
    expect(end.code).toBe(1);
    expect(end.stderr).toContain("node --import @spanledger/sdk/register");
  });

  it("names a package that a named import has loaded before the start", async () => {
    const end = await run(folder, "late.mjs", { env: { OTEL_TRACES_EXPORTER: "none", OTEL_METRICS_EXPORTER: "none" } });
    expect(end.code).toBe(0);
    expect(end.stderr).toContain("SPANLEDGER_LATE_START");
    expect(end.stderr).toMatch(/started too late for pg\b/);
  });
});

it(
  "beside the SDK of a vendor, which has its own provider and context manager",
  async () => {
    const folder = await makeProduct(
      parent,
      "vendor",
      [tarball, "@opentelemetry/api@1.9"],
      underTracing(`
        const { AsyncLocalStorage } = await import("node:async_hooks");
        const { context, ROOT_CONTEXT } = await import("@opentelemetry/api");
        const storage = new AsyncLocalStorage();
        context.setGlobalContextManager({
          active: () => storage.getStore() ?? ROOT_CONTEXT,
          with: (active, fn, self, ...args) => storage.run(active, () => fn.apply(self, args)),
          bind: (_context, target) => target,
          enable() { return this; },
          disable() { return this; },
        });
        const span = {
          spanContext: () => ({ traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", traceFlags: 0 }),
          end() {},
        };
        trace.setGlobalTracerProvider({
          getTracer: () => ({
            startSpan: () => span,
            startActiveSpan: (_name, fn) =>
              context.with(trace.setSpan(context.active(), span), () => fn(span)),
          }),
        });
      `),
    );
    expect(await run(folder, "main.mjs")).toMatchObject({ code: 0, stderr: "" });
    expect(sink.events[0]).toMatchObject({
      traceId: "4bf92f3577b34da6a3ce929d0e0e4736",
      parentSpanId: "00f067aa0ba902b7",
    });
  },
  installMs,
);
