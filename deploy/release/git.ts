import { spawnSync } from "node:child_process";
import { ReleaseError } from "./release-error.ts";

/** Runs git in a folder. @returns what it printed, trimmed @throws ReleaseError with git's own words */
export function git(folder: string, ...parameters: string[]): string {
  const { status, stdout, stderr, error } = spawnSync("git", parameters, { cwd: folder, encoding: "utf8" });
  if (error !== undefined) throw new ReleaseError(`git cannot be run: ${error.message}`);
  if (status !== 0) throw new ReleaseError(`git ${parameters.join(" ")} failed:\n${stderr.trim() || stdout.trim()}`);
  return stdout.trim();
}

/** @throws ReleaseError naming the files if anything is not committed */
export function refuseDirtyTree(folder: string): void {
  const changes = git(folder, "status", "--porcelain");
  if (changes === "") return;
  throw new ReleaseError(
    `The working tree has changes that are not committed. Commit or remove them first:\n${changes}`,
  );
}
