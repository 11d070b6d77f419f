import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { findCacheFolder } from "./cache-folder.ts";
import { findGo } from "./find-language.ts";
import { isExecutable } from "./find-program.ts";

const run = promisify(execFile);

/** A program in Go that tests run. */
export interface GoProgram {
  readonly name: string;
  /** Folder with its go.mod. */
  readonly sources: string;
}

/** Where the program of these sources is put: other sources, another folder. */
async function locateGoProgram({ name, sources }: GoProgram): Promise<string> {
  const hash = createHash("sha256").update(`${process.platform}-${process.arch}`);
  const files = (await readdir(sources, { recursive: true })).filter(
    (file) => file.endsWith(".go") || /^go\.(?:mod|sum)$/.test(file),
  );
  for (const file of files.toSorted()) hash.update(file).update(await readFile(join(sources, file)));
  return join(await findCacheFolder(), name, hash.digest("hex").slice(0, 16), name);
}

/** The program, if it was built before. */
export async function findGoProgram(program: GoProgram): Promise<string | undefined> {
  const built = await locateGoProgram(program);
  return (await isExecutable(built)) ? built : undefined;
}

/**
 * Builds the program unless that was done before. Takes a minute or more the first time.
 * @returns its path
 * @throws with what to do if Go is missing or too old, or the build fails
 */
export async function buildGoProgram(program: GoProgram, say: (line: string) => void): Promise<string> {
  const target = await locateGoProgram(program);
  if (await isExecutable(target)) return target;
  const go = await findGo();
  if (go.path === undefined) throw new Error(go.reason);
  await mkdir(dirname(target), { recursive: true });
  const unfinished = `${target}.${process.pid}`;
  say(`building ${program.name} from its Go modules; this takes a while`);
  await run(go.path, ["build", "-o", unfinished, "."], { cwd: program.sources });
  // What is there is complete, even if two build it at once.
  await rename(unfinished, target);
  return target;
}
