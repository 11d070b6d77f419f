import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findCacheFolder } from "../setup/cache-folder.ts";
import { findProgram, isExecutable } from "../setup/find-program.ts";

const run = promisify(execFile);

/** The manifest from which the Collector is built. */
export const builderManifest = fileURLToPath(new URL("builder.yaml", import.meta.url));

/** All that a Collector has to know: the deployed configuration, and the one for several tenants on top. */
const configurations = ["../../otel-collector.yaml", "several-tenants.yaml"].flatMap((path) => [
  "--config",
  fileURLToPath(new URL(path, import.meta.url)),
]);

/** Where `npm run collector:build` puts the Collector of this manifest: another manifest, another folder. */
export async function locateBuiltCollector(): Promise<string> {
  const key = createHash("sha256")
    // Without comments: they change nothing that is built.
    .update((await readFile(builderManifest, "utf8")).replaceAll(/^\s*#.*\n/gm, ""))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex")
    .slice(0, 16);
  return join(await findCacheFolder(), "collector", key, "otelcol-spanledger");
}

/**
 * A Collector that has what our configurations need: `OTELCOL_BIN`, else `otelcol-spanledger` or
 * `otelcol-contrib` on the PATH, else the one that was built.
 * @throws if OTELCOL_BIN names one that lacks something
 */
export async function findCollector(): Promise<string | undefined> {
  const named = process.env["OTELCOL_BIN"];
  if (named !== undefined && named !== "") {
    const objection = await objectionOf(named);
    if (objection !== undefined) throw new Error(`OTELCOL_BIN=${named} cannot run our configuration: ${objection}`);
    return named;
  }
  for (const name of ["otelcol-spanledger", "otelcol-contrib"]) {
    const path = await findProgram(name);
    if (path !== undefined && (await objectionOf(path)) === undefined) return path;
  }
  const built = await locateBuiltCollector();
  return (await isExecutable(built)) ? built : undefined;
}

/**
 * Asked to validate, because the list that `otelcol components` prints leaves out whatever has an older name as well
 * (seen in 0.149: no otlp_http).
 * @returns what it says against our configurations; undefined if it takes them
 */
async function objectionOf(path: string): Promise<string | undefined> {
  const env = { ...process.env, PRODUCTS_HTPASSWD_FILE: "/dev/null" };
  try {
    await run(path, ["validate", ...configurations], { env });
    return undefined;
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    return (stderr ?? "").trim() || message;
  }
}
