/** Builds `dist/`: ES modules and CommonJS from the same sources. Run by `npm run build -w sdk`. */
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build } from "esbuild";

const root = import.meta.dirname;
const dist = join(root, "dist");
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");

rmSync(dist, { recursive: true, force: true });
for (const project of ["tsconfig.build.json", "tsconfig.cjs.json"]) {
  execFileSync(process.execPath, [tsc, "-p", join(root, project)], { stdio: "inherit" });
}

/** What the package exports, but for `register`'s CommonJS, which is written by hand. */
const entries = ["index", "telemetry", "event-catalogue", "testing", "register"];

const workerSource = JSON.stringify(await bundleWorker());
const writers = {
  esm: `export const workerSource = ${workerSource};\n`,
  cjs: `"use strict";\nexports.workerSource = ${workerSource};\n`,
};
for (const [folder, content] of Object.entries(writers)) {
  writeFileSync(join(dist, folder, "sending", "worker-source.js"), content);
  // TypeScript does not say which of the two a folder holds.
  const type = folder === "esm" ? "module" : "commonjs";
  writeFileSync(join(dist, folder, "package.json"), `${JSON.stringify({ type }, null, 2)}\n`);
  // Only the string is used: the program would otherwise be in the package twice.
  for (const extension of ["js", "d.ts"]) rmSync(join(dist, folder, "sending", `send-worker.${extension}`));
}
// TypeScript does not copy hand-written CommonJS.
copyFileSync(join(root, "src", "register.cjs"), join(dist, "cjs", "register.cjs"));
writeFileSync(join(dist, "cjs", "register.d.cts"), "export {};\n");

await bundleModules();

/**
 * A few ES modules instead of seventy: a process loads them in half the time, and with 3 MB less. CommonJS stays as it
 * is: there a bundle could not share modules between its entries.
 */
async function bundleModules(): Promise<void> {
  const esm = join(dist, "esm");
  const bundled = join(dist, "bundled");
  await build({
    entryPoints: entries.map((entry) => join(esm, `${entry}.js`)),
    outdir: bundled,
    bundle: true,
    splitting: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  for (const file of readdirSync(esm, { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".js")) rmSync(join(esm, file));
  }
  for (const file of readdirSync(bundled)) renameSync(join(bundled, file), join(esm, file));
  rmSync(bundled, { recursive: true });
}

/** The worker's program in one piece, which needs nothing but Node. */
async function bundleWorker(): Promise<string> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(root, "src", "sending", "send-worker.ts")],
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    minify: true,
    legalComments: "none",
    metafile: true,
    write: false,
  });
  const outside = Object.keys(metafile.inputs).filter((file) => file.includes("node_modules"));
  if (outside.length > 0) throw new Error(`the worker must need nothing but Node, and needs ${outside.join(", ")}`);
  return outputFiles[0]!.text;
}
// A bundler for browsers or an edge runtime finds no such package, and shows this sentence. Next.js compiles its
// instrumentation.ts for both runtimes.
const sentence =
  "@spanledger/sdk records in Node only: import it in code of the server, neither of a browser nor of an edge runtime; " +
  "in instrumentation.ts of Next.js by await import(...) behind process.env.NEXT_RUNTIME === 'nodejs'";
writeFileSync(join(dist, "not-for-browsers.js"), `import "${sentence}";\n`);
