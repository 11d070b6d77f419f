import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

export interface VerifyResult {
  readonly exitCode: number;
  readonly output: string;
}

const spanledger = fileURLToPath(new URL("../../collector-receiver/bin/spanledger.js", import.meta.url));

/** `spanledger verify` on a database, as a process of its own. */
export async function runVerify(databaseUrl: string, signal: AbortSignal): Promise<VerifyResult> {
  const child = spawn(process.execPath, [spanledger, "verify"], {
    env: { ...process.env, DATABASE_URL: databaseUrl },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (chunk: string) => (output += chunk));
  }
  const [code] = (await once(child, "close")) as [number | null];
  return { exitCode: code ?? 1, output: output.trim() };
}
