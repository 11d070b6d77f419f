import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findFreePort } from "../../collector-receiver/src/storage/find-free-port.ts";

export interface ReceiverProcess {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL("../../collector-receiver/src/main.ts", import.meta.url));
/** As `npm start` does. */
const nodeFlags = ["--conditions=spanledger-source", "--max-semi-space-size=24", "--heap-growing-percent=80"];
const startWithinMs = 60_000;

/**
 * Starts a receiver as a user does, on a free port.
 * @param nodeOptions for profiling, e.g. `--cpu-prof`
 */
export async function startReceiverProcess(
  connectionString: string,
  environment: Readonly<Record<string, string>> = {},
  nodeOptions: readonly string[] = [],
): Promise<ReceiverProcess> {
  const port = await findFreePort();
  const child = spawn(process.execPath, [...nodeFlags, ...nodeOptions, main], {
    stdio: ["ignore", "inherit", "inherit"],
    env: {
      PATH: process.env["PATH"] ?? "",
      DATABASE_URL: connectionString,
      HOST: "127.0.0.1",
      PORT: String(port),
      LOG_LEVEL: "warn",
      ...environment,
    },
  });
  const deadline = Date.now() + startWithinMs;
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the receiver ended with ${child.exitCode} before it was ready`);
    const ready = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
    if (ready?.status === 200) break;
    if (Date.now() > deadline) {
      child.kill();
      throw new Error("the receiver was not ready in time");
    }
    await sleep(50);
  }
  return {
    pid: child.pid ?? -1,
    port,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}
