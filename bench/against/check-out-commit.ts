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
 * ours if its lock file is the same, else `npm ci`. The worktree is removed when the process ends, too.
 * @throws Error if there is no such commit, or its dependencies cannot be installed
 */
export async function checkOutCommit(name: string, say: (line: string) => void): Promise<CheckedOut> {
  const git = async (...args: string[]): Promise<string> =>
    (await run("git", args, { cwd: root, maxBuffer: maxOutputBytes })).stdout;
  const hash = (
    await git("rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`).catch(() => {
      throw new Error(`--against ${name}: git knows no such commit; give a hash, a branch or a tag of this repository`);
    })
  ).trim();
  const commit = (await git("rev-parse", "--short", hash)).trim();
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

async function bringDependencies(folder: string, commit: string, say: (line: string) => void): Promise<void> {
  const [ours, theirs] = await Promise.all([root, folder].map((each) => readFile(join(each, "package-lock.json"))));
  if (ours?.equals(theirs as Buffer) === true && (await linkDependencies(folder))) {
    say(`${commit}: same lock file, dependencies are hard links to ours`);
    return;
  }
  say(`${commit}: installing its dependencies with npm ci`);
  await run("npm", ["ci", "--prefer-offline", "--no-audit"], { cwd: folder, maxBuffer: maxOutputBytes });
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
