import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFile, mkdir, readFile, rename, rm } from "node:fs/promises";
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { findCacheFolder } from "./cache-folder.ts";

const run = promisify(execFile);
const manifests = ["package.json", "package-lock.json"] as const;

/** A program of the tests with npm packages of its own: the folder with its lock file. */
export interface NodeProgram {
  /** Folder of the cache below which the packages are. */
  readonly kind: string;
  readonly sources: string;
}

/** The folder in which the program's packages are installed, if `npm run setup` did that before. */
export async function findNodePackages(program: NodeProgram): Promise<string | undefined> {
  const folder = await locate(program);
  return existsSync(folder) ? folder : undefined;
}

/**
 * Finds that folder, or installs the program's packages as its lock file has them, without their install scripts.
 * @throws if npm cannot install them
 */
export async function obtainNodePackages(program: NodeProgram, say: (line: string) => void): Promise<string> {
  const target = await locate(program);
  if (existsSync(target)) return target;
  const unfinished = `${target}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  for (const file of manifests) await copyFile(join(program.sources, file), join(unfinished, file));
  say(`installing the npm packages of ${program.sources}`);
  try {
    await run("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: unfinished });
    // What is there is complete, also if two install it at once.
    await mkdir(dirname(target), { recursive: true });
    await rename(unfinished, target);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return target;
}

/** Other packages, another folder. */
async function locate({ kind, sources }: NodeProgram): Promise<string> {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  for (const file of manifests) hash.update(await readFile(join(sources, file)));
  return join(await findCacheFolder(), kind, basename(sources), hash.digest("hex").slice(0, 16));
}
