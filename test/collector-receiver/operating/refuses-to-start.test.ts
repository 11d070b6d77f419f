import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const main = fileURLToPath(new URL("../../../collector-receiver/src/main.ts", import.meta.url));

/** What `npm start` runs, with nothing of this machine's environment. */
async function start(environment: Record<string, string>): Promise<{ code: number | null; said: string }> {
  const child = spawn(process.execPath, ["--conditions=spanledger-source", main], {
    env: { PATH: process.env["PATH"], ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(child, "close")) as [number | null];
  return { code, said };
}

test("where other machines can reach it, the receiver does not start without tokens, and says how to mend that", async () => {
  const { code, said } = await start({ HOST: "0.0.0.0", INGEST_TOKENS: "default:a-token-that-is-not-shown" });
  // EX_CONFIG of sysexits.h: whoever restarts it need not try again.
  expect(code).toBe(78);
  expect(said).toContain("READ_TOKENS");
  expect(said).toContain("openssl rand -hex 24");
  expect(said).toContain("or set HOST to 127.0.0.1");
  expect(said).not.toContain("a-token-that-is-not-shown");
});
