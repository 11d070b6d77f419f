import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { encodeHistory } from "../../examples/demo/history/encode-history.ts";
import { generateHistory } from "../../examples/demo/history/generate-history.ts";
import { dayOf } from "../../examples/demo/history/sample-calendar.ts";
import { isAlive } from "../support/is-alive.ts";
import { useTestDatabase } from "../support/create-test-database.ts";
import { callJson } from "./start-products.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Runs `npm start` in a process group of its own, until it listens; the test's end kills what is left of it. */
async function startWithNpm(environment: NodeJS.ProcessEnv) {
  const child = spawn("npm", ["start"], {
    cwd: root,
    env: { ...environment, NODE_ENV: "production", PORT: "0", HOST: "127.0.0.1" },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const pid = child.pid!;
  const ended = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  onTestFinished(async () => {
    try {
      // Also if npm itself has ended: what it started may have stayed.
      process.kill(-pid, "SIGKILL");
    } catch {
      // Nothing is left.
    }
    await ended;
  });
  let log = "";
  child.stdout.on("data", (chunk: Buffer) => (log += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  const url = await vi
    .waitUntil(() => /"url":"(http:[^"]+)","docs"/.exec(log)?.[1], { timeout: 50_000 })
    .catch(() => {
      throw new Error(`npm start did not come up; it said:\n${log}`);
    });
  return { url, pid, ended };
}

async function listens(url: string): Promise<boolean> {
  return fetch(`${url}/livez`).then(
    () => true,
    () => false,
  );
}

test.each([
  ["npm alone, as a process manager does", (pid: number) => pid],
  ["npm's process group", (pid: number) => -pid],
])(
  "SIGTERM to %s ends the receiver and frees its port",
  async (_name, target) => {
    const database = await useTestDatabase();
    const { url, pid, ended } = await startWithNpm({ ...process.env, DATABASE_URL: database.connectionString });
    expect(await listens(url)).toBe(true);

    process.kill(target(pid), "SIGTERM");
    await ended;
    await vi.waitUntil(async () => !(await listens(url)), { timeout: 10_000 });
    const server = createServer().listen(Number(new URL(url).port), "127.0.0.1");
    await once(server, "listening");
    server.close();
  },
  90_000,
);

test("npm start: embedded PostgreSQL, OTLP in, numbers out, and all of it gone after Ctrl-C", async () => {
  const dataFolder = await mkdtemp(join(tmpdir(), "spanledger-start-"));
  const { DATABASE_URL: _, ...environment } = process.env;
  onTestFinished(() => rm(dataFolder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 }));
  const { url, pid, ended } = await startWithNpm({ ...environment, DATA_FOLDER: dataFolder });

  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  const today = dayOf(Date.now());
  const history = generateHistory({ seed: "start", firstDay: today - 3, lastDay: today - 3, untilMs: Date.now() });
  const posted = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: encodeHistory(history),
  });
  expect([posted.status, await posted.text()]).toEqual([200, "{}"]);

  const day = new Date(history[0]!.occurredAtMs + 8 * 3_600_000).toISOString().slice(0, 10);
  const study = await callJson("GET", `${url}/api/analytics/case-study?start_date=${day}&end_date=${day}`);
  const sessions = history.filter((event) => event.name === "session.start").length;
  expect(study.body["ai_chatbot"]).toMatchObject({ total_customers_served: sessions });

  const postgres = Number((await readFile(join(dataFolder, "postgres/cluster/postmaster.pid"), "utf8")).split("\n")[0]);
  expect(isAlive(postgres)).toBe(true);
  // As Ctrl-C does: a signal to the whole group.
  process.kill(-pid, "SIGINT");
  await ended;
  await vi.waitUntil(() => !isAlive(postgres), { timeout: 30_000 });
}, 120_000);
