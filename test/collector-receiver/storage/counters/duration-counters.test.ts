import fc from "fast-check";
import { expect, test } from "vitest";
import { createBusinessCalendar } from "../../../../collector-receiver/src/metrics/business-calendar.ts";
import { CounterChanges } from "../../../../collector-receiver/src/metrics/counter-changes.ts";
import { bucketCount, bucketOf } from "../../../../collector-receiver/src/metrics/duration-histogram.ts";
import { knownMigrations } from "../../../../collector-receiver/src/storage/schema/known-migrations.ts";
import { migrateDatabase } from "../../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { upsertDurationHistograms } from "../../../../collector-receiver/src/storage/counters/upsert-duration-histograms.ts";
import { openWriterConnection } from "../../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { useTestDatabase } from "../../../support/create-test-database.ts";
import { makeEvent } from "../../../support/open-test-ingest.ts";

const stored = `select tenant_id, day::text, metric, bucket, count::int from analytics_duration_histograms
  order by tenant_id, day, metric, bucket`;
const storedByPeriod = `select period_type, period_value, metric, bucket, count::int
  from analytics_duration_histograms_by_period order by tenant_id, period_type, period_value, metric, bucket`;

test("the migration keeps stored rows, in both directions", async () => {
  const { pool, connectionString } = await useTestDatabase({ migrated: false });
  await migrateDatabase(connectionString, { count: knownMigrations.indexOf("0043_duration_counters") });
  const last = bucketCount - 1;
  const rows = [
    ["brand-b", "2025-12-31", "response_time", 31, 4],
    ["default", "2025-12-31", "handle_time", 0, 1],
    ["default", "2025-12-31", "response_time", 0, 11],
    ["default", "2025-12-31", "response_time", 31, 12],
    ["default", "2025-12-31", "response_time", 32, 13],
    // What a damaged table may hold is kept as well, so that a rebuild finds it.
    ["default", "2025-12-31", "response_time", 95, -2],
    ["default", "2025-12-31", "response_time", last, 2_000_000_000],
    ["default", "2026-01-01", "response_time", 32, 5],
    ["default", "2026-01-01", "took:ä b", 33, 6],
  ] as const;
  const insert = "insert into analytics_duration_histograms values ($1, $2, $3, $4, $5)";
  for (const row of rows) await pool.query(insert, [...row]);
  const before = (await pool.query(storedByPeriod)).rows;
  expect(before.length).toBeGreaterThan(rows.length);
  // A bucket of none is not a bucket.
  await pool.query(insert, ["default", "2026-01-01", "response_time", 34, 0]);

  await migrateDatabase(connectionString, { count: 1 });
  expect((await pool.query(stored)).rows.map(Object.values)).toEqual(rows);
  expect((await pool.query(storedByPeriod)).rows).toEqual(before);
  const groups = "select first_bucket, c00::int, c31::int from analytics_duration_counters order by 1, 2, 3";
  expect((await pool.query(groups)).rows.map(Object.values)).toEqual([
    [0, 0, 4],
    [0, 1, 0],
    [0, 11, 12],
    [32, 0, 0],
    [32, 5, 0],
    [32, 13, 0],
    [64, 0, -2],
    [last - (last % 32), 0, 0],
  ]);

  await migrateDatabase(connectionString, { direction: "down" });
  expect((await pool.query(stored)).rows.map(Object.values)).toEqual(rows);
  expect((await pool.query(storedByPeriod)).rows).toEqual(before);
  await pool.query(insert, ["default", "2026-01-02", "response_time", 34, 1]);
});

test("whatever durations come in whatever batches: each bucket is read as often as it came", async () => {
  const { pool, connectionString } = await useTestDatabase();
  const client = await openWriterConnection(connectionString);
  const calendar = createBusinessCalendar("UTC");
  // Around the ends of groups too, and in every bucket there is.
  const durations = fc.oneof(
    fc.integer({ min: 0, max: 70 }),
    fc.double({ min: 0, max: Math.log(87_600 * 3_600_000), noNaN: true }).map((power) => Math.floor(Math.exp(power))),
  );
  const event = fc.record({
    tenantId: fc.constantFrom("default", "brand-b"),
    day: fc.constantFrom("2025-12-31", "2026-01-01"),
    name: fc.constantFrom("session.message", "query.order"),
    ms: durations,
  });
  try {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(event, { minLength: 1, maxLength: 60 }), { maxLength: 4 }),
        async (batches) => {
          await pool.query("truncate analytics_duration_counters");
          const expected = new Map<string, number>();
          for (const batch of batches) {
            const changes = new CounterChanges();
            for (const { tenantId, day, name, ms } of batch) {
              const attributes = { response_time_ms: ms };
              const occurredAtMs = Date.parse(`${day}T12:00:00Z`);
              changes.addEvent(makeEvent({ tenantId, name, attributes, occurredAtMs }), {
                calendar,
                workingHours: null,
                custom: null,
              });
              const metric = name === "query.order" ? "order_query_time" : "response_time";
              const key = `${tenantId} ${day} ${metric} ${bucketOf(ms)}`;
              expected.set(key, (expected.get(key) ?? 0) + 1);
            }
            await upsertDurationHistograms(client, [...changes.histograms.values()]);
          }
          const { rows } = await pool.query(stored);
          const read = rows.map((row) => [`${row.tenant_id} ${row.day} ${row.metric} ${row.bucket}`, row.count]);
          expect(new Map(read as [string, number][])).toEqual(expected);
        },
      ),
      { numRuns: 60 },
    );
  } finally {
    await client.end();
  }
});

test("a batch changes its rows in the order in which a rebuild changes them", async () => {
  const { pool, connectionString } = await useTestDatabase();
  const client = await openWriterConnection(connectionString);
  const changes = new CounterChanges();
  const calendar = createBusinessCalendar("UTC");
  for (const ms of [90_000, 0, 3, 40, 250, 1e12, 1500, 8_000_000]) {
    for (const name of ["query.order", "session.message"]) {
      changes.addEvent(makeEvent({ name, attributes: { response_time_ms: ms } }), {
        calendar,
        workingHours: null,
        custom: null,
      });
    }
  }
  const written = [...changes.histograms].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, change]) => change);
  await upsertDurationHistograms(client, written);
  await client.end();
  const { rows } = await pool.query(
    `select metric, first_bucket as "firstBucket" from analytics_duration_counters order by day, metric, first_bucket`,
  );
  expect(new Set(rows.map((row) => row.firstBucket)).size).toBeGreaterThan(5);
  expect(written.map(({ metric, firstBucket }) => ({ metric, firstBucket }))).toEqual(rows);
});

test("a condition on tenant, days and metric reaches the key of the table, also from a join", async () => {
  const { pool } = await useTestDatabase();
  await pool.query(`
    insert into analytics_duration_counters (tenant_id, day, metric, first_bucket, c03)
    select tenant, day, 'm' || metric, first_bucket, 1
    from unnest(array['default', 'brand-b']) as tenant, generate_series(date '2025-01-01', '2025-12-31', interval '1 day') as day,
      generate_series(1, 5) as metric, generate_series(96, 224, 32) as first_bucket;
    analyze analytics_duration_counters`);
  const condition = async (query: string): Promise<string> => {
    const { rows } = await pool.query(`explain (costs off) ${query}`);
    const lines = rows.map((row) => row["QUERY PLAN"] as string);
    return lines.find((line) => line.includes("Index Cond:")) ?? "no condition on an index";
  };
  const direct = await condition(`
    select bucket, sum(count) from analytics_duration_histograms
    where tenant_id = 'default' and metric = 'm3' and day between '2025-06-01' and '2025-06-30' group by bucket`);
  const joined = await condition(`
    select wanted.place, bucket, sum(count)
    from unnest('{2025-06-01,2025-07-01}'::date[], '{2025-06-03,2025-07-03}'::date[]) with ordinality as wanted (first_day, last_day, place)
    join analytics_duration_histograms on day between first_day and last_day
    where tenant_id = 'default' and metric = any ('{m3}') group by 1, 2`);
  for (const plan of [direct, joined]) {
    for (const column of ["tenant_id", "day >=", "day <=", "metric"]) expect(plan).toContain(column);
  }
});
