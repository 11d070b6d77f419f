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
export const BUILDER_MANIFEST = fileURLToPath(new URL("builder.yaml", import.meta.url));

/** What otel-collector.yaml and the examples use, by the names that `otelcol components` prints. */
const neededComponents = [
  "otlp",
  "filter",
  "memory_limiter",
  "redaction",
  "resource",
  "transform",
  "debug",
  "otlp_http",
  "basicauth",
  "file_storage",
  "health_check",
];

/** Where `npm run collector:build` puts the Collector of this manifest: another manifest, another folder. */
export async function locateBuiltCollector(): Promise<string> {
  const key = createHash("sha256")
    // Without comments: they change nothing that is built.
    .update((await readFile(BUILDER_MANIFEST, "utf8")).replaceAll(/^\s*#.*\n/gm, ""))
    .update(`${process.platform}-${process.arch}`)
    .digest("hex")
    .slice(0, 16);
  return join(await findCacheFolder(), "collector", key, "otelcol-spanledger");
}

/**
 * A Collector that has what our configurations need: `OTELCOL_BIN`, else `otelcol-contrib` or
 * `otelcol-spanledger` on the PATH, else the one that was built.
 * @throws where OTELCOL_BIN names one that lacks something
 */
export async function findCollector(): Promise<string | undefined> {
  const named = process.env["OTELCOL_BIN"];
  if (named !== undefined && named !== "") {
    const missing = await missingComponents(named);
    if (missing.length > 0) throw new Error(`OTELCOL_BIN=${named} has no ${missing.join(", ")}`);
    return named;
  }
  for (const name of ["otelcol-spanledger", "otelcol-contrib"]) {
    const path = await findProgram(name);
    if (path !== undefined && (await missingComponents(path)).length === 0) return path;
  }
  const built = await locateBuiltCollector();
  return (await isExecutable(built)) ? built : undefined;
}

async function missingComponents(path: string): Promise<string[]> {
  let stdout: string;
  try {
    ({ stdout } = await run(path, ["components"], { maxBuffer: 16 * 1024 * 1024 }));
  } catch (cause) {
    throw new Error(`${path} does not run: ${(cause as Error).message}`, { cause });
  }
  const has = new Set([...stdout.matchAll(/^\s*- name: (\S+)/gm)].map((match) => match[1]));
  return neededComponents.filter((name) => !has.has(name));
}
