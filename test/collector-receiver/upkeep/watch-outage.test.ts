import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { watchTenants } from "../../../collector-receiver/src/upkeep/watch-tenants.ts";
import { inTransaction } from "../../../collector-receiver/src/storage/wire/in-transaction.ts";
import {
  destroyConnection,
  openWriterConnection,
} from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { openTcpDoor } from "../../faults/tcp-door.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";

/** A watch, and everything that it says, alarms included. */
async function watchAndListen(connectionString: string, deadlineMs?: number): Promise<string[]> {
  const lines: string[] = [];
  const log = {
    warn: (_: unknown, message: string) => lines.push(`warn: ${message}`),
    info: (message: unknown) => lines.push(`info: ${String(message)}`),
  };
  const watch = await watchTenants({
    connectionString,
    log: log as unknown as Parameters<typeof watchTenants>[0]["log"],
    onAlarm: (code) => lines.push(`alarm: ${code}`),
    everyMs: 20,
    switchesRules: false,
    retentionMonths: undefined,
    onSwept: () => {},
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
  onTestFinished(() => watch.close());
  return lines;
}

const settle = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const again = "info: tenants are watched again";

test("an outage is one line, and its end another, however many rounds it lasts", async () => {
  const { connectionString } = await useTestDatabase();
  const url = new URL(connectionString);
  const ports = [Number(url.port)];
  const door = await openTcpDoor();
  onTestFinished(() => door.close());
  await door.lead(ports);
  url.hostname = "127.0.0.1";
  url.port = String(door.port);
  const lines = await watchAndListen(url.href);
  for (const outage of [1, 2]) {
    await door.lead([]);
    await vi.waitUntil(() => lines.length === outage * 2 - 1, { timeout: 30_000 });
    await settle(300);
    await door.lead(ports);
    await vi.waitUntil(() => lines.length === outage * 2, { timeout: 30_000 });
    await settle(100);
  }
  const bad = "warn: tenants cannot be watched now; tried again each round";
  expect(lines).toEqual([bad, again, bad, again]);
});

test("a round that fails although PostgreSQL answers is an alarm, once until a round succeeds", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const lines = await watchAndListen(connectionString);
  await pool.query("alter table analytics_settings rename to away");
  await vi.waitUntil(() => lines.length === 1, { timeout: 30_000 });
  await settle(300);
  await pool.query("alter table away rename to analytics_settings");
  await vi.waitUntil(() => lines.length === 2, { timeout: 30_000 });
  expect(lines).toEqual(["alarm: upkeep_failed", again]);
});

test("a server that speaks another protocol is an alarm as well", async () => {
  const server = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await vi.waitUntil(() => server.listening);
  const { port } = server.address() as AddressInfo;
  const lines = await watchAndListen(`postgresql://somebody:secret@127.0.0.1:${port}/analytics`);
  await settle(300);
  expect(lines).toHaveLength(1);
});

test("a host that vanishes under a round is given up after its deadline, and the next round has another connection", async () => {
  const { connectionString } = await useTestDatabase();
  const url = new URL(connectionString);
  const ports = [Number(url.port)];
  const door = await openTcpDoor();
  onTestFinished(() => door.close());
  await door.lead(ports);
  url.host = `127.0.0.1:${door.port}`;
  const lines = await watchAndListen(url.href, 500);
  await settle(200);
  door.vanish();
  await vi.waitUntil(() => lines.length === 1, { timeout: 30_000 });
  await door.lead(ports);
  await vi.waitUntil(() => lines.length === 2, { timeout: 30_000 });
  expect(lines).toEqual(["warn: tenants cannot be watched now; tried again each round", again]);
});

test("a tenant whose sweep was abandoned is free again within seconds", async () => {
  const { connectionString } = await useTestDatabase();
  const gone = await openWriterConnection(connectionString);
  onTestFinished(() => destroyConnection(gone));
  const held = Promise.withResolvers<void>();
  inTransaction(gone, { lock: { alone: "brand" }, duty: "sweep" }, () => {
    held.resolve();
    // As if its host had vanished: it never says another word.
    return new Promise(() => {});
  }).catch(() => {});
  await held.promise;
  const other = await openWriterConnection(connectionString);
  onTestFinished(() => other.end());
  const beganMs = performance.now();
  await inTransaction(other, { lock: { alone: "brand" }, duty: "sweep" }, async () => {}).catch(() => {});
  await inTransaction(other, { lock: { alone: "brand" } }, async () => {});
  const waitedMs = performance.now() - beganMs;
  expect(waitedMs).toBeGreaterThan(2_000);
  expect(waitedMs).toBeLessThan(60_000);
});
