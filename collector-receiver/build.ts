/**
 * Builds what is published beside `bin/`, `fonts/` and `templates/`: `dist/`, which mirrors `src/`, and a copy of the
 * migrations. Run by `npm pack`; nothing in the clone reads the results.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const root = import.meta.dirname;
const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin", "tsc");

// `npm run check:types` checks the types; here they are only stripped and declared.
replaceFolder("dist", (folder) => {
  const project = join(root, "tsconfig.build.json");
  execFileSync(process.execPath, [tsc, "--project", project, "--outDir", folder], { stdio: "inherit" });
  writeFileSync(join(folder, "commit"), `${readCommit()}\n`);
});

replaceFolder("migrations", (folder) => {
  const source = join(root, "../migrations");
  const migrations = readdirSync(source).filter((name) => /^\d+_.+\.sql$/.test(name));
  for (const name of migrations) cpSync(join(source, name), join(folder, name));
});

/** The commit that this is built from; `-dirty` if files differ from it. An image is built without git, and is told. */
function readCommit(): string {
  const told = process.env["SPANLEDGER_COMMIT"];
  if (told) return told;
  try {
    const words = ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"];
    return execFileSync("git", words, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "unknown";
  }
}

/** Fills a new folder and puts it in the old one's place, so that nothing stale stays and nobody sees it half full. */
function replaceFolder(name: string, fill: (folder: string) => void): void {
  const folder = join(root, `unfinished-${name}-${process.pid}`);
  mkdirSync(folder);
  try {
    fill(folder);
    rmSync(join(root, name), { recursive: true, force: true });
    renameSync(folder, join(root, name));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
