import { existsSync, lstatSync, mkdirSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

const writableByOthers = 0o022;
const sticky = 0o1000;

/** `$XDG_CACHE_HOME/spanledger`, else `~/.cache/spanledger`. */
export function userCacheFolder(): string {
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "spanledger");
}

/**
 * Makes a folder that nobody but its owner and root can write to or replace, mode 0700.
 * Code that lies in any other folder may be somebody else's.
 * @param uid owner that the folder must have
 * @returns its path without symbolic links; undefined if the folder can't be made, is a symbolic link, has another owner,
 *   is writable by others, or has a parent that others can write to. Always undefined on Windows, which has no such modes
 */
export function makePrivateFolder(folder: string, uid = process.geteuid?.()): string | undefined {
  if (uid === undefined) return undefined;
  try {
    const missing: string[] = [];
    let existing = resolve(folder);
    for (; !existsSync(existing); existing = dirname(existing)) missing.unshift(basename(existing));
    if (missing.length === 0 && lstatSync(existing).isSymbolicLink()) return undefined;
    const real = realpathSync(existing);
    // Checked before anything is made: root must not make folders where somebody else's link leads.
    if (!isSafe(real, uid)) return undefined;
    // One by one: with `recursive`, Node 24 tries for ever below /proc, where mkdir fails with ENOENT.
    let made = real;
    for (const name of missing) {
      made = join(made, name);
      tryToMake(made);
    }
    const found = lstatSync(made);
    const isOurs = found.isDirectory() && found.uid === uid && (found.mode & writableByOthers) === 0;
    return isOurs ? made : undefined;
  } catch {
    return undefined;
  }
}

/** Another process may have made it at the same time. Whether it is ours is checked afterwards. */
function tryToMake(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // Not made.
  }
}

/** True if others can replace neither `folder` nor one above it, nor what is in them. In a sticky one they can't. */
function isSafe(folder: string, uid: number): boolean {
  const { mode, uid: owner } = lstatSync(folder);
  const isTrusted = (owner === uid || owner === 0) && ((mode & writableByOthers) === 0 || (mode & sticky) !== 0);
  const parent = dirname(folder);
  return isTrusted && (parent === folder || isSafe(parent, uid));
}
