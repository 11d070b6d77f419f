import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { tracesWith } from "../support/otlp-json.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

async function npmStart(environment: Record<string, string>) {
  const { DATABASE_URL: _, ...inherited } = process.env;
  // npm puts the Node of node_modules first, as it does for whoever types it.
  const child = spawn("npm", ["start", "--silent"], {
    cwd: repository,
    env: { ...inherited, HOST: "127.0.0.1", PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  onTestFinished(() => {
    // The whole group: npm does not pass SIGKILL on.
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, "SIGKILL");
  });
  return child;
}

test("npm start runs by Node itself, with an embedded PostgreSQL, and ends cleanly on SIGTERM", async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), "spanledger-start-"));
  onTestFinished(() => rm(dataFolder, { recursive: true, force: true, maxRetries: 20 }));
  for (const round of [1, 2]) {
    const child = await npmStart({ DATA_FOLDER: dataFolder });
    let url = "";
    let receiverPid = 0;
    for await (const line of createInterface(child.stdout)) {
      const entry = JSON.parse(line) as { url?: string; pid: number };
      if (entry.url === undefined) continue;
      ({ url, pid: receiverPid } = { url: entry.url, pid: entry.pid });
      break;
    }
    child.stdout.resume();
    const body = tracesWith([{ name: "session.start", attributes: { session_id: `s${round}` } }]);
    const sent = await fetch(`${url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    expect(sent.status).toBe(200);
    const summary = await (await fetch(`${url}/api/analytics/summary`)).json();
    // The second start goes on from what the first one stored.
    expect(summary).toMatchObject({ current: { total_sessions: round } });
    const ended = once(child, "exit");
    process.kill(receiverPid, "SIGTERM");
    expect((await ended)[0]).toBe(0);
  }
});

test("npm start names everything that is wrong with the environment, and nothing secret", async () => {
  const child = await npmStart({ PORT: "none", HOST: "0.0.0.0", REDIS_URL: "hunter2", CURRENCY: "yuan" });
  let said = "";
  child.stderr.on("data", (chunk) => (said += String(chunk)));
  child.stdout.resume();
  const [code] = await once(child, "close");
  expect(code).toBe(78);
  for (const name of ["PORT", "INGEST_TOKENS", "READ_TOKENS", "REDIS_URL", "CURRENCY"]) expect(said).toContain(name);
  expect(said).not.toContain("hunter2");
});
