import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A problem that pyright finds; lines count from 1. */
export interface PythonProblem {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

const require = createRequire(import.meta.url);
const pyright = join(dirname(require.resolve("pyright/package.json")), "index.js");

/**
 * Checks the types of files by pyright's strict rules.
 * @param python the Python whose packages the files import, if they import any
 */
export function checkPython(folder: string, files: readonly string[], python?: string): Promise<PythonProblem[]> {
  const flags = python === undefined ? [] : ["--pythonpath", python];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [pyright, "--outputjson", ...flags, ...files],
      { cwd: folder, maxBuffer: 2 ** 26 },
      (error, stdout, stderr) => {
        // It ends with 1 if it finds something.
        if (error !== null && error.code !== 1) reject(new Error(`pyright: ${stderr}${stdout}`, { cause: error }));
        else resolve(readProblems(stdout));
      },
    );
  });
}

function readProblems(output: string): PythonProblem[] {
  const { generalDiagnostics } = JSON.parse(output) as {
    generalDiagnostics: { file: string; message: string; range?: { start: { line: number } } }[];
  };
  return generalDiagnostics.map(({ file, message, range }) => ({
    file,
    message,
    line: (range?.start.line ?? -1) + 1,
  }));
}
