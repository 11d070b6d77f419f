import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findCacheFolder } from "./cache-folder.ts";
import { findProgram, isExecutable } from "./find-program.ts";

const run = promisify(execFile);

/** The Go program with which test/dashboards asks Grafana's own module for data. */
const sources = fileURLToPath(new URL("../../test/dashboards/grafana-judge/", import.meta.url));

/** Where the judge of these sources is put: other sources, another folder. */
async function locateJudge(): Promise<string> {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const file of ["main.go", "go.mod", "go.sum"]) hash.update(await readFile(join(sources, file)));
  return join(await findCacheFolder(), "grafana-judge", hash.digest("hex").slice(0, 16), "grafana-judge");
}

/** The judge, where it was built before. */
export async function findGrafanaJudge(): Promise<string | undefined> {
  const built = await locateJudge();
  return (await isExecutable(built)) ? built : undefined;
}

/**
 * Builds the judge unless that was done before. Takes some minutes the first time.
 * @returns the path of the program
 * @throws with what to do where Go is missing or too old (go.mod says which), or the build fails
 */
export async function buildGrafanaJudge(say: (line: string) => void): Promise<string> {
  const target = await locateJudge();
  if (await isExecutable(target)) return target;
  const go = await findProgram("go");
  if (go === undefined) throw new Error("Go 1.26 is needed to build the judge of the dashboards; install it");
  await mkdir(dirname(target), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  say("building the judge of the dashboards from Grafana's Go module; this takes some minutes");
  await run(go, ["build", "-o", unfinished, "."], { cwd: sources });
  // What is there is complete, also where two build it at once.
  await rename(unfinished, target);
  return target;
}
