import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { changeVersions, readVersion } from "./change-versions.ts";
import { closeChangelog, closeUpgrading } from "./close-sections.ts";
import { git, refuseDirtyTree } from "./git.ts";
import { nextVersion } from "./next-version.ts";
import type { Step } from "./next-version.ts";
import { ReleaseError } from "./release-error.ts";
import { noteRelease, releasesFile } from "./releases.ts";

/**
 * Makes a release in this clone, and publishes nothing: a commit with the version in all packages and the chart, and with the
 * sections of CHANGELOG and docs/upgrading.md; its tag; and a commit that notes the id of the first.
 * @param root top of the repository
 * @param date ISO
 * @returns the version and the id of the tagged commit
 * @throws ReleaseError before anything was changed
 */
export function makeRelease(
  root: string,
  step: Step,
  date: string,
): { readonly version: string; readonly commit: string } {
  refuseDirtyTree(root);
  const read = (path: string): string => readFileSync(join(root, path), "utf8");
  const current = readVersion(read);
  const version = nextVersion(current, step);
  const tag = `v${version}`;
  if (git(root, "tag", "--list", tag) !== "") throw new ReleaseError(`The tag ${tag} exists already.`);
  const changed = changeVersions(read, current, version);
  changed.set("CHANGELOG.md", closeChangelog(read("CHANGELOG.md"), version, date));
  changed.set("docs/upgrading.md", closeUpgrading(read("docs/upgrading.md"), version));
  commit(root, changed, `Release ${version}`);
  git(root, "tag", "--annotate", tag, "--message", `Spanledger ${version}`);
  const id = git(root, "rev-parse", "HEAD");
  const release = { date, commit: id, schema: newestMigration(root), countingRules: readCountingRules(read) };
  commit(
    root,
    new Map([[releasesFile, noteRelease(read(releasesFile), version, release)]]),
    `Note the commit of ${version}\n\nA commit cannot hold its own id. Tests of upgrades start this version by it.`,
  );
  return { version, commit: id };
}

function commit(root: string, files: ReadonlyMap<string, string>, message: string): void {
  for (const [path, text] of files) writeFileSync(join(root, path), text);
  try {
    git(root, "commit", "--quiet", "--message", message, "--", ...files.keys());
  } catch (error) {
    git(root, "checkout", "HEAD", "--", ...files.keys());
    throw error;
  }
}

function newestMigration(root: string): number {
  const numbers = readdirSync(join(root, "migrations")).flatMap((file) => /^(\d{4})_.*\.sql$/.exec(file)?.[1] ?? []);
  return Math.max(...numbers.map(Number));
}

function readCountingRules(read: (path: string) => string): number {
  const path = "collector-receiver/src/metrics/counting-rules.ts";
  const rules = /^export const countingRules = (\d+);$/m.exec(read(path))?.[1];
  if (rules === undefined) throw new ReleaseError(`${path} has no line "export const countingRules = <number>;".`);
  return Number(rules);
}
