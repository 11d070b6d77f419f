/** Bundles shop/with.js and shop/without.js into files that need nothing else: `bundle.js <bundler> <esm|cjs> <output folder>`. */
import { join } from "node:path";

const [bundler, format, folder] = process.argv.slice(2);
const input = Object.fromEntries(
  ["with", "without"].map((name) => [name, join(import.meta.dirname, "shop", `${name}.js`)]),
);
const extension = format === "esm" ? "mjs" : "cjs";

const bundlers = {
  async esbuild() {
    const { build } = await import("esbuild");
    await build({
      entryPoints: input,
      outdir: folder,
      outExtension: { ".js": `.${extension}` },
      bundle: true,
      minify: true,
      platform: "node",
      format,
    });
  },
  async rollup() {
    const { rollup } = await import("rollup");
    const { nodeResolve } = await import("@rollup/plugin-node-resolve");
    const { default: commonjs } = await import("@rollup/plugin-commonjs");
    const bundle = await rollup({ input, plugins: [nodeResolve({ exportConditions: ["node"] }), commonjs()] });
    await bundle.write({
      dir: folder,
      format,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `[name].${extension}`,
    });
  },
  async vite() {
    const { build } = await import("vite");
    await build({
      configFile: false,
      logLevel: "error",
      ssr: { noExternal: true },
      build: {
        ssr: true,
        outDir: folder,
        emptyOutDir: true,
        rolldownOptions: {
          input,
          output: { format, entryFileNames: `[name].${extension}`, chunkFileNames: `[name].${extension}` },
        },
      },
    });
  },
  async webpack() {
    const { default: webpack } = await import("webpack");
    const compiler = webpack({
      entry: input,
      target: "node",
      mode: "production",
      ...(format === "esm" ? { experiments: { outputModule: true } } : {}),
      output: { path: folder, filename: `[name].${extension}`, ...(format === "esm" ? { module: true } : {}) },
    });
    const stats = await new Promise((resolve, reject) => {
      compiler.run((error, result) => (error === null ? resolve(result) : reject(error)));
    });
    if (stats.hasErrors() || stats.hasWarnings()) throw new Error(stats.toString());
  },
};
await bundlers[bundler]();
