import { randomBytes } from "node:crypto";
import { expect, onTestFinished, test, vi } from "vitest";
import { claimedIds, kindOfMark } from "../../../../collector-receiver/src/mapping/id-kind.ts";
import { timeOfUuidV7 } from "../../../../collector-receiver/src/bytes/uuid.ts";
import { forgetEventIds } from "../../../../collector-receiver/src/storage/events/forget-event-ids.ts";
import { knownMigrations } from "../../../../collector-receiver/src/storage/schema/known-migrations.ts";
import { migrateDatabase } from "../../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { openWriterConnection } from "../../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { watchTenants, type TenantWatchOptions } from "../../../../collector-receiver/src/upkeep/watch-tenants.ts";
import { useTestDatabase } from "../../../support/create-test-database.ts";
import { makeEvent, openTestIngest } from "../../../support/open-test-ingest.ts";
import { useRole } from "../../../support/use-role.ts";
import { uuidV7 } from "../../../support/uuid-v7.ts";
import { requestOf } from "../../ingest/arbitrary-events.ts";

const atMs = Date.UTC(2025, 11, 25, 4);
const dayMs = 86_400_000;
const v4 = (n: number) => `4b0a1f6e-3c55-4c0e-9a41-${String(n).padStart(12, "0")}`;

test("SQL and mapping agree on which ids are claimed; SQL leaves version 5 out", async () => {
  const { pool } = await useTestDatabase();
  const cases = Array.from({ length: 2000 }, (_, n) => {
    const id = randomBytes(16);
    id[6] = ((n % 16) << 4) | (id[6]! & 0x0f);
    if (n % 3 === 0) id[6] = 0x70 | (id[6]! & 0x0f);
    if (n % 2 === 0) id[8] = 0x80 | (id[8]! & 0x3f);
    // Times around that of the id, and of the extremes of what an event may have.
    id.writeUIntBE(n % 11 === 0 ? Date.UTC(2000, 0, 1) : atMs + n, 0, 6);
    const markMs = timeOfUuidV7(new DataView(id.buffer, id.byteOffset, 16));
    // An id of another version or variant is claimed even if it begins with the event's time.
    const occurredAtMs = id.readUIntBE(0, 6) + [0, 0, 1, -1, 1001, dayMs][n % 6]!;
    const needsClaim = (kindOfMark(markMs, occurredAtMs) & claimedIds) !== 0 && id[6]! >> 4 !== 5;
    return { id: id.toString("hex"), at: new Date(occurredAtMs), needsClaim };
  });
  const { rows } = await pool.query(
    "select spanledger_needs_claim(id::uuid, at) as needs from unnest($1::text[], $2::timestamptz[]) as event (id, at)",
    [cases.map(({ id }) => id), cases.map(({ at }) => at)],
  );
  expect(rows.map(({ needs }) => needs)).toEqual(cases.map(({ needsClaim }) => needsClaim));
});

test("the migration claims the ids of stored rows, the first row's where an id has several", async () => {
  const { pool, connectionString } = await useTestDatabase({ migrated: false });
  await migrateDatabase(connectionString, {
    count: knownMigrations.findIndex((name) => name.endsWith("_claim_stored_ids")),
  });
  await pool.query("select spanledger_ensure_partition('2025-11-01'), spanledger_ensure_partition('2025-12-01')");
  for (const tenant of ["with", "without"]) {
    await pool.query(
      "insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through) values ($1, 'UTC', 'CNY', 1, now())",
      [tenant],
    );
  }
  const stored = [
    ["with", v4(1), atMs + 1],
    ["with", v4(1), atMs],
    ["with", uuidV7(atMs, 1), atMs],
    ["with", uuidV7(atMs, 2), atMs - 35 * dayMs],
    ["without", v4(1), atMs],
    ["without", "6ba5c1b6-7d0a-5c7e-9b0e-6f4d1f1c2a55", atMs],
  ] as const;
  for (const [tenant, id, ms] of stored) {
    await pool.query(
      "insert into analytics_events (tenant_id, event_id, event_name, event_data, occurred_at) values ($1, $2, 'e', '{}', $3)",
      [tenant, id, new Date(ms)],
    );
  }
  await migrateDatabase(connectionString);
  const { rows } = await pool.query("select * from analytics_event_ids order by tenant_id, event_id");
  expect(rows).toEqual([
    { tenant_id: "with", event_id: uuidV7(atMs, 2), occurred_at: new Date(atMs - 35 * dayMs) },
    { tenant_id: "with", event_id: v4(1), occurred_at: new Date(atMs + 1) },
    { tenant_id: "without", event_id: v4(1), occurred_at: new Date(atMs) },
  ]);
  const settings = await pool.query("select tenant_id, v7_claims from analytics_settings order by 1");
  expect(settings.rows).toEqual([
    { tenant_id: "with", v7_claims: true },
    { tenant_id: "without", v7_claims: false },
  ]);
});

test("claims go with the partition of their time, slice by slice; all others stay", async () => {
  const { pool, connectionString } = await useTestDatabase();
  const ingest = openTestIngest(connectionString);
  onTestFinished(() => ingest.close());
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  const forget = async () => {
    let slices = 0;
    for await (const _ of forgetEventIds(client)) slices++;
    return slices;
  };
  const [old, young] = [Date.UTC(2025, 9, 31, 23, 59, 59, 999), Date.UTC(2025, 10, 1)];
  await ingest.submit(
    requestOf([old, young].map((occurredAtMs, n) => makeEvent({ name: "acme.event", eventId: v4(n), occurredAtMs }))),
    100,
  );
  // Of another tenant, and more than fit into a slice.
  await pool.query(
    `insert into analytics_event_ids select 'other', gen_random_uuid(), timestamptz '2025-10-20Z' + n % 2 * interval '20 days'
     from generate_series(1, 300000) as n`,
  );
  // Its month never had a partition: that is a drift, and verify names it.
  await pool.query("insert into analytics_event_ids values ('other', gen_random_uuid(), '2025-09-09Z')");
  expect(await forget()).toBe(0);

  await pool.query(
    `insert into analytics_retention_plans (tenant_id, retention_months, retained_from, applied_from)
     values ('default', 1, '2025-11-01Z', '2025-11-01Z')`,
  );
  const { rows: dropped } = await pool.query("select spanledger_drop_old_partitions() as partitions");
  expect(dropped).toEqual([{ partitions: ["analytics_events_2025_10"] }]);
  // A receiver that stops after the first slice leaves the rest to the next round.
  for await (const _ of forgetEventIds(client)) break;
  expect(await forget()).toBeGreaterThan(1);
  const { rows } = await pool.query(
    "select tenant_id, min(occurred_at) as first, count(*)::int as n from analytics_event_ids group by 1 order by 1",
  );
  expect(rows).toEqual([
    { tenant_id: "default", first: new Date(young), n: 1 },
    { tenant_id: "other", first: new Date("2025-09-09Z"), n: 150_001 },
  ]);
  expect(await forget()).toBe(0);

  // A receiver does it in a round of upkeep.
  await pool.query("insert into analytics_dropped_months values ('2025-09-01'), ('2025-11-01')");
  await pool.query("drop table analytics_events_2025_11");
  const watch = await watchTenants({
    connectionString,
    log: { warn: () => {}, info: () => {} } as unknown as TenantWatchOptions["log"],
    onAlarm: (code) => expect.unreachable(code),
    everyMs: 50,
    switchesRules: false,
    retentionMonths: undefined,
    onSwept: () => {},
  });
  onTestFinished(() => watch.close());
  await vi.waitUntil(async () => (await pool.query("select from analytics_event_ids limit 1")).rowCount === 0, 60_000);
});

test("the receiver's role claims ids, and cannot remove a claim whose row is there", async () => {
  const database = await useTestDatabase();
  const { connectionString } = await useRole(database, "in role spanledger_receiver");
  const ingest = openTestIngest(connectionString);
  onTestFinished(() => ingest.close());
  const events = [v4(1), uuidV7(atMs, 1), uuidV7(atMs - dayMs, 2)].map((eventId) =>
    makeEvent({ name: "acme.event", eventId, occurredAtMs: atMs }),
  );
  expect(await ingest.submit(requestOf(events), 100)).toMatchObject({ inserted: 3 });
  const client = await openWriterConnection(connectionString);
  onTestFinished(() => client.end());
  await client.query("select spanledger_forget_event_ids(array[date '2025-12-01'], 0)");
  await expect(client.query("delete from analytics_event_ids")).rejects.toMatchObject({ code: "42501" });
  await expect(client.query("insert into analytics_dropped_months values ('2025-12-01')")).rejects.toMatchObject({
    code: "42501",
  });
  const { rows } = await database.pool.query("select count(*)::int as n from analytics_event_ids");
  expect(rows).toEqual([{ n: 2 }]);
});
