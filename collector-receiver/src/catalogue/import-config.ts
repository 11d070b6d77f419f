import { readFileSync } from "node:fs";
import { createRequire, registerHooks, type ResolveFnOutput, type ResolveHookSync } from "node:module";
import { extname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { packageName } from "../package-root.ts";

/**
 * Imports a file of the product's own, wherever it lies: in a folder in which our package cannot be found, beside another
 * version of it, or in a CommonJS package.
 * @param file path without symbolic links
 * @returns its default export
 */
export async function importConfig(file: string): Promise<unknown> {
  const hooks = registerHooks({ resolve });
  try {
    const loaded = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as { readonly default?: unknown };
    return loaded.default;
  } finally {
    hooks.deregister();
  }
}

const { resolve: resolveFromHere } = createRequire(import.meta.url);

const resolve: ResolveHookSync = (specifier, context, nextResolve) => {
  const isOurs = specifier === packageName || specifier.startsWith(`${packageName}/`);
  if (!isOurs) return withFormatOfSyntax(nextResolve(specifier, context));
  // `resolveFromHere` comes back to this hook.
  if (context.parentURL === import.meta.url) return nextResolve(specifier, context);
  return { url: pathToFileURL(resolveFromHere(specifier)).href, shortCircuit: true };
};

/** The beginning of a statement that only an ES module may have; a minified file has several on a line. */
const moduleStatement = /(?:^|[;}])[ \t]*(?:import\s*["'{*]|import\s+\w|export\s*[{*]|export\s+\w)/m;

/** Node goes by the `type` of the nearest package.json, which says nothing about a config that was put beside it. */
function withFormatOfSyntax(resolved: ResolveFnOutput): ResolveFnOutput {
  if (!resolved.url.startsWith("file:") || resolved.url.includes("/node_modules/")) return resolved;
  const path = fileURLToPath(resolved.url);
  const format = { ".ts": "module-typescript", ".js": "module" }[extname(path)];
  if (format === undefined || !moduleStatement.test(readFileSync(path, "utf8"))) return resolved;
  return { ...resolved, format };
}
