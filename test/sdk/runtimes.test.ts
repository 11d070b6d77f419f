/** The published package on every Node that products have, on Bun and on Deno. */
import { globSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findNode } from "../../deploy/setup/obtain-node.ts";
import { expectSameEnd } from "./compare-ends.ts";
import { OtlpSink } from "./otlp-sink.ts";
import { describeProduct } from "./describe-product.ts";
import { runProduct, type ProductOptions } from "./run-product.ts";
import { printSupport, rowsOf } from "./support-matrix.ts";

await describeProduct("runtimes", (laidOut) => {
  /** How the runtime is called; undefined if this machine has not got it. */
  const find = async (runtime: string): Promise<Pick<ProductOptions, "node" | "nodeArgs"> | undefined> => {
    const packages = join(laidOut.installed, "node_modules");
    if (runtime === "bun") return { node: globSync(join(packages, "@oven/*/bin/bun*"))[0]! };
    if (runtime === "deno") {
      return { node: globSync(join(packages, "@deno/*/deno*"))[0]!, nodeArgs: ["run", "--allow-all", "--quiet"] };
    }
    const node = await findNode(Number(runtime));
    return node === undefined ? undefined : { node };
  };

  it.for(rowsOf("runtimes"))("$name", async (row, ctx) => {
    const runtime = await find(row.key);
    if (runtime === undefined) return ctx.skip(`${row.name} is not on this machine (npm run setup)`);
    for (const how of row.ends) {
      await expectSameEnd({
        events: 700,
        run: (sdk, surroundings) =>
          runProduct("", {
            ...runtime,
            file: join(laidOut.folder, `shop/${sdk}.js`),
            cwd: laidOut.folder,
            args: [how],
            ...surroundings,
          }),
      });
    }
    printSupport(row);
  });

  it.for([
    ["20", 1],
    ["deno", 1],
    ["bun", 0],
  ] as const)("httpEvents on %s: %i event, or a line", async ([key, events], ctx) => {
    const runtime = await find(key);
    if (runtime === undefined) return ctx.skip(`Node ${key} is not on this machine (npm run setup)`);
    const sink = await OtlpSink.start();
    const end = await runProduct("", {
      ...runtime,
      file: join(laidOut.folder, "shop/http.js"),
      cwd: laidOut.folder,
      endpoint: sink.url,
    });
    await sink.stop();
    expect(end).toMatchObject({ code: 0, stdout: "found\n" });
    expect(sink.events).toHaveLength(events);
    expect(end.stderr).toMatch(events === 0 ? /^@spanledger\/sdk: httpEvents record nothing on Bun.*\n$/ : /^$/);
  });
});
