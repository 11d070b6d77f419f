/** Products in one file, made by the bundlers that are in use: nothing of the package is beside it. */
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, it } from "vitest";
import { findNode } from "../../deploy/setup/obtain-node.ts";
import { expectSameEnd } from "./compare-ends.ts";
import { makeFolder, removeFolder } from "./fresh-folder.ts";
import { describeProduct } from "./describe-product.ts";
import { runProduct } from "./run-product.ts";
import { printSupport, rowsOf } from "./support-matrix.ts";

const run = promisify(execFile);

await describeProduct("bundlers", (laidOut) => {
  const elsewhere = makeFolder();
  afterAll(() => removeFolder(elsewhere));

  const bundle = async (bundler: string, format: string): Promise<string> => {
    const bundled = join(elsewhere, `${bundler}-${format}`);
    await run(process.execPath, [join(laidOut.folder, "bundle.js"), bundler, format, bundled], { cwd: laidOut.folder });
    return bundled;
  };

  it.each(rowsOf("bundlers").filter(({ key }) => key !== "sea"))("$name", async (row) => {
    for (const format of ["esm", "cjs"]) {
      const bundled = await bundle(row.key, format);
      for (const how of row.ends) {
        const events = await expectSameEnd({
          events: 700,
          run: (sdk, surroundings) =>
            runProduct("", {
              file: join(bundled, `${sdk}.${format === "esm" ? "mjs" : "cjs"}`),
              cwd: bundled,
              args: [how],
              ...surroundings,
            }),
        });
        expect(new Set(events.map(({ sourceId }) => sourceId)).size).toBe(1);
      }
    }
    printSupport(row);
  });

  it.for(rowsOf("bundlers").filter(({ key }) => key === "sea"))("$name", async (row, ctx) => {
    const node = await findNode(26);
    if (node === undefined) return ctx.skip("Node 26 is not on this machine (npm run setup)");
    const bundled = await bundle("esbuild", "cjs");
    for (const name of ["with", "without"]) {
      const config = { main: `${name}.cjs`, output: name, disableExperimentalSEAWarning: true };
      writeFileSync(join(bundled, `${name}.json`), JSON.stringify(config));
      await run(node, ["--build-sea", `${name}.json`], { cwd: bundled });
    }
    for (const how of row.ends) {
      await expectSameEnd({
        events: 700,
        // The program is in the executable: its argument stands where a file would.
        run: (sdk, surroundings) => runProduct("", { node: join(bundled, sdk), file: how, ...surroundings }),
      });
    }
    printSupport(row);
  });
});
