import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { loadConfig } from "../../collector-receiver/src/config/load-config.ts";
import { verifyTenant } from "../../collector-receiver/src/recount/verify-tenant.ts";
import { startReceiver } from "../../collector-receiver/src/start-receiver.ts";
import { startEmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import type { EmbeddedPostgres } from "../../collector-receiver/src/embedded/embedded-postgres.ts";
import { tracesWith } from "../support/otlp-json.ts";

test("PostgreSQL dies in the middle of a request: 503 with Retry-After; after it is back, the retry counts once", async () => {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-outage-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataFolder: folder });
  onTestFinished(() => server.stop());
  const door = await openDoor(() => server.port);
  const receiver = await startReceiver(
    loadConfig({ PORT: "0", DATABASE_URL: server.connectionString.replace(`:${server.port}/`, `:${door.port}/`) }),
    pino({ level: "silent" }),
  );
  onTestFinished(() => receiver.close());
  const post = (body: string) =>
    fetch(`${receiver.url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body });

  const first = tracesWith([{ name: "session.start", attributes: { session_id: "s-1" } }]);
  expect((await post(first)).status).toBe(200);

  // Somebody holds the month's counters, so that the request has its rows but cannot commit.
  const holder = new pg.Client({ connectionString: server.connectionString });
  holder.on("error", () => {});
  await holder.connect();
  await holder.query("begin; select * from analytics_business_metrics for update");
  const second = tracesWith([
    { name: "session.start", attributes: { session_id: "s-2" } },
    { name: "session.message", attributes: { session_id: "s-2", response_time_ms: 1500 } },
  ]);
  const underWay = post(second);
  await waitForLock(server.connectionString);
  process.kill(server.pid, "SIGQUIT");
  const refused = await underWay;
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
  expect(await refused.json()).toMatchObject({ message: expect.stringContaining("send again") });

  const whileDown = await post(second);
  expect(whileDown.status).toBe(503);
  expect((await fetch(`${receiver.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${receiver.url}/livez`)).status).toBe(200);

  await waitUntilGone(server.pid);
  server = await startEmbeddedPostgres({ dataFolder: folder });
  const statuses: number[] = [];
  while (statuses.at(-1) !== 200 && statuses.length < 50) {
    statuses.push((await post(second)).status);
    if (statuses.at(-1) !== 200) await sleep(200);
  }
  expect(new Set(statuses.slice(0, -1))).toEqual(new Set(statuses.length > 1 ? [503] : []));
  expect((await post(second)).status).toBe(200);

  const client = new pg.Client({ connectionString: server.connectionString });
  await client.connect();
  onTestFinished(() => client.end());
  const { rows } = await client.query(`
    select (select count(*)::int from analytics_events) as stored,
      total_sessions::int, total_messages::int, total_response_time_ms::int
    from analytics_business_metrics where period_type = 'month'`);
  expect(rows).toEqual([{ stored: 3, total_sessions: 2, total_messages: 1, total_response_time_ms: 1500 }]);
  expect(await verifyTenant(server.connectionString, "default")).toMatchObject({ events: 3, drifts: 0 });
});

/** A port that stays the same while PostgreSQL, behind it, comes back on another one. */
async function openDoor(target: () => number): Promise<{ port: number }> {
  const sockets = new Set<Socket>();
  const door = createServer((inside) => {
    const outside = connect(target(), "127.0.0.1");
    for (const [socket, other] of [
      [inside, outside],
      [outside, inside],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => door.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    door.close();
  });
  return { port: (door.address() as AddressInfo).port };
}

async function waitForLock(connectionString: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  client.on("error", () => {});
  await client.connect();
  for (;;) {
    const { rows } = await client.query(
      "select count(*)::int as waiting from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'spanledger-writer'",
    );
    if (rows[0].waiting > 0) break;
    await sleep(20);
  }
  await client.end();
}

async function waitUntilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(50);
  }
}
