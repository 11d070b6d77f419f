import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("steady-product.ts", import.meta.url));

export interface Load {
  /** Events recorded, as the product has said last. */
  readonly recorded: number;
  /** Stops recording, waits until the SDK has an answer for everything. */
  finish(): Promise<number>;
  /** `kill -9` of the product, with whatever is in its memory. */
  kill(): Promise<number>;
}

/** A product in a process of its own that records `rate` events a second for `tenant`. */
export function startLoad(endpoint: string, tenant: string, rate: number): Load {
  const child = spawn(process.execPath, ["--conditions=spanledger-source", program, String(rate), tenant], {
    env: { PATH: process.env["PATH"], SPANLEDGER_OTLP_ENDPOINT: endpoint },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const onExit = (): void => void child.kill("SIGKILL");
  process.once("exit", onExit);
  let recorded = 0;
  createInterface({ input: child.stdout }).on("line", (line) => {
    ({ recorded } = JSON.parse(line) as { recorded: number });
  });
  const ended = once(child, "close").then(() => process.off("exit", onExit));
  return {
    get recorded() {
      return recorded;
    },
    async finish() {
      child.stdin.end();
      await ended;
      return recorded;
    },
    async kill() {
      child.kill("SIGKILL");
      await ended;
      return recorded;
    },
  };
}
