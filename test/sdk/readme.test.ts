/** Every snippet of sdk/README.md is run as it stands there. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sdkProducts } from "../../deploy/setup/obtain-sdk-products.ts";
import { useSink } from "./use-sink.ts";
import type { OtlpSink } from "./otlp-sink.ts";
import { runProduct } from "./run-product.ts";
import { lineOf, linesOfReadme, supportRows } from "./support-matrix.ts";

const readme = readFileSync(join(import.meta.dirname, "../../sdk/README.md"), "utf8");
const snippets = new Map(
  [...readme.matchAll(/```js\n\/\/ (\S+)\n([^`]*(?:`[^`]+`[^`]*)*?)```/g)].map(([, file, code]) => [file!, code!]),
);
// Inside the workspace, so that the package resolves to its sources.
const folder = join(import.meta.dirname, `.snippets-${process.pid}`);

let sink: OtlpSink;
beforeAll(() => mkdirSync(folder));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
useSink((started) => (sink = started));

const expected: Readonly<Record<string, readonly (readonly [string, Record<string, unknown>])[]>> = {
  "first-event.mjs": [["session.start", { session_id: "s-1", channel: "web" }]],
  "typed.mjs": [
    ["query.order", { order_number: "FD12345", success: true, response_time_ms: 84 }],
    ["ticket.created", { ticket_id: 1042, source: "chat" }],
    ["coupon.redeemed", { code: "WELCOME", amount: 5 }],
  ],
  "context.mjs": [["session.message", { role: "ai", response_time_ms: 1480, session_id: "s-7", user_id: "u-5f1c" }]],
  "http.mjs": [
    ["query.tracking", { tracking_number: "TEST123456", success: true, response_time_ms: expect.any(Number) }],
  ],
  "recorder.mjs": [],
  "serverless.mjs": [["session.end", { session_id: "s-1" }]],
};

describe("sdk/README.md", () => {
  it("has a test for each snippet", () => {
    expect([...snippets.keys()]).toEqual(Object.keys(expected));
    expect(readme.match(/```js/g)).toHaveLength(snippets.size);
  });

  it("names the versions on which the SDK is tested", () => {
    const products = join(import.meta.dirname, "products");
    const versions = sdkProducts.flatMap((product) => {
      const manifest = JSON.parse(readFileSync(join(products, product, "package.json"), "utf8")) as {
        dependencies: Record<string, string>;
      };
      return Object.entries(manifest.dependencies).map(([name, version]) =>
        // An alias names its package itself: npm:typescript@5.0.4.
        version.replace(/^npm:(.+)@/, "$1 ").replace(/^(?=\d)/, `${name} `),
      );
    });
    // What the others need, rather than what is tested.
    const parts =
      /^(?:@opentelemetry\/api|@types\/node|@nestjs\/(?:common|platform-express)|@rollup\/.+|react|react-dom|reflect-metadata|rxjs) /;
    const missing = versions.filter((version) => !parts.test(version) && !readme.includes(version));
    expect(missing).toEqual([]);
  });

  it("has the table that the tests of products print", () => {
    expect(linesOfReadme()).toEqual(supportRows.map(lineOf));
  });

  it("needs five lines for the first event", () => {
    expect(snippets.get("first-event.mjs")!.trim().split("\n").length).toBeLessThanOrEqual(5);
  });

  it.each(Object.entries(expected))("%s", async (name, events) => {
    const file = join(folder, name);
    writeFileSync(file, snippets.get(name)!);
    const end = await runProduct("", {
      endpoint: sink.url,
      file,
      nodeArgs: ["--conditions=spanledger-source"],
      env: { NODE_ENV: "test" },
    });
    expect(end).toMatchObject({ code: 0, stderr: "" });
    const received = sink.events.toSorted((a, b) => a.seq - b.seq);
    expect(received.map((event) => [event.name, event.attributes])).toEqual(events);
  });
});
