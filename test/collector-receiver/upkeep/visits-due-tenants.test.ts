import { expect, onTestFinished, test, vi } from "vitest";
import { watchTenants, type TenantWatch } from "../../../collector-receiver/src/upkeep/watch-tenants.ts";
import { DatabaseClock } from "../../../collector-receiver/src/storage/wire/database-clock.ts";
import { tryLockDuty } from "../../../collector-receiver/src/storage/wire/lock-duty.ts";
import { lockDatabaseAlone } from "../../../collector-receiver/src/storage/wire/lock-tenants.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

const manyTenants = 2500;

/** Tenants `brand-0001` on, with a watermark of now and an idle timeout of an hour. */
async function addTenants({ pool }: TestDatabase, count: number): Promise<void> {
  await pool.query(
    `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules)
     select 'brand-' || to_char(n, 'FM0000'), 'Asia/Shanghai', 'CNY', 3600, date_trunc('milliseconds', now()), 2
     from generate_series(1, $1::int) n`,
    [count],
  );
}

/** A session of each of these tenants that came to its end by silence half a minute ago, which no sweep has seen yet. */
async function addDueSessions({ pool, connectionString }: TestDatabase, tenantIds: readonly string[]): Promise<void> {
  await pool.query("update analytics_settings set idle_through = idle_through - interval '1 minute'");
  const ingest = openTestIngest(connectionString);
  const startedMs = Date.now() - 3_600_000 - 30_000;
  const starts = tenantIds.map((tenantId) =>
    makeEvent({ name: "session.start", sessionId: "s1", tenantId, occurredAtMs: startedMs }),
  );
  await ingest.submit(requestOf(starts), 100);
  await ingest.close();
}

async function watch({ connectionString }: TestDatabase, onSwept: (sessions: number) => void): Promise<TenantWatch> {
  const watching = await watchTenants({
    connectionString,
    onAlarm: (code) => expect.unreachable(code),
    log: { warn: () => {}, info: () => {} } as never,
    everyMs: 50,
    switchesRules: false,
    retentionMonths: undefined,
    onSwept,
  });
  onTestFinished(() => watching.close());
  return watching;
}

/** Transactions that the database has seen, each statement outside a transaction among them. */
async function transactionsOf({ pool }: TestDatabase): Promise<number> {
  await pool.query("select pg_stat_force_next_flush()");
  const { rows } = await pool.query<{ transactions: number }>(
    "select (xact_commit + xact_rollback)::int as transactions from pg_stat_database where datname = current_database()",
  );
  return rows[0]?.transactions ?? 0;
}

test("a round over 2,500 quiet tenants takes a handful of statements and waits for no batch", async () => {
  const database = await useTestDatabase();
  await addTenants(database, manyTenants);
  const batch = await openWriterConnection(database.connectionString);
  onTestFinished(() => batch.end());
  await batch.query("begin");
  await lockDatabaseAlone(batch);
  const before = await transactionsOf(database);
  let rounds = 0;
  const measure = DatabaseClock.measure.bind(DatabaseClock);
  // Each round begins with it.
  const measured = vi.spyOn(DatabaseClock, "measure").mockImplementation((client) => {
    rounds++;
    return measure(client);
  });
  onTestFinished(() => measured.mockRestore());
  const watching = await watch(database, () => expect.unreachable("no session is due"));
  await vi.waitUntil(() => rounds >= 10, { timeout: 30_000 });
  await watching.close();
  const transactions = (await transactionsOf(database)) - before;
  expect(transactions / rounds).toBeLessThan(12);
});

test("the sweep finds the due sessions of few tenants among many, once, whichever of two receivers leads", async () => {
  const database = await useTestDatabase();
  await addTenants(database, manyTenants);
  const due = ["brand-0007", "brand-1234", "brand-2500"];
  await addDueSessions(database, due);
  const swept: number[] = [];
  const receivers = [await watch(database, (n) => swept.push(n)), await watch(database, (n) => swept.push(n))];
  await expect.poll(() => swept.reduce((sum, n) => sum + n, 0), { timeout: 30_000 }).toBe(due.length);
  await Promise.all(receivers.map((receiver) => receiver.close()));
  const { rows } = await database.pool.query(
    `select tenant_id, sessions_ended_idle::int as idle from analytics_business_metrics
     where period_type = 'day' and sessions_ended_idle > 0 order by 1`,
  );
  expect(rows).toEqual(due.map((tenant_id) => ({ tenant_id, idle: 1 })));
  for (const tenantId of due) expect((await verifyTenant(database.connectionString, tenantId)).drifts).toBe(0);
});

test("a receiver neither sweeps nor waits while another one leads, and takes over when that one's transaction ends", async () => {
  const database = await useTestDatabase();
  await addTenants(database, 3);
  await addDueSessions(database, ["brand-0002"]);
  const leader = await openWriterConnection(database.connectionString);
  onTestFinished(() => leader.end());
  await leader.query("begin");
  expect(await tryLockDuty(leader, "sweep")).toBe(true);
  let swept = 0;
  const receiver = await watch(database, (sessions) => (swept += sessions));
  let waiting = 0;
  for (let i = 0; i < 10; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const { rows } = await database.pool.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_locks
       where not granted and database = (select oid from pg_database where datname = current_database())`,
    );
    waiting += rows[0]?.waiting ?? 0;
  }
  expect({ swept, waiting }).toEqual({ swept: 0, waiting: 0 });
  await leader.query("rollback");
  await expect.poll(() => swept, { timeout: 30_000 }).toBe(1);
  await receiver.close();
});

test("the watermark of a quiet tenant is advanced once it has stood still for a quarter of an hour", async () => {
  const database = await useTestDatabase();
  await addTenants(database, 2);
  await database.pool.query(
    "update analytics_settings set idle_through = now() - interval '16 minutes' where tenant_id = 'brand-0002'",
  );
  const visits: number[] = [];
  const receiver = await watch(database, (sessions) => visits.push(sessions));
  await expect.poll(() => visits, { timeout: 30_000 }).toEqual([0]);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await receiver.close();
  expect(visits).toEqual([0]);
  const { rows } = await database.pool.query(
    "select bool_and(idle_through > now() - interval '5 minutes') as fresh from analytics_settings",
  );
  expect(rows).toEqual([{ fresh: true }]);
});
