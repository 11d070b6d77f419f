import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findCacheFolder } from "./cache-folder.ts";
import { findJava } from "./find-language.ts";
import { findProgram } from "./find-program.ts";

const run = promisify(execFile);
const maxInstallMs = 300_000;
const pom = fileURLToPath(new URL("../../test/senders/java/pom.xml", import.meta.url));

/** The folder with the jars of the sender in Java, if `npm run setup` got them before. */
export async function findJavaPackages(): Promise<string | undefined> {
  const folder = await locate();
  return existsSync(folder) ? folder : undefined;
}

/** Why this machine cannot run the sender in Java; undefined if it can. */
export async function missingForJava(): Promise<string | undefined> {
  const { reason } = await findJava();
  if (reason !== undefined) return reason;
  return (await findProgram("mvn")) === undefined ? "no mvn on the PATH; Maven gets the packages" : undefined;
}

/**
 * Finds that folder, or lets Maven get what pom.xml names.
 * @throws if Maven cannot get it within five minutes
 */
export async function obtainJavaPackages(say: (line: string) => void): Promise<string> {
  const target = await locate();
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  await mkdir(dirname(target), { recursive: true });
  say("getting the packages of the sender in Java");
  const goal = ["dependency:copy-dependencies", `-DoutputDirectory=${unfinished}`];
  try {
    await run("mvn", ["-q", "-B", "-f", pom, ...goal], { timeout: maxInstallMs });
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return target;
}

/** Other packages, another folder. */
async function locate(): Promise<string> {
  const hash = createHash("sha256").update(await readFile(pom));
  return join(await findCacheFolder(), "java", hash.digest("hex").slice(0, 16));
}
