/** Builds `dist/`: ES modules and CommonJS from the same sources. Run by `npm run build -w sdk`. */
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = import.meta.dirname;
const dist = join(root, "dist");
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");

rmSync(dist, { recursive: true, force: true });
for (const project of ["tsconfig.build.json", "tsconfig.cjs.json"]) {
  execFileSync(process.execPath, [tsc, "-p", join(root, project)], { stdio: "inherit" });
}
// TypeScript neither copies hand-written CommonJS nor says which of the two a folder holds.
for (const file of ["worker-location.cjs", "register.cjs"]) {
  copyFileSync(join(root, "src", file), join(dist, "cjs", file));
}
mkdirSync(join(dist, "esm"), { recursive: true });
for (const [folder, type] of [
  ["esm", "module"],
  ["cjs", "commonjs"],
] as const) {
  // `imports` is read from the nearest package.json, so each folder needs the one it uses.
  const location = folder === "esm" ? "./worker-location.js" : "./worker-location.cjs";
  const content = { type, imports: { "#worker-location": location } };
  writeFileSync(join(dist, folder, "package.json"), `${JSON.stringify(content, null, 2)}\n`);
}
// A bundler for browsers or an edge runtime finds no such package, and shows this sentence.
const sentence =
  "@spanledger/sdk records in Node only: import it in code of the server, neither of a browser nor of an edge runtime";
writeFileSync(join(dist, "not-for-browsers.js"), `import "${sentence}";\n`);
