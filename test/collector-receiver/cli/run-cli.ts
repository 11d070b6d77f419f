import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
export const program = fileURLToPath(new URL("../../../collector-receiver/bin/spanledger.js", import.meta.url));

export interface CliOutcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `spanledger` as a person does, in a process of its own with this environment alone. */
export function spanledger(environment: Record<string, string>, ...arguments_: string[]): Promise<CliOutcome> {
  return spanledgerIn(process.cwd(), environment, ...arguments_);
}

/** The same in another working folder. */
export function spanledgerIn(
  cwd: string,
  environment: Record<string, string>,
  ...arguments_: string[]
): Promise<CliOutcome> {
  const env = { PATH: process.env["PATH"] ?? "", ...environment };
  return run(process.execPath, [program, ...arguments_], { env, cwd }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: CliOutcome) => error,
  );
}
