import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { openTcpDoor } from "../../faults/tcp-door.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { tracesWith } from "../../support/otlp-json.ts";

const headers = { "content-type": "application/json" };
const body = () => tracesWith([{ name: "session.start", attributes: { session_id: "s1" } }]);

interface Ready {
  readonly status: number;
  readonly ingest: string;
}

async function ready(url: string): Promise<Ready> {
  const answer = await fetch(`${url}/readyz`);
  const { checks } = (await answer.json()) as { checks: { ingest: string } };
  return { status: answer.status, ingest: checks.ingest };
}

/** Ends the sessions of the receiver, as a server that restarts does. */
const cutSessions = ({ pool }: TestDatabase) =>
  pool.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'spanledger-%' and datname = current_database()",
  );

test("/readyz is 503 while PostgreSQL takes no writes, and writes nothing itself", async () => {
  const { url, database } = await startTestReceiver();
  expect(await ready(url)).toEqual({ status: 200, ingest: "ok" });
  const written = async () => {
    await database.pool.query("select pg_stat_force_next_flush()");
    const { rows } = await database.pool.query(
      "select tup_inserted + tup_updated + tup_deleted as rows from pg_stat_database where datname = current_database()",
    );
    return rows[0].rows as string;
  };
  await database.pool.query(`alter database ${database.name} set default_transaction_read_only = on`);
  await cutSessions(database);
  const before = await written();
  await expect
    .poll(() => ready(url))
    .toEqual({ status: 503, ingest: "no batch can be begun: PostgreSQL is read-only" });
  for (let i = 0; i < 5; i++) expect((await ready(url)).status).toBe(503);
  expect(await written()).toBe(before);
  await database.pool.query(`alter database ${database.name} reset default_transaction_read_only`);
  await expect.poll(() => ready(url)).toEqual({ status: 200, ingest: "ok" });
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body: body() })).status).toBe(200);
});

test("/readyz names a connection limit that leaves nothing for a writer, and requests are one line in the log", async () => {
  const database = await useTestDatabase();
  const role = `limited_${process.pid}_${Date.now()}`;
  await database.pool.query(`create role ${role} login password 'secret' in role spanledger_receiver`);
  onTestFinished(async () => void (await database.pool.query(`drop owned by ${role}; drop role ${role}`)));
  const url = new URL(database.connectionString);
  url.username = role;
  url.password = "secret";
  const receiver = await startTestReceiver({}, { ...database, connectionString: url.href });
  expect(await ready(receiver.url)).toEqual({ status: 200, ingest: "ok" });
  await database.pool.query(`alter role ${role} connection limit 0`);
  await cutSessions(database);
  const ingest = "no batch can be begun: PostgreSQL says that all its connections are taken";
  await expect.poll(() => ready(receiver.url)).toEqual({ status: 503, ingest });
  for (let i = 0; i < 5; i++) {
    expect((await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body: body() })).status).toBe(503);
    expect((await fetch(`${receiver.url}/api/analytics/summary`)).status).toBe(503);
  }
  const said = receiver.log.filter(({ msg }) => String(msg).includes("all its connections are taken"));
  expect(said.map(({ msg }) => String(msg).split(":")[0])).toEqual(
    expect.arrayContaining(["batches cannot be committed", "pages and figures cannot be read"]),
  );
  expect(said).toHaveLength(2);
  await database.pool.query(`alter role ${role} connection limit -1`);
  await expect.poll(() => ready(receiver.url)).toEqual({ status: 200, ingest: "ok" });
});

test("pages of a receiver whose password was changed are 503, in one line of the log", async () => {
  const database = await useTestDatabase();
  const role = `rotated_${process.pid}_${Date.now()}`;
  await database.pool.query(`create role ${role} login password 'secret' in role spanledger_receiver`);
  onTestFinished(async () => void (await database.pool.query(`drop owned by ${role}; drop role ${role}`)));
  const url = new URL(database.connectionString);
  url.username = role;
  url.password = "secret";
  const receiver = await startTestReceiver({}, { ...database, connectionString: url.href });
  await database.pool.query(`alter role ${role} password 'other'`);
  await cutSessions(database);
  const statuses = [];
  for (let i = 0; i < 6; i++) statuses.push((await fetch(`${receiver.url}/report`)).status);
  expect(statuses).toEqual(statuses.map(() => 503));
  const lines = receiver.log.filter(({ msg }) => String(msg).startsWith("pages and figures cannot be read"));
  expect(lines).toHaveLength(1);
  expect(JSON.stringify(receiver.log)).not.toMatch(/"msg":"a page failed"|secret/);
});

test("while PostgreSQL is away, pages and figures are 503 for now, and the log has one line for all of them", async () => {
  const database = await useTestDatabase();
  const door = await openTcpDoor();
  onTestFinished(() => door.close());
  const url = new URL(database.connectionString);
  const port = Number(url.port);
  await door.lead([port]);
  url.host = `127.0.0.1:${door.port}`;
  const receiver = await startTestReceiver({}, { ...database, connectionString: url.href });
  const read = async (path: string, accept = "*/*") => {
    const answer = await fetch(`${receiver.url}${path}`, { headers: { accept } });
    return { status: answer.status, retry: answer.headers.get("retry-after"), text: await answer.text() };
  };
  expect((await read("/report")).status).toBe(200);
  await door.lead([]);
  const logged = receiver.log.length;
  for (let i = 0; i < 8; i++) {
    for (const path of ["/report?lang=en", "/sessions?lang=en", "/live"]) {
      const page = await read(path, "text/html");
      if (page.status === 404) continue;
      expect([path, page.status, page.retry]).toEqual([path, 503, expect.stringMatching(/^[15]$/)]);
    }
    const page = await read("/report?lang=en", "text/html");
    expect(page.text).toContain("The database cannot be reached now");
    expect(page.text).not.toContain("ECONNREFUSED");
    const figures = await read("/api/analytics/summary");
    expect([figures.status, JSON.parse(figures.text).error.code]).toEqual([503, "database_unavailable"]);
  }
  const lines = () => receiver.log.slice(logged).map(({ msg }) => String(msg));
  expect(lines().filter((line) => line.startsWith("pages and figures cannot be read: "))).toHaveLength(1);
  // Upkeep may have noticed it too.
  expect(lines().length).toBeLessThanOrEqual(2);
  await door.lead([port]);
  expect((await read("/report")).status).toBe(200);
  expect(lines().filter((line) => line.startsWith("pages and figures are read again after "))).toHaveLength(1);
});

test("if the server for pages accepts and never answers, one request waits for it and the others do not", async () => {
  let asked = 0;
  const silent = createServer(() => void asked++).listen(0, "127.0.0.1");
  await once(silent, "listening");
  onTestFinished(() => void silent.close());
  const readUrl = `postgresql://u:p@127.0.0.1:${(silent.address() as AddressInfo).port}/x`;
  const receiver = await startTestReceiver({ READ_DATABASE_URL: readUrl });
  expect((await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body: body() })).status).toBe(200);
  expect((await ready(receiver.url)).status).toBe(200);
  const before = asked;
  const pages = Array.from({ length: 8 }, (_, n) =>
    fetch(`${receiver.url}/api/analytics/summary?month=2026-0${n + 1}`),
  );
  for (const page of await Promise.all(pages)) {
    expect(page.status).toBe(503);
    await page.arrayBuffer();
  }
  // The watch of the standby's lag may ask, too.
  expect(asked - before).toBeLessThan(6);
}, 60_000);

test("a host that vanishes under a probe makes it 503, and does not hold up the end of the receiver", async () => {
  const database = await useTestDatabase();
  const door = await openTcpDoor();
  onTestFinished(() => door.close());
  const url = new URL(database.connectionString);
  const port = Number(url.port);
  await door.lead([port]);
  url.host = `127.0.0.1:${door.port}`;
  const receiver = await startTestReceiver({}, { ...database, connectionString: url.href });
  expect((await ready(receiver.url)).status).toBe(200);
  door.vanish();
  expect(await ready(receiver.url)).toEqual({
    status: 503,
    ingest: "no batch can be begun: PostgreSQL cannot be reached",
  });
  await door.lead([port]);
  await vi.waitUntil(async () => (await ready(receiver.url)).status === 200, { timeout: 60_000, interval: 200 });
  expect((await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body: body() })).status).toBe(200);
  // A reader that is idle then says goodbye, and nobody answers.
  await (await fetch(`${receiver.url}/report`)).arrayBuffer();
  const beganMs = performance.now();
  door.vanish();
  await receiver.close();
  expect(performance.now() - beganMs).toBeLessThan(20_000);
});
