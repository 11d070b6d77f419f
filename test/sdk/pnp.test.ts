/** A product that Yarn installs as Plug'n'Play: packages stay in archives, and there is no node_modules. */
import { execFile } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, it } from "vitest";
import { findSdkProduct } from "../../deploy/setup/obtain-sdk-products.ts";
import { describeWith } from "../support/describe-with.ts";
import { expectSameEnd } from "./compare-ends.ts";
import { makeFolder, removeFolder } from "./fresh-folder.ts";
import { unpackSdk } from "./product-folder.ts";
import { runProduct } from "./run-product.ts";
import { printSupport, rowsOf } from "./support-matrix.ts";

const run = promisify(execFile);
const products = join(import.meta.dirname, "products");

describeWith("the packages of test/sdk/products/pnp (npm run setup)", await findSdkProduct("pnp"), (installed) => {
  // Away from every node_modules.
  const folder = makeFolder();
  beforeAll(async () => {
    for (const file of [".yarnrc.yml", "with.cjs", "without.cjs"])
      cpSync(join(products, "pnp", file), join(folder, file));
    cpSync(join(products, "shop"), join(folder, "shop"), { recursive: true });
    const packages = {
      "@spanledger/sdk": await unpackSdk(),
      "@opentelemetry/api": join(installed(), "node_modules/@opentelemetry/api"),
    };
    const dependencies: Record<string, string> = {};
    for (const [name, source] of Object.entries(packages)) {
      const archive = `${name.replaceAll(/\W+/g, "-")}.tgz`;
      await run("tar", ["-czf", join(folder, archive), "-C", dirname(source), basename(source)]);
      dependencies[name] = `file:./${archive}`;
    }
    writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "pnp", type: "module", dependencies }));
    await run(process.execPath, [join(installed(), "node_modules/@yarnpkg/cli-dist/bin/yarn.js"), "install"], {
      cwd: folder,
    });
  }, 240_000);
  afterAll(() => removeFolder(folder));

  it.each(rowsOf("Yarn"))("$name", async (row) => {
    for (const file of ["shop/with.js", "with.cjs"]) {
      for (const how of row.ends) {
        await expectSameEnd({
          events: 700,
          run: (sdk, { endpoint, env }) =>
            runProduct("", {
              file: join(folder, file.replace("with", sdk)),
              cwd: folder,
              args: [how],
              endpoint,
              // As `yarn node` sets it.
              env: { ...env, NODE_OPTIONS: "--require ./.pnp.cjs --experimental-loader ./.pnp.loader.mjs" },
            }),
        });
      }
    }
    printSupport(row);
  });
});
