import { expect, onTestFinished, test } from "vitest";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { requestOf } from "./arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

/** One session with an answer for each of these tenants. */
const eventsOf = (tenantIds: readonly string[]): BusinessEvent[] =>
  tenantIds.flatMap((tenantId) => [
    makeEvent({ name: "session.start", sessionId: "s1", tenantId }),
    makeEvent({ name: "session.message", sessionId: "s1", tenantId, attributes: { role: "ai", response_time_ms: 5 } }),
  ]);

const tenantsFrom = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `brand-${first + i}`);

/** Transactions of the database so far; a server process reports its own when it ends. */
async function transactionsOf({ pool }: TestDatabase): Promise<number> {
  const { rows } = await pool.query<{ transactions: number }>(
    `select (xact_commit + xact_rollback)::int as transactions
     from pg_stat_database where datname = current_database()`,
  );
  return rows[0]?.transactions ?? 0;
}

async function storedTenants({ pool }: TestDatabase): Promise<unknown> {
  const { rows } = await pool.query(
    `select (select count(*)::int from analytics_settings) as settings, (select count(*)::int from analytics_costs) as costs,
       (select sum(total_sessions)::int from analytics_business_metrics where period_type = 'day') as sessions`,
  );
  return rows[0];
}

test("one request with 500 new tenants is committed in a handful of transactions, not one for each tenant", async () => {
  const database = await useTestDatabase();
  const before = await transactionsOf(database);
  const ingest = openTestIngest(database.connectionString);
  const events = eventsOf(tenantsFrom(0, 500));
  const { inserted } = await ingest.submit(requestOf(events), 100);
  await ingest.close();
  expect(inserted).toBe(events.length);
  expect(await storedTenants(database)).toEqual({ settings: 500, costs: 500, sessions: 500 });
  await expect.poll(() => transactionsOf(database)).toBeGreaterThan(before);
  expect((await transactionsOf(database)) - before).toBeLessThan(40);
});

test("two receivers that seed overlapping sets of tenants at once neither deadlock nor seed one twice", async () => {
  const database = await useTestDatabase();
  const receivers = [0, 1].map(() => openTestIngest(database.connectionString));
  onTestFinished(async () => void (await Promise.all(receivers.map((ingest) => ingest.close()))));
  const rounds = 12;
  for (let round = 0; round < rounds; round++) {
    // Each receiver gets the tenants in another order, and two thirds of them are the other one's too.
    const requests = receivers.map((_, i) => eventsOf(tenantsFrom(round * 120 + i * 30, 90)));
    if (round % 2 === 1) requests[1]?.reverse();
    await Promise.all(receivers.map((ingest, i) => ingest.submit(requestOf(requests[i] ?? []), 100)));
  }
  expect(await storedTenants(database)).toEqual({
    settings: rounds * 120,
    costs: rounds * 120,
    sessions: rounds * 120,
  });
  const { rows } = await database.pool.query(
    "select deadlocks::int from pg_stat_database where datname = current_database()",
  );
  expect(rows).toEqual([{ deadlocks: 0 }]);
  expect((await verifyTenant(database.connectionString, "brand-31")).drifts).toBe(0);
});
