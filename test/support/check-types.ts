import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { locateInRepository } from "../../docs/generate-documents.ts";

const compilerOptions = {
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  module: "esnext",
  moduleResolution: "bundler",
  types: [],
};

/** What the repository's compiler says of a program in `folder`, which it writes to `check.ts`; nothing if all fits. */
export async function checkTypes(folder: string, program: string): Promise<string> {
  await writeFile(join(folder, "check.ts"), program);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["check.ts"] }));
  const compiler = locateInRepository("node_modules/typescript/bin/tsc");
  const run = promisify(execFile)(process.execPath, [compiler, "-p", folder, "--pretty", "false"], {
    maxBuffer: 64 * 1024 * 1024,
  });
  return run.then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}
