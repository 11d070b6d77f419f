import { expect, onTestFinished, test, vi } from "vitest";
import type { GroupCommit, IngestOptions } from "../../../collector-receiver/src/ingest/group-commit.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { lockTenantsAlone } from "../../../collector-receiver/src/storage/wire/lock-tenants.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import type { WriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";
import { requestOf } from "./arbitrary-events.ts";

interface World {
  readonly database: TestDatabase;
  readonly ingest: GroupCommit;
  /** A connection that has nothing open. */
  readonly other: WriterConnection;
}

async function openWorld(options: Partial<IngestOptions> = {}): Promise<World> {
  const database = await useTestDatabase();
  const ingest = openTestIngest(database.connectionString, options);
  onTestFinished(() => ingest.close());
  const other = await openWriterConnection(database.connectionString);
  onTestFinished(() => other.end());
  return { database, ingest, other };
}

const start = (tenantId: string): BusinessEvent =>
  makeEvent({ tenantId, name: "session.start", sessionId: "s-1", attributes: { session_id: "s-1" } });

async function takeAlone({ other }: World, tenantId: string): Promise<void> {
  await other.query("begin");
  await lockTenantsAlone(other, [tenantId]);
}

const settled = async (promise: Promise<unknown>): Promise<boolean> => {
  let done = false;
  void promise.finally(() => (done = true)).catch(() => {});
  await new Promise((resolve) => setTimeout(resolve, 100));
  return done;
};

test("while somebody has a tenant alone, the batches of the others go on, also those that come with it", async () => {
  const world = await openWorld();
  const { ingest, other, database } = world;
  await ingest.submit(requestOf([start("alone"), start("free")]), 100);
  await takeAlone(world, "alone");
  const held = ingest.submit(requestOf([start("alone")]), 100);
  const together = ingest.submit(requestOf([start("free")]), 100);
  expect(await together).toMatchObject({ inserted: 1 });
  for (let i = 0; i < 20; i++)
    expect(await ingest.submit(requestOf([start("free")]), 100)).toMatchObject({ inserted: 1 });
  expect(await settled(held)).toBe(false);
  expect(ingest.queueBytes).toBe(100);
  await other.query("commit");
  expect(await held).toMatchObject({ inserted: 1, duplicates: 0 });
  expect(ingest.queueLength).toBe(0);
  expect(ingest.queueBytes).toBe(0);
  const { rows } = await database.pool.query(
    "select tenant_id, count(*)::int from analytics_events group by 1 order by 1",
  );
  expect(rows).toEqual([
    { tenant_id: "alone", count: 2 },
    { tenant_id: "free", count: 22 },
  ]);
});

test("a request of a busy tenant and another is committed in two parts, and answered when both are", async () => {
  const world = await openWorld();
  const { ingest, other, database } = world;
  const known = start("free");
  await ingest.submit(requestOf([start("alone"), known]), 100);
  await takeAlone(world, "alone");
  const both = ingest.submit(requestOf([start("alone"), start("free"), start("free"), known]), 100);
  await vi.waitFor(async () => {
    const { rows } = await database.pool.query(
      "select tenant_id, count(*)::int from analytics_events group by 1 order by 1",
    );
    expect(rows).toEqual([
      { tenant_id: "alone", count: 1 },
      { tenant_id: "free", count: 3 },
    ]);
  });
  expect(await settled(both)).toBe(false);
  await other.query("commit");
  expect(await both).toEqual({ inserted: 3, duplicates: 1, refused: [] });
  expect(ingest.queueBytes).toBe(0);
});

test("a request that waits for its tenant for too long is to be sent again; closing waits for nobody longer than that", async () => {
  const world = await openWorld();
  const { ingest, other } = world;
  await ingest.submit(requestOf([start("alone"), start("free")]), 100);
  await takeAlone(world, "alone");
  const held = ingest.submit(requestOf([start("alone")]), 100).catch((error: unknown) => error);
  const closing = ingest.close();
  expect(await held).toMatchObject({ name: "UnavailableError", code: "tenant_busy", retryAfterSeconds: 1 });
  await closing;
  expect(ingest.queueBytes).toBe(0);
  await other.query("rollback");
});

test("two tenants that are busy for different times: the one whose turn it is does not keep the other waiting", async () => {
  const world = await openWorld();
  const { ingest, other, database } = world;
  await ingest.submit(requestOf([start("long"), start("short")]), 100);
  const second = await openWriterConnection(database.connectionString);
  onTestFinished(() => second.end());
  await takeAlone(world, "long");
  await takeAlone({ ...world, other: second }, "short");
  const long = ingest.submit(requestOf([start("long")]), 100);
  const short = ingest.submit(requestOf([start("short")]), 100);
  expect(await settled(short)).toBe(false);
  await second.query("commit");
  expect(await short).toMatchObject({ inserted: 1 });
  expect(await settled(long)).toBe(false);
  await other.query("commit");
  expect(await long).toMatchObject({ inserted: 1 });
});

test("more tenants than a transaction may lock: as many transactions as it takes, one answer", async () => {
  const tenantsOfBatches: number[] = [];
  const { ingest, database } = await openWorld({
    onCommitted: (_, batch) => tenantsOfBatches.push(batch.lockedTenantIds.length),
  });
  const tenantIds = Array.from({ length: 600 }, (_, n) => `brand-${String(n).padStart(4, "0")}`);
  expect(await ingest.submit(requestOf(tenantIds.map(start)), 100)).toEqual({
    inserted: 600,
    duplicates: 0,
    refused: [],
  });
  expect(tenantsOfBatches.toSorted((a, b) => a - b)).toEqual([88, 256, 256]);
  expect(ingest.queueBytes).toBe(0);
  expect((await verifyTenant(database.connectionString, "brand-0599")).drifts).toBe(0);
});

test("on a database that older receivers may still write to, work that has one tenant alone holds all batches back", async () => {
  const world = await openWorld();
  const { ingest, other, database } = world;
  await ingest.submit(requestOf([start("alone"), start("free")]), 100);
  await database.pool.query("update spanledger_schema set locks_by_tenant = false");
  await takeAlone(world, "alone");
  const held = ingest.submit(requestOf([start("free")]), 100);
  expect(await settled(held)).toBe(false);
  await other.query("commit");
  expect(await held).toMatchObject({ inserted: 1 });
});
