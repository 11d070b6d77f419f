import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { promisify } from "node:util";
import { onTestFinished, vi } from "vitest";

/** As npx runs it, in the folder of the product. pnpm puts a shell script there, which Node cannot run. */
export const program = "node_modules/@spanledger/collector-receiver/bin/spanledger.js";

/** A folder of a product in which the packages are installed, and how to run things there. */
export class InstalledReceiver {
  readonly folder: string;
  /** Nothing of this machine's or this clone's: no NODE_OPTIONS, no home. */
  readonly environment: Record<string, string>;

  constructor(folder: string) {
    this.folder = folder;
    this.environment = { PATH: process.env["PATH"] ?? "", HOME: join(folder, "home") };
  }

  /** Runs a command of `spanledger`, or another script with Node. */
  run(script: string, ...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
    return promisify(execFile)(process.execPath, [script, ...words], { cwd: this.folder, env: this.environment }).then(
      ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
      (error: { code: number; stdout: string; stderr: string }) => error,
    );
  }

  /**
   * Starts the receiver with an embedded PostgreSQL, and waits until it listens; the test's end stops it.
   * @param options of Node's own
   */
  async start(options: readonly string[] = []): Promise<{ url: string; pid: number; stop: () => Promise<void> }> {
    const child = spawn(process.execPath, [...options, program, "start"], {
      cwd: this.folder,
      env: { ...this.environment, PORT: "0" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "exit");
    const stop = async (): Promise<void> => {
      child.kill("SIGTERM");
      await ended;
    };
    onTestFinished(stop);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
    const url = await vi
      .waitUntil(() => /"url":"(http:[^"]+)"/.exec(said)?.[1], { timeout: 120_000 })
      .catch(() => {
        throw new Error(`the installed receiver did not come up; it said:\n${said}`);
      });
    return { url, pid: child.pid!, stop };
  }
}
