import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { findCacheFolder } from "./cache-folder.ts";
import { isExecutable } from "./find-program.ts";

const run = promisify(execFile);

/** Majors of Node that products have and the SDK is tested on, beside the one that runs the tests. */
export const testedNodeMajors = [20, 26] as const;

/** Another major of Node: the running one, one on the PATH, or the one that `npm run setup` put into the cache. */
export async function findNode(major: number): Promise<string | undefined> {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "node"));
  for (const file of [process.execPath, await cachedNode(major), ...onPath]) {
    if ((await isExecutable(file)) && (await majorOf(file)) === major) return file;
  }
  return undefined;
}

/**
 * Finds that Node, or installs npm's package of its binary into the cache folder.
 * @throws if npm cannot install it
 */
export async function obtainNode(major: number, say: (line: string) => void): Promise<string> {
  const found = await findNode(major);
  if (found !== undefined) return found;
  const folder = await nodeFolder(major);
  await mkdir(folder, { recursive: true });
  say(`installing ${binaryPackage}@${major}`);
  await run("npm", ["install", "--prefix", folder, "--no-save", "--no-audit", `${binaryPackage}@${major}`]);
  const installed = await findNode(major);
  if (installed === undefined)
    throw new Error(`${binaryPackage}@${major} is installed in ${folder} but does not run here`);
  return installed;
}

const binaryPackage = `node-${process.platform}-${process.arch}`;

async function nodeFolder(major: number): Promise<string> {
  return join(await findCacheFolder(), "node", String(major));
}

async function cachedNode(major: number): Promise<string> {
  return join(await nodeFolder(major), "node_modules", binaryPackage, "bin", "node");
}

async function majorOf(file: string): Promise<number | undefined> {
  try {
    const { stdout } = await run(file, ["--version"]);
    return Number(/^v(\d+)\./.exec(stdout)?.[1]);
  } catch {
    return undefined;
  }
}
