import { execFile, execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface CheckedOut {
  readonly folder: string;
  /** Short hash. */
  readonly commit: string;
  remove(): void;
}

const root = fileURLToPath(new URL("../../", import.meta.url));
const maxOutputBytes = 64 * 1024 * 1024;

/**
 * Checks a commit out into a git worktree below `.spanledger/`, with its dependencies: hard links to
 * ours if its receiver runs on the same packages, else `npm ci`. The worktree is removed when the process ends, too.
 * @param name a hash, a branch or a tag; a full hash that this history lacks is fetched
 * @throws Error if there is no such commit, or its dependencies cannot be installed
 */
export async function checkOutCommit(name: string, say: (line: string) => void): Promise<CheckedOut> {
  const git = gitIn(root);
  const hash = await findCommit(root, name);
  const commit = await git("rev-parse", "--short", hash);
  await mkdir(join(root, ".spanledger"), { recursive: true });
  const place = await mkdtemp(join(root, ".spanledger/against-"));
  const folder = join(place, "worktree");
  const remove = (): void => {
    process.off("exit", remove);
    rmSync(place, { recursive: true, force: true });
    execFileSync("git", ["worktree", "prune"], { cwd: root });
  };
  process.on("exit", remove);
  try {
    await git("worktree", "add", "--detach", folder, hash);
    await bringDependencies(folder, commit, say);
  } catch (error) {
    remove();
    throw error;
  }
  return { folder, commit, remove };
}

const gitIn =
  (folder: string) =>
  async (...args: string[]): Promise<string> =>
    (await run("git", ["-c", "safe.directory=*", ...args], { cwd: folder, maxBuffer: maxOutputBytes })).stdout.trim();

/**
 * The full hash of a commit. One that a shallow clone lacks is fetched, which needs its full hash.
 * @throws Error naming it if neither this history nor `origin` has it
 */
export async function findCommit(folder: string, name: string): Promise<string> {
  const git = gitIn(folder);
  const find = (): Promise<string> => git("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`);
  const found = await find().catch(() => null);
  if (found !== null) return found;
  const problem = `git knows no commit ${name} here`;
  if (!/^[0-9a-f]{40}$/.test(name)) throw new Error(`${problem}: give a hash, a branch or a tag of this repository`);
  try {
    await git("fetch", "--quiet", "--depth=1", "origin", name);
    return await find();
  } catch (cause) {
    throw new Error(`${problem}, and \`origin\` does not give it: fetch the history (git fetch --unshallow)`, {
      cause,
    });
  }
}

async function bringDependencies(folder: string, commit: string, say: (line: string) => void): Promise<void> {
  const [ours, theirs] = await Promise.all(
    [root, folder].map(async (each) => runtimePackages(await readFile(join(each, "package-lock.json"), "utf8"))),
  );
  if (theirs?.every((each) => ours?.includes(each)) === true && (await linkDependencies(folder))) {
    say(`${commit}: same packages, dependencies are hard links to ours`);
    return;
  }
  say(`${commit}: installing its dependencies with npm ci`);
  await run("npm", ["ci", "--prefer-offline", "--no-audit"], { cwd: folder, maxBuffer: maxOutputBytes });
}

/**
 * What a receiver runs on, as `path version`: the installed packages of a lock file, without those of development and our own.
 */
export function runtimePackages(lockFile: string): string[] {
  const { packages } = JSON.parse(lockFile) as {
    packages: Record<string, { version?: string; dev?: boolean; devOptional?: boolean; link?: boolean }>;
  };
  return Object.entries(packages).flatMap(([path, { version, dev, devOptional, link }]) =>
    path.includes("node_modules/") && dev !== true && devOptional !== true && link !== true
      ? [`${path} ${version}`]
      : [],
  );
}

/** False if the file system has no hard links, or `cp` cannot make them. */
async function linkDependencies(folder: string): Promise<boolean> {
  const installed = JSON.parse(await readFile(join(root, "node_modules/.package-lock.json"), "utf8")) as {
    packages: Record<string, unknown>;
  };
  try {
    for (const path of dependencyFolders(Object.keys(installed.packages))) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await run("cp", ["-al", join(root, path), join(folder, path)]);
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * The outermost `node_modules` folders: the root's, and those of workspaces.
 * @param packages paths in `node_modules/.package-lock.json`, e.g. `collector-receiver/node_modules/pg`
 */
export function dependencyFolders(packages: readonly string[]): string[] {
  const folders = packages.flatMap((path) => /^(?:.*?\/)??node_modules(?=\/)/.exec(path)?.[0] ?? []);
  return [...new Set(folders)];
}
