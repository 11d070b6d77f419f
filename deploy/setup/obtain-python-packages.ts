import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { findCacheFolder } from "./cache-folder.ts";
import { findPython } from "./find-language.ts";

const run = promisify(execFile);

/** What Python runs here, and the file with the packages that it needs. */
const requirementsOf = {
  example: "examples/python-fastapi/requirements.txt",
  schemathesis: "test/schemathesis/requirements.txt",
  judges: "test/judges/python/requirements.txt",
} as const;

export type PythonUse = keyof typeof requirementsOf;

/** A Python with the packages of this use, if `npm run setup` made one before. */
export async function findPythonWithPackages(use: PythonUse = "example"): Promise<string | undefined> {
  const folder = await locateEnvironment(use);
  // Written last: an environment without it is unfinished.
  return (await isThere(join(folder, "complete"))) ? pythonOf(folder) : undefined;
}

/**
 * Finds that Python, or makes a virtual environment in the cache folder and installs the packages there.
 * @throws with what to do if Python or its module venv is missing or too old, or pip cannot install
 */
export async function obtainPythonPackages(use: PythonUse, say: (line: string) => void): Promise<string> {
  const found = await findPythonWithPackages(use);
  if (found !== undefined) return found;
  const python = await findPython();
  if (python.path === undefined) throw new Error(python.reason);
  const folder = await locateEnvironment(use);
  await mkdir(dirname(folder), { recursive: true });
  await rm(folder, { recursive: true, force: true });
  say(`installing the packages of ${requirementsOf[use]}`);
  try {
    await run(python.path, ["-m", "venv", folder]);
    await run(pythonOf(folder), ["-m", "pip", "install", "--quiet", "--requirement", pathOf(use)]);
  } catch (cause) {
    const { stderr = "", message } = cause as Error & { stderr?: string };
    throw new Error(
      `the packages of ${requirementsOf[use]} cannot be installed (on Debian: apt-get install python3-venv): ${stderr.trim() || message}`,
      { cause },
    );
  }
  await writeFile(join(folder, "complete"), "");
  return pythonOf(folder);
}

/** Other packages, another folder: an environment is never changed. It is tied to its place, so it is made there. */
async function locateEnvironment(use: PythonUse): Promise<string> {
  const key = createHash("sha256")
    .update(await readFile(pathOf(use)))
    .digest("hex")
    .slice(0, 16);
  return join(await findCacheFolder(), "python", key);
}

const pathOf = (use: PythonUse): string => fileURLToPath(new URL(`../../${requirementsOf[use]}`, import.meta.url));

const pythonOf = (folder: string): string => join(folder, "bin", "python");

const isThere = (path: string): Promise<boolean> =>
  readFile(path).then(
    () => true,
    () => false,
  );
