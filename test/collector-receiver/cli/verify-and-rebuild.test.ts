import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { showProgress } from "../../../collector-receiver/src/cli/show-progress.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { lockRebuild } from "../../../collector-receiver/src/storage/recount/lock-rebuild.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";
import { spanledger } from "./run-cli.ts";

async function send(url: string, sessionIds: readonly string[]): Promise<void> {
  const atMs = Date.UTC(2026, 2, 10);
  const events = sessionIds.map((id) => ({
    name: "session.start",
    attributes: { session_id: id, user_id: `user of ${id}` },
    atMs,
  }));
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body: tracesWith(events) })).status).toBe(200);
}

test("migrate names missing migrations, applies them once, and then has nothing to do", async () => {
  const { connectionString } = await useTestDatabase({ migrated: false });
  const environment = { DATABASE_URL: connectionString };
  const before = await spanledger(environment, "migrate", "--status");
  expect(before.code).toBe(1);
  expect(before.stdout).toMatch(/^missing 0001_events$/m);
  expect(before.stdout).not.toContain("applied");
  const applied = await spanledger(environment, "migrate");
  expect(applied.code).toBe(0);
  expect(applied.stdout).toBe(before.stdout.replaceAll("missing", "applied"));
  expect(await spanledger(environment, "migrate")).toMatchObject({ code: 0, stdout: "nothing to apply\n" });
  expect(await spanledger(environment, "migrate", "--status")).toMatchObject({ code: 0, stdout: applied.stdout });
});

test("verify: exit 1 where a number is not what the rows give, and names it; rebuild mends it", async () => {
  const { url, database } = await startTestReceiver();
  const environment = { DATABASE_URL: database.connectionString };
  await send(url, ["s-1", "s-2"]);
  const clean = await spanledger(environment, "verify");
  expect(clean).toMatchObject({ code: 0, stdout: "default: 2 events counted again, drift 0\n" });
  expect(clean.stderr).toMatch(/^verify default █{30} 100 % {2}2 events, [\d,]+ events\/s\n$/);

  await database.pool.query("update analytics_business_metrics set total_sessions = 5 where period_type = 'month'");
  const drifted = await spanledger(environment, "verify");
  expect(drifted.code).toBe(1);
  expect(drifted.stdout).toBe(
    "default: 2 events counted again, drift 1\n" +
      "  analytics_business_metrics month 2026-03: total_sessions is 5, the rows give 2\n" +
      "  `spanledger rebuild` fixes the counters.\n",
  );
  const json = await spanledger(environment, "verify", "--json");
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    drifts: 1,
    tenants: [{ tenantId: "default", events: 2, firstDrifts: [{ column: "total_sessions", stored: "5" }] }],
  });

  await database.pool.query("delete from analytics_sessions where session_id = 's-1'");
  const rebuilt = await spanledger(environment, "rebuild");
  expect(rebuilt).toMatchObject({ code: 0, stdout: "default: 2 events counted again, 1 sessions mended\n" });
  expect(await spanledger(environment, "verify")).toMatchObject({ code: 0, stdout: clean.stdout });
  const { rows } = await database.pool.query(
    "select total_sessions::int from analytics_business_metrics where period_type = 'month'",
  );
  expect(rows).toEqual([{ total_sessions: 2 }]);
  for (const command of ["verify", "rebuild"]) {
    const unknown = await spanledger(environment, command, "--tenant", "brand-x");
    expect(unknown).toMatchObject({ code: 1, stderr: expect.stringContaining("known are: default") });
  }
});

test("rebuild says that it waits for another rebuild of the tenant, and then does its work", async () => {
  const { url, database } = await startTestReceiver();
  await send(url, ["s-1"]);
  const other = await openWriterConnection(database.connectionString);
  await lockRebuild(other, "default", () => expect.unreachable());
  const rebuilding = spanledger({ DATABASE_URL: database.connectionString }, "rebuild");
  await vi.waitFor(
    async () => {
      const { rows } = await database.pool.query(
        "select from pg_locks join pg_database on pg_database.oid = database where datname = current_database() and not granted",
      );
      expect(rows).toHaveLength(1);
    },
    { timeout: 30_000, interval: 50 },
  );
  await other.end();
  const rebuilt = await rebuilding;
  expect(rebuilt).toMatchObject({ code: 0, stdout: "default: 1 events counted again, 0 sessions mended\n" });
  expect(rebuilt.stderr).toMatch(
    /^spanledger: another rebuild of tenant "default" is under way\. This one begins when it ends\.$/m,
  );
});

test("verify's progress moves while it counts, also where all events fold into one row", async () => {
  const { connectionString } = await useTestDatabase();
  const ingest = openTestIngest(connectionString);
  onTestFinished(() => ingest.close());
  const events = Array.from({ length: 5000 }, () => makeEvent({ name: "acme.event" }));
  await ingest.submit(requestOf(events), 1000);
  const seen: number[] = [];
  await verifyTenant(connectionString, "default", (done) => seen.push(done));
  expect(seen.length).toBeGreaterThan(3);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(seen.at(-1)).toBe(5000);
});

test("replay counts a mended event once, and skips a payload that cannot be read", async () => {
  const { url, database } = await startTestReceiver();
  const environment = { DATABASE_URL: database.connectionString };
  await send(url, ["s-1"]);
  const keep = (hash: string, type: string, payload: string, code = "wrong_type") =>
    database.pool.query(
      `insert into analytics_rejected_events (tenant_id, content_hash, code, reason, event_name, signal, payload_type, payload)
       values ('default', sha256($1::bytea), $2, 'kept', 'session.start', 'traces', $3, $4)`,
      [hash, code, type, Buffer.from(payload)],
    );
  const event = (attributes: Record<string, string | number>) => tracesWith([{ name: "session.start", attributes }]);
  await keep("unreadable", "application/octet-stream", '{"note":', "refused_by_database");
  await keep("mended", "application/json", event({ session_id: "s-2" }));
  await keep("still bad", "application/json", event({ session_id: 5 }));
  // Written past the receiver, they are not in the ledger of data quality.
  expect(await spanledger(environment, "rebuild")).toMatchObject({ code: 0 });
  const none = await spanledger(environment, "replay", "--code", "too_old");
  expect(none).toMatchObject({ code: 0, stdout: "default: 0 replayed, 0 still rejected\n" });
  const replayed = await spanledger(environment, "replay");
  expect(replayed).toMatchObject({ code: 0, stdout: "default: 1 replayed, 2 still rejected\n" });
  expect(await spanledger(environment, "replay")).toMatchObject({ stdout: "default: 0 replayed, 2 still rejected\n" });
  const { rows } = await database.pool.query(
    `select (select count(*)::int from analytics_events) as events,
       (select sum(total_sessions)::int from analytics_business_metrics where period_type = 'day') as sessions,
       (select count(*)::int from analytics_rejected_events where replayed_at is null) as rejected`,
  );
  expect(rows).toEqual([{ events: 2, sessions: 2, rejected: 2 }]);
  expect(await verifyTenant(database.connectionString, "default")).toMatchObject({ drifts: 0 });
});

test("erase: says what it would do, does it, and exits 1 if nothing is stored under the id", async () => {
  const { url, database } = await startTestReceiver();
  const environment = { DATABASE_URL: database.connectionString };
  await send(url, ["s-1", "s-2"]);
  const user = ["--user", "user of s-1"];
  const dry = await spanledger(environment, "erase", ...user, "--dry-run");
  const counts = "default: 1 events, 1 sessions and 0 rejected events";
  const beyond = "Redis holds sums alone. Backups still have the old values.\n";
  expect(dry).toMatchObject({ code: 0, stdout: `${counts} would be anonymised\n${beyond}` });
  expect(await spanledger(environment, "erase", ...user)).toMatchObject({
    code: 0,
    stdout: `${counts} anonymised\n${beyond}`,
  });
  const { rows } = await database.pool.query("select user_id from analytics_sessions order by session_id");
  expect(rows).toEqual([{ user_id: expect.stringMatching(/^erased-/) }, { user_id: "user of s-2" }]);
  expect(await spanledger(environment, "erase", ...user)).toMatchObject({
    code: 1,
    stdout: "default: nothing is stored under this id\n",
  });
  expect(await spanledger(environment, "erase")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("--session <session_id> or --user <user_id>"),
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What is written to stderr, which is a terminal or is not. */
function captureStderr(isTTY: boolean): string[] {
  const written: string[] = [];
  const before = Object.getOwnPropertyDescriptor(process.stderr, "isTTY");
  Object.defineProperty(process.stderr, "isTTY", { value: isTTY, configurable: true });
  onTestFinished(() => {
    if (before) Object.defineProperty(process.stderr, "isTTY", before);
    else Reflect.deleteProperty(process.stderr, "isTTY");
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => written.push(String(text)) > 0);
  return written;
}

test("on a terminal progress is a bar that is drawn over, ten times a second at most, and full at the end", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const written = captureStderr(true);
  const progress = showProgress("verify default", 4000, "events");
  vi.advanceTimersByTime(1000);
  progress.update(1000);
  progress.update(1001);
  vi.advanceTimersByTime(1000);
  progress.update(2000);
  progress.finish(3000);
  const bar = (filled: number): string => "█".repeat(filled) + "░".repeat(30 - filled);
  expect(written).toEqual([
    `\r\x1b[2Kverify default ${bar(8)} 25 %  1,000 events, 1,000 events/s`,
    `\r\x1b[2Kverify default ${bar(15)} 50 %  2,000 events, 1,000 events/s`,
    `\r\x1b[2Kverify default ${bar(30)} 100 %  3,000 events, 1,500 events/s\n`,
  ]);
});

test("elsewhere it is a line each five seconds; without an estimate it counts", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const written = captureStderr(false);
  const progress = showProgress("rebuild default", 0, "events");
  for (let second = 1; second <= 10; second++) {
    vi.advanceTimersByTime(1000);
    progress.update(second * 100);
  }
  expect(written).toEqual([
    "rebuild default: 500 events, 100 events/s\n",
    "rebuild default: 1,000 events, 100 events/s\n",
  ]);
});
