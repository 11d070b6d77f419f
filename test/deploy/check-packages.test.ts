import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { findPackageProblems } from "../../deploy/packages/check-packages.ts";
import { makeFolder, removeFolder } from "../sdk/fresh-folder.ts";

const esm = { types: "./index.d.ts", default: "./index.js" };

/** A tarball as npm packs it, with these exports. */
async function pack(exports: Record<string, unknown>, files: Record<string, string> = {}): Promise<string> {
  const folder = makeFolder();
  onTestFinished(() => removeFolder(folder));
  const manifest = {
    name: "sold",
    version: "1.0.0",
    license: "MIT",
    type: "module",
    main: "./index.js",
    types: "./index.d.ts",
    exports,
  };
  const all = {
    "package.json": JSON.stringify(manifest),
    "index.js": "export const a = 1;\n",
    "index.d.ts": "export declare const a = 1;\n",
    ...files,
  };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, "package", name)), { recursive: true });
    writeFileSync(join(folder, "package", name), text);
  }
  const tarball = join(folder, "sold-1.0.0.tgz");
  await promisify(execFile)("tar", ["-czf", tarball, "-C", folder, "package"]);
  return tarball;
}

test("a whole package has no problems, and nobody misses the sources of the clone in it", async () => {
  expect(await findPackageProblems(await pack({ ".": { "spanledger-source": "./src/index.ts", ...esm } }))).toEqual([]);
});

test.each<[what: string, exports: Record<string, unknown>, files: Record<string, string>, says: RegExp]>([
  ["a file that is not packed", { ".": { ...esm, node: "./node.js" } }, {}, /node\.js.* does not exist/],
  [
    "an entry without types",
    { ".": esm, "./more": "./more.js" },
    { "more.js": "export {};" },
    /"UntypedResolution","entrypoint":"\.\/more"/,
  ],
  [
    "an entry that TypeScript's node10 does not find",
    { ".": esm, "./more": { types: "./lib/more.d.ts", default: "./lib/more.js" } },
    { "lib/more.js": "export {};", "lib/more.d.ts": "export {};" },
    /"NoResolution","entrypoint":"\.\/more","resolutionKind":"node10"/,
  ],
  [
    "CommonJS under an ES module's name",
    { ".": { types: "./index.d.ts", default: "./index.js" } },
    { "index.js": "module.exports = { a: 1 };" },
    /index\.js/,
  ],
])("%s is found", async (_what, exports, files, says) => {
  expect((await findPackageProblems(await pack(exports, files))).join("\n")).toMatch(says);
});
