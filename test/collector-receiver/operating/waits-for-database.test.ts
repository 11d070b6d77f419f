import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { findFreePort } from "../../../collector-receiver/src/embedded/find-free-port.ts";
import { MigrationError } from "../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { waitForDatabase } from "../../../collector-receiver/src/wait-for-database.ts";
import { openTcpDoor } from "../../faults/tcp-door.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { tracesWith } from "../../support/otlp-json.ts";

const spanledger = fileURLToPath(new URL("../../../collector-receiver/bin/spanledger.js", import.meta.url));
const body = tracesWith([{ name: "session.start", attributes: { session_id: "s1" } }]);

interface StartedProcess {
  readonly url: string;
  /** Lines of its log, and of what it says on stderr. */
  readonly lines: string[];
  readonly ended: Promise<unknown[]>;
  signal(signal: NodeJS.Signals): void;
}

async function startProcess(environment: Record<string, string>): Promise<StartedProcess> {
  const port = await findFreePort();
  const child = spawn(process.execPath, [spanledger, "start"], {
    env: { PATH: process.env["PATH"], PORT: String(port), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => lines.push(...chunk.toString().split("\n").filter(Boolean)));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    lines,
    ended: once(child, "exit"),
    signal: (signal) => void child.kill(signal),
  };
}

const statusOf = async (url: string): Promise<number | undefined> => {
  const answer = await fetch(url).catch(() => undefined);
  return answer?.status;
};

test("before a host that accepts and never answers, a start answers /livez, says what it waits for, and goes on when it comes", async () => {
  const { connectionString } = await useTestDatabase();
  const door = await openTcpDoor();
  onTestFinished(() => door.close());
  door.vanish();
  const behindDoor = new URL(connectionString);
  const port = Number(behindDoor.port);
  behindDoor.host = `127.0.0.1:${door.port}`;
  behindDoor.password ||= "hunter2";
  const receiver = await startProcess({ DATABASE_URL: behindDoor.href, BASE_PATH: "/spanledger" });
  await vi.waitUntil(async () => (await statusOf(`${receiver.url}/livez`)) === 200, { timeout: 60_000 });
  const said = () => receiver.lines.filter((line) => line.includes("waiting for PostgreSQL"));
  await vi.waitUntil(() => said().length > 0, { timeout: 60_000 });
  expect(await statusOf(`${receiver.url}/spanledger/livez`)).toBe(200);

  const ready = await fetch(`${receiver.url}/readyz`);
  expect([ready.status, ready.headers.get("retry-after"), ready.headers.get("connection")]).toEqual([
    503,
    "1",
    "close",
  ]);
  expect(await ready.json()).toMatchObject({
    status: "not_ready",
    checks: { start: expect.stringContaining("waits for PostgreSQL"), database: "unreachable" },
  });
  const json = await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect([json.status, json.headers.get("retry-after")]).toEqual([503, "5"]);
  expect(await json.json()).toMatchObject({ code: 14, message: expect.stringContaining("starting") });
  const protobuf = await fetch(`${receiver.url}/v1/logs`, {
    method: "POST",
    headers: { "content-type": "application/x-protobuf" },
    body: Buffer.alloc(300_000),
  });
  expect([protobuf.status, protobuf.headers.get("content-type")]).toEqual([503, "application/x-protobuf"]);
  const page = await fetch(`${receiver.url}/report`);
  expect([page.status, page.headers.get("x-frame-options")]).toEqual([503, "DENY"]);
  expect(await page.json()).toMatchObject({ error: { code: "starting" } });

  // A second attempt has failed in the same way by then.
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  expect(said()).toHaveLength(1);
  expect(said()[0]).toContain(`waiting for PostgreSQL at 127.0.0.1:${door.port}`);
  expect(receiver.lines.join("\n")).not.toContain(behindDoor.password);

  await door.lead([port]);
  await vi.waitUntil(async () => (await statusOf(`${receiver.url}/readyz`)) === 200, { timeout: 60_000 });
  expect(receiver.lines.filter((line) => line.includes("PostgreSQL is there after"))).toHaveLength(1);
  const taken = await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(taken.status).toBe(200);
}, 240_000);

test("a start that waits ends at once when it is told to", async () => {
  const receiver = await startProcess({ DATABASE_URL: "postgres://u:hunter2@127.0.0.1:1/x" });
  await vi.waitUntil(() => receiver.lines.some((line) => line.includes("waiting for PostgreSQL at 127.0.0.1:1")), {
    timeout: 60_000,
  });
  receiver.signal("SIGTERM");
  expect(await receiver.ended).toEqual([0, null]);
  expect(receiver.lines.join("\n")).not.toContain("hunter2");
}, 120_000);

const errorWith = (code: string): Error => Object.assign(new Error(`error ${code}`), { code });

function wait(work: () => Promise<string>) {
  const lines: string[] = [];
  const say = (_: unknown, line: string): void => void lines.push(line);
  const phases: boolean[] = [];
  const log = { warn: say, info: say } as never;
  const connectionString = "postgres://u:hunter2@db.example:5433/x";
  const result = waitForDatabase({ connectionString, log, onWaiting: (isWaiting) => phases.push(isWaiting) }, work);
  return { result, lines, phases };
}

test.each([
  ["the name is not known yet", errorWith("ENOTFOUND")],
  ["the server refuses connections", errorWith("ECONNREFUSED")],
  ["the server starts", errorWith("57P03")],
  ["all connections are taken", errorWith("53300")],
  ["a standby is not promoted yet", errorWith("25006")],
  ["the disk is full", errorWith("53100")],
  ["a migration loses its connection", new MigrationError("migration_failed", "", { cause: errorWith("57P01") })],
])("a start waits while %s, and says each reason once", async (_, error) => {
  let attempts = 0;
  const { result, lines, phases } = wait(async () => {
    if (++attempts <= 2) throw error;
    return "done";
  });
  expect(await result).toBe("done");
  expect(lines).toEqual([
    expect.stringMatching(/^waiting for PostgreSQL at db\.example:5433: PostgreSQL .*check DATABASE_URL/),
    expect.stringMatching(/^PostgreSQL is there after /),
  ]);
  expect(phases).toEqual([true, false]);
});

test.each([
  ["a wrong password", errorWith("28P01")],
  ["a missing database", errorWith("3D000")],
  ["a missing right", errorWith("42501")],
  ["a migration that is too slow", new MigrationError("migration_failed", "", { cause: errorWith("57014") })],
  ["a migration of another branch", new MigrationError("database_newer", "")],
  [
    "a pooler in statement mode",
    Object.assign(new Error("transaction blocks not allowed in statement pooling mode"), { code: "08P01" }),
  ],
  ["a bug", new TypeError("x is undefined")],
])("a start does not wait for %s", async (_, error) => {
  const { result, lines } = wait(() => Promise.reject(error));
  await expect(result).rejects.toBe(error);
  expect(lines).toEqual([]);
});
