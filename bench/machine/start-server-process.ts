import { spawn } from "node:child_process";

export interface ServerProcess {
  readonly url: string;
  stop(): void;
}

/** Starts a program that prints its port of 127.0.0.1 and ends when its input ends. */
export function startServerProcess(path: string, args: readonly string[]): Promise<ServerProcess> {
  const child = spawn(process.execPath, ["--conditions=spanledger-source", path, ...args], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.stdout.once("data", (port: Buffer) => {
      resolve({ url: `http://127.0.0.1:${port.toString().trim()}`, stop: () => child.stdin.end() });
    });
  });
}
