import pg from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import { openVerifier, verifyTenant, type Verifier } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { applyCustomDefinitions } from "../../../collector-receiver/src/upkeep/apply-custom-definitions.ts";
import { applyDefinitions } from "../../../collector-receiver/src/upkeep/apply-definitions.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";
import { sealBefore } from "../../support/seal-before.ts";
import { ownDefinitions } from "../ingest/count-own-from-scratch.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";

const hour = 3_600_000;
/** A Monday in Shanghai, in the middle of a month. */
const startMs = Date.UTC(2025, 10, 16, 16);
/** The start of December in Shanghai, a Monday, and of January, a Thursday. */
const bounds = [Date.UTC(2025, 10, 30, 16), Date.UTC(2025, 11, 31, 16)] as const;

async function openAll(database: TestDatabase): Promise<Verifier> {
  const verifier = await openVerifier(database.connectionString);
  onTestFinished(() => verifier.close());
  return verifier;
}

/** Sends tenants that differ in all that a recount depends on: events, timezone, retention, own metrics. */
async function sendVariousTenants(database: TestDatabase): Promise<string[]> {
  const ingest = openTestIngest(database.connectionString);
  onTestFinished(() => ingest.close());
  const client = await openWriterConnection(database.connectionString);
  onTestFinished(() => client.end());
  const tenantIds = Array.from({ length: 12 }, (_, i) => `brand-${String(i).padStart(2, "0")}`);
  const eventsOf = (tenantId: string, i: number) =>
    Array.from({ length: 30 + i }, (_, n) => {
      const occurredAtMs = startMs + n * 37 * hour + i * 11;
      const sessionId = `s-${n >> 1}`;
      const shared = { tenantId, occurredAtMs };
      if (n % 5 === 4)
        return makeEvent({ ...shared, name: "acme.custom", sessionId, attributes: { amount: n, vip: true } });
      if (n % 7 === 6) return makeEvent({ ...shared, name: "ticket.created", ticketId: n, agentId: i + 1 });
      if (n % 2 === 1) {
        const attributes = { role: "ai", response_time_ms: 100 * n };
        return makeEvent({ ...shared, name: "session.message", sessionId, attributes });
      }
      return makeEvent({ ...shared, name: "session.start", sessionId, attributes: { user_id: `u-${n % 4}` } });
    });
  await addTenants(database, ["brand-03", "brand-04"], "America/New_York");
  await ingest.submit(requestOf(tenantIds.map((tenantId) => makeEvent({ tenantId, name: "acme.first" }))), 100);
  await applyDefinitions(client, ["brand-02", "brand-05", "brand-09"], ownDefinitions);
  for (const [i, tenantId] of tenantIds.entries()) {
    if (i === 11) continue;
    await ingest.submit(requestOf(eventsOf(tenantId, i)), 100);
  }
  for (const [tenantId, bound] of [
    ["brand-04", Date.UTC(2025, 11, 1, 5)],
    ["brand-05", bounds[0]],
    ["brand-06", bounds[0]],
    ["brand-07", bounds[1]],
    ["brand-08", bounds[1]],
  ] as const) {
    for await (const _ of sweepIdleSessions(client, tenantId, bound + 30 * hour));
    await sealBefore(client, tenantId, bound);
    await client.query({
      text: "delete from analytics_events where tenant_id = $1 and occurred_at < to_timestamp($2::float8 / 1000)",
      values: [tenantId, bound],
    });
  }
  return tenantIds;
}

test("tenants that are verified together are found as each is alone, whatever differs between them", async () => {
  const database = await useTestDatabase();
  const tenantIds = await sendVariousTenants(database);
  const verifier = await openAll(database);
  const alone = async () => {
    const verifications = [];
    for (const tenantId of tenantIds) verifications.push(await verifyTenant(database.connectionString, tenantId));
    return verifications;
  };
  const clean = await verifier.verify(tenantIds);
  expect(clean).toEqual(await alone());
  expect(clean.map(({ drifts, pendingMetrics }) => drifts - pendingMetrics.length)).toEqual(tenantIds.map(() => 0));
  expect(new Set(clean.map(({ events }) => events)).size).toBeGreaterThan(8);

  await database.pool.query(`
    update analytics_business_metrics set total_messages = total_messages + 1 where tenant_id in ('brand-00', 'brand-06');
    delete from analytics_sessions where tenant_id = 'brand-01' and session_id = 's-3';
    delete from analytics_customers where tenant_id = 'brand-04';
    update analytics_custom_counters set events = events + 1 where tenant_id = 'brand-05';
    update analytics_tickets set ticket_id = ticket_id + 1000 where tenant_id = 'brand-03';
    insert into analytics_event_counts (tenant_id, day, event_name, events) values ('brand-11', '2025-12-01', 'acme.never', 4)`);
  const drifted = await verifier.verify(tenantIds);
  expect(drifted).toEqual(await alone());
  expect(drifted.filter(({ drifts }) => drifts > 0).map(({ tenantId }) => tenantId)).toEqual([
    "brand-00",
    "brand-01",
    "brand-03",
    "brand-04",
    "brand-05",
    "brand-06",
    "brand-11",
  ]);
  expect(await verifier.verify(tenantIds.toReversed())).toEqual(drifted.toReversed());
}, 120_000);

/** How often anything is sent to PostgreSQL while `work` runs. */
async function countSends(work: () => Promise<unknown>): Promise<number> {
  const sends = vi.spyOn(pg.Client.prototype, "query");
  onTestFinished(() => sends.mockRestore());
  await work();
  const count = sends.mock.calls.length;
  sends.mockRestore();
  return count;
}

async function addTenants(
  { pool }: TestDatabase,
  tenantIds: readonly string[],
  timezone = "Asia/Shanghai",
): Promise<void> {
  await pool.query(
    `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules)
     select tenant, $2, 'CNY', 3600, date_trunc('milliseconds', now()), 2 from unnest($1::text[]) tenant`,
    [tenantIds, timezone],
  );
}

const brands = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `brand-${String(i + 1).padStart(4, "0")}`);

test("1,200 small tenants are verified in a handful of statements, sealed ones and those with own metrics too", async () => {
  const database = await useTestDatabase();
  const tenantIds = brands(1_200);
  await addTenants(database, tenantIds);
  const ingest = openTestIngest(database.connectionString);
  onTestFinished(() => ingest.close());
  const events = tenantIds.map((tenantId) =>
    makeEvent({ tenantId, name: "session.start", sessionId: "s1", occurredAtMs: bounds[1] }),
  );
  await ingest.submit(requestOf(events), 100);
  await database.pool.query("update analytics_settings set retained_from = to_timestamp($1::float8 / 1000)", [
    bounds[0],
  ]);
  const client = await openWriterConnection(database.connectionString);
  onTestFinished(() => client.end());
  await applyDefinitions(client, tenantIds, ownDefinitions);
  const verifier = await openAll(database);
  let verified = 0;
  const sends = await countSends(async () => {
    for (const group of await verifier.group(tenantIds)) {
      for (const { drifts, events: counted } of await verifier.verify(group)) {
        expect([drifts, counted]).toEqual([0, 1]);
        verified++;
      }
    }
  });
  expect(verified).toBe(1_200);
  // About 60 for each of three snapshots.
  expect(sends).toBeLessThan(300);
}, 120_000);

test("large tenants are verified in snapshots of their own, and every tenant is in one group", async () => {
  const database = await useTestDatabase();
  const tenantIds = brands(1_100);
  await addTenants(database, tenantIds);
  const large = ["brand-0003", "brand-0700"];
  await database.pool.query(
    `insert into analytics_business_metrics (tenant_id, period_type, period_value, period_start, total_messages)
     select tenant, 'month', '2025-12', '2025-12-01', 1e7 from unnest($1::text[]) as tenant`,
    [large],
  );
  const groups = await (await openAll(database)).group(tenantIds);
  expect(groups.flat()).toEqual(tenantIds);
  expect(groups.filter((group) => group.some((tenantId) => large.includes(tenantId)))).toEqual(
    large.map((tenantId) => [tenantId]),
  );
  expect(groups.length).toBeLessThan(8);
});

test("a start applies definitions to 1,000 tenants in few statements, none if they stand already, and says what is pending in one line", async () => {
  const database = await useTestDatabase();
  const tenantIds = brands(1_000);
  await addTenants(database, tenantIds);
  const ingest = openTestIngest(database.connectionString);
  onTestFinished(() => ingest.close());
  const counted = tenantIds
    .slice(0, 400)
    .map((tenantId) => makeEvent({ tenantId, name: "acme.custom", attributes: { amount: 1 } }));
  await ingest.submit(requestOf(counted), 100);
  const lines: unknown[] = [];
  const say = (fields: unknown): void => void lines.push(fields);
  const log = { warn: say, info: say } as never;
  const apply = () => applyCustomDefinitions(database.connectionString, ownDefinitions, log);
  expect(await countSends(apply)).toBeLessThan(150);
  expect(lines).toEqual([
    {
      tenants: 400,
      examples: ["brand-0001", "brand-0002", "brand-0003", "brand-0004", "brand-0005"],
      metrics: expect.arrayContaining(["acme_events"]),
    },
  ]);
  const audited = await database.pool.query("select count(distinct tenant_id)::int as n from analytics_audit");
  expect(audited.rows).toEqual([{ n: 1_000 }]);
  expect(await countSends(apply)).toBeLessThan(15);
  expect(await countSends(() => applyCustomDefinitions(database.connectionString, null, log))).toBeLessThan(15);
  expect(lines).toHaveLength(4);
}, 60_000);
