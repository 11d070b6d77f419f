import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findWorkflowProblems } from "./workflow-problems.ts";

/** Checks what only GitHub reads, before it does: `npm run check:workflows`. */
const root = join(import.meta.dirname, "../..");
const folder = ".github/workflows";
const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: Record<string, string> };
const repository = { scripts: Object.keys(scripts), hasFile: (path: string) => existsSync(join(root, path)) };

let checked = 0;
for (const file of readdirSync(join(root, folder))) {
  const path = `${folder}/${file}`;
  checked++;
  for (const problem of await findWorkflowProblems(path, readFileSync(join(root, path), "utf8"), repository)) {
    process.stderr.write(`${path}: ${problem}\n`);
    process.exitCode = 1;
  }
}
process.stdout.write(`${checked} workflows checked\n`);
