/** Builds `dist/`: ES modules and CommonJS from the same sources. Run by `npm run build -w sdk`. */
import { execFileSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { build, type Plugin } from "esbuild";

const root = import.meta.dirname;
const dist = join(root, "dist");
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");

rmSync(dist, { recursive: true, force: true });
for (const project of ["tsconfig.build.json", "tsconfig.cjs.json"]) {
  execFileSync(process.execPath, [tsc, "-p", join(root, project)], { stdio: "inherit" });
}

const apiNotice = "// Parts are of @opentelemetry/api, Copyright The OpenTelemetry Authors, Apache License 2.0.\n";

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
 * A few ES modules instead of seventy: a process loads them in half the time, and with 3 MB less. OpenTelemetry's API,
 * 40 modules of CommonJS, is in it, and takes 3 MB less too: its copies share what is registered in a process.
 * CommonJS stays as it is: there a bundle could not share modules between its entries.
 */
async function bundleModules(): Promise<void> {
  const esm = join(dist, "esm");
  const bundled = join(dist, "bundled");
  await build({
    entryPoints: entries.map((entry) => join(esm, `${entry}.js`)),
    outdir: bundled,
    bundle: true,
    splitting: true,
    plugins: [bundleApi(), loadBuiltins(join(esm, "require-builtin.js"))],
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "error",
  });
  for (const file of readdirSync(esm, { recursive: true, encoding: "utf8" })) {
    if (file.endsWith(".js")) rmSync(join(esm, file));
  }
  for (const file of readdirSync(bundled)) {
    const code = readFileSync(join(bundled, file), "utf8");
    const notice = code.includes("node_modules/@opentelemetry/api/") ? apiNotice : "";
    writeFileSync(join(esm, file), code + notice);
  }
  rmSync(bundled, { recursive: true });
}

/** Takes OpenTelemetry's API, as ES modules, into the bundle. */
function bundleApi(): Plugin {
  const path = join(dirname(require.resolve("@opentelemetry/api")), "..", "esm", "index.js");
  return {
    name: "bundle-api",
    setup: ({ onResolve }) => onResolve({ filter: /^@opentelemetry\/api$/ }, () => ({ path, sideEffects: false })),
  };
}

/**
 * An `import` of a built-in module reads all its exports, and so loads what Node would load when it is used: 34 modules,
 * or 2 MB, behind `node:fs` alone. What is imported is read from the module instead.
 * @param requireBuiltin the module that gives them, and imports its own as they are
 */
function loadBuiltins(requireBuiltin: string): Plugin {
  return {
    name: "load-builtins",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:/ }, ({ path, importer }) =>
        importer === requireBuiltin ? { path, external: true } : { path, namespace: "builtin", sideEffects: false },
      );
      onLoad({ filter: /^/, namespace: "builtin" }, ({ path }) => {
        const names = Object.keys(require(path) as object).filter((name) => name !== "default");
        const lines = [
          `import { requireBuiltin } from ${JSON.stringify(requireBuiltin)};`,
          `const builtin = /* @__PURE__ */ requireBuiltin(${JSON.stringify(path)});`,
          "export default builtin;",
          ...names.map((name) => `export const ${name} = /* @__PURE__ */ Reflect.get(builtin, "${name}");`),
        ];
        return { contents: lines.join("\n"), resolveDir: root };
      });
    },
  };
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
