import { once } from "node:events";
import { connect, createServer, type AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { expect, inject, onTestFinished, test, vi } from "vitest";
import type { GroupCommit, IngestOptions } from "../../../collector-receiver/src/ingest/group-commit.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { openTcpDoor, type TcpDoor } from "../../faults/tcp-door.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import { requestOf } from "./arbitrary-events.ts";

interface World {
  readonly database: TestDatabase;
  readonly door: TcpDoor;
  readonly port: number;
  readonly ingest: GroupCommit;
  readonly lines: string[];
}

/** An ingest whose PostgreSQL stands behind a door. */
async function openWorld(options: Partial<IngestOptions>): Promise<World> {
  const database = await useTestDatabase();
  const door = await openTcpDoor();
  onTestFinished(() => door.close());
  const url = new URL(database.connectionString);
  const port = Number(url.port);
  await door.lead([port]);
  url.hostname = "127.0.0.1";
  url.port = String(door.port);
  const lines: string[] = [];
  const say = (_: unknown, line: string): void => void lines.push(line);
  const log = { warn: say, info: say } as unknown as NonNullable<IngestOptions["log"]>;
  const ingest = openTestIngest(url.href, { log, ...options });
  onTestFinished(() => ingest.close());
  return { database, door, port, ingest, lines };
}

/** Sends 20 events ten times a second, and each request again until it is taken. */
function startSender(ingest: GroupCommit): { readonly sent: BusinessEvent[]; finish(): Promise<void> } {
  const sent: BusinessEvent[] = [];
  const requests: Promise<void>[] = [];
  const send = async (events: readonly BusinessEvent[]): Promise<void> => {
    for (;;) {
      const taken = await ingest.submit(requestOf(events), 100).then(
        () => true,
        () => false,
      );
      if (taken) return;
      await sleep(200);
    }
  };
  const timer = setInterval(() => {
    const events = Array.from({ length: 20 }, (_, i) => makeEvent({ name: "session.start", sessionId: `s-${i}` }));
    sent.push(...events);
    requests.push(send(events));
  }, 100);
  return {
    sent,
    async finish() {
      clearInterval(timer);
      await Promise.all(requests);
    },
  };
}

/** Has a batch stand still in its transaction, with all the locks that it has by then. */
async function whileABatchHolds(database: TestDatabase, during: () => void): Promise<void> {
  const holder = new pg.Client({ connectionString: database.connectionString });
  await holder.connect();
  await holder.query("begin; lock table analytics_business_metrics in share mode");
  await vi.waitUntil(async () => {
    const { rowCount } = await database.pool.query(
      "select from pg_locks where not granted and relation = 'analytics_business_metrics'::regclass",
    );
    return rowCount === 1;
  });
  during();
  await holder.query("rollback");
  await holder.end();
}

test("a host that vanishes with a batch's locks: caught up within 30 s of its return, nothing lost, nothing twice", async () => {
  const { database, door, port, ingest, lines } = await openWorld({});
  const sender = startSender(ingest);
  await vi.waitUntil(() => sender.sent.length >= 100);
  await whileABatchHolds(database, () => door.vanish());
  await sleep(1_000);
  await door.lead([port]);
  const backMs = performance.now();
  const committed = async (): Promise<number> =>
    (await database.pool.query<{ n: number }>("select count(*)::int as n from analytics_events")).rows[0]?.n ?? 0;
  const before = sender.sent.length;
  await vi.waitUntil(async () => (await committed()) >= before, { timeout: 60_000, interval: 100 });
  expect(performance.now() - backMs).toBeLessThan(30_000);
  await sender.finish();
  const { rows } = await database.pool.query(
    "select count(*)::int as rows, count(distinct event_id)::int as ids from analytics_events",
  );
  expect(rows).toEqual([{ rows: sender.sent.length, ids: sender.sent.length }]);
  expect((await verifyTenant(database.connectionString, "default")).drifts).toBe(0);
  // One line for the outage and one for its end, if a batch was refused at all.
  expect(lines.length).toBeLessThanOrEqual(2);
}, 120_000);

test("while a batch waits for a host that is gone, requests that come later neither wait for it nor for 512 events", async () => {
  const { database, door, port, ingest } = await openWorld({});
  await ingest.submit(requestOf([makeEvent({ name: "acme.event", tenantId: "b" })]), 100);
  const stuck = ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 100);
  door.vanish();
  // Its transaction has begun, on a connection that is gone.
  await sleep(100);
  await door.lead([port]);
  const later = ingest.submit(requestOf([makeEvent({ name: "acme.event", tenantId: "b" })]), 100);
  const beganMs = performance.now();
  expect(await later).toMatchObject({ inserted: 1 });
  expect(performance.now() - beganMs).toBeLessThan(8_000);
  expect(ingest.oldestWaitMs()).toBeGreaterThan(500);
  expect(await stuck).toMatchObject({ inserted: 1 });
  await expect.poll(() => ingest.oldestWaitMs()).toBe(0);
  expect((await database.pool.query("select from analytics_events")).rowCount).toBe(3);
}, 60_000);

test("a host that accepts and never answers is an outage with its reason: one line, however many requests, and one at its end", async () => {
  const { door, port, ingest, lines } = await openWorld({ deadlineMs: 500 });
  const submit = () =>
    ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 100).catch((error: unknown) => error);
  await submit();
  door.vanish();
  for (let i = 0; i < 2; i++) expect(await submit()).toMatchObject({ code: "database_unavailable" });
  await door.lead([port]);
  expect(await submit()).toMatchObject({ inserted: 1 });
  expect(lines).toEqual([
    expect.stringMatching(/^batches cannot be committed: .*senders are told to try again, and nothing is lost$/),
    expect.stringMatching(/^batches are committed again after \d+(\.\d)? s; 2 requests were told to come again$/),
  ]);
}, 60_000);

test("storing the settings of a tenant ends at the deadline too, and the sender tries again", async () => {
  const { database, ingest } = await openWorld({ deadlineMs: 300 });
  await ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 100);
  const release = await hold(
    database,
    `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through)
     select 'b', timezone, currency, idle_timeout_seconds, idle_through from analytics_settings`,
  );
  const event = makeEvent({ name: "acme.event", tenantId: "b" });
  const submit = () => ingest.submit(requestOf([event]), 100).catch((error: unknown) => error);
  const refused = await Promise.race([submit(), sleep(30_000, "still waiting", { ref: false })]);
  await release();
  expect(refused).toMatchObject({ code: "database_unavailable" });
  await expect.poll(submit, { timeout: 30_000 }).toMatchObject({ inserted: 1 });
}, 60_000);

test("while it cannot be stored that a tenant has off-time ids, other tenants go on, and its sender is told to wait", async () => {
  const { database, ingest } = await openWorld({ writers: 1 });
  const eventOf = (tenantId: string) => makeEvent({ name: "acme.event", tenantId });
  await ingest.submit(requestOf([eventOf("default"), eventOf("b")]), 100);
  const release = await hold(database, "select spanledger_lock_tenants(array['default'])");
  const offTime = requestOf([makeEvent({ name: "acme.event", eventId: uuidV7(Date.UTC(2025, 11, 1), 1) })]);
  const submit = () => ingest.submit(offTime, 100).catch((error: unknown) => error);
  const refused = submit();
  const others = Array.from({ length: 5 }, async () => {
    await sleep(300);
    return ingest.submit(requestOf([eventOf("b")]), 100);
  });
  const done = await Promise.race([Promise.all(others), refused]);
  expect(done).toEqual(others.map(() => expect.objectContaining({ inserted: 1 })));
  const held = await Promise.race([refused, sleep(30_000, "still waiting", { ref: false })]);
  await release();
  expect(held).toMatchObject({ code: "tenant_busy" });
  await expect.poll(submit, { timeout: 30_000 }).toMatchObject({ inserted: 1 });
}, 60_000);

/** Runs a statement in a transaction that stays open until it is released. */
async function hold({ connectionString }: TestDatabase, statement: string): Promise<() => Promise<void>> {
  const holder = new pg.Client({ connectionString });
  await holder.connect();
  await holder.query(`begin; ${statement}`);
  return async () => {
    await holder.query("rollback");
    await holder.end();
  };
}

test("a host that vanishes right after the login does not keep a connection waiting", async () => {
  const server = createServer((client) => {
    const behind = connect(Number(new URL(inject("postgresUrl")).port), "127.0.0.1");
    for (const socket of [client, behind]) socket.on("error", () => socket.destroy());
    client.on("data", (bytes) => bytes.includes("datestyle") || behind.write(bytes));
    client.once("close", () => behind.destroy());
    behind.pipe(client);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  const url = new URL(inject("postgresUrl"));
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  await expect(openWriterConnection(url.href)).rejects.toThrow(/Connection terminated/);
}, 60_000);
