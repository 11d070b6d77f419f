import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { locateInRepository } from "../../docs/generate-documents.ts";

/** Folders that `.gitignore` names, and git's own. */
const ignored = new Set([".git", ".spanledger", "node_modules", "dist", "coverage"]);

/**
 * Paths of the repository's files, relative to its root. From git; if this copy has no repository, or git may not read it,
 * from the folders.
 */
export function repositoryFiles(): string[] {
  const root = locateInRepository("");
  const words = ["-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"];
  const { status, stdout } = spawnSync("git", words, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const files = status === 0 ? stdout.split("\0") : walk(root, "");
  return files.filter((path) => path !== "" && existsSync(join(root, path)));
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (ignored.has(entry.name)) return [];
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path) : [path];
  });
}

/** The commit that is checked out; `unknown`, as a build says it, if git cannot tell. */
export function headCommit(): string {
  const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD"], { cwd: locateInRepository(""), encoding: "utf8" });
  return status === 0 ? stdout.trim() : "unknown";
}
