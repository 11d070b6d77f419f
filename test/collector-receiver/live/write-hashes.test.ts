import { afterAll, beforeAll, expect, test } from "vitest";
import fc from "fast-check";
import { writeHashes } from "../../../collector-receiver/src/live/hash-writer.ts";
import { PendingDays } from "../../../collector-receiver/src/live/pending-days.ts";
import { refreshToday } from "../../../collector-receiver/src/live/refresh-today.ts";
import type { BusinessRow } from "../../../collector-receiver/src/storage/counters/upsert-business-metrics.ts";
import { businessCalendarOf } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { createTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { describeWith } from "../../support/describe-with.ts";
import { findRedisProgram } from "../../../deploy/setup/find-redis-server.ts";
import { redisExcuse } from "../../support/open-test-redis.ts";
import { startRedis, type RestartableRedis } from "../../support/start-redis.ts";

const program = await findRedisProgram();
const hashOf = (key: string, revision: number) => ({ key, revision, fields: ["total_sessions", String(revision)] });

describeWith(
  "redis-server (npm run setup)",
  program,
  (redisProgram) => {
    let redis: RestartableRedis;
    let database: TestDatabase;
    beforeAll(async () => {
      redis = await startRedis(redisProgram());
      database = await createTestDatabase();
      await database.pool.query(
        `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules)
       values ('default', 'UTC', 'CNY', 60, now(), 2)`,
      );
    });
    afterAll(async () => {
      await redis?.stop();
      await database?.drop();
    });

    test("in whatever order revisions arrive, the newest stays", async () => {
      let run = 0;
      const orders = fc.uniqueArray(fc.integer({ min: 1, max: 2 ** 50 }), { minLength: 1, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(orders, async (revisions) => {
          const key = `analytics:daily:order-${run++}`;
          for (const revision of revisions) await writeHashes(redis.client, [hashOf(key, revision)]);
          const newest = String(Math.max(...revisions));
          expect(await redis.client.hgetall(key)).toEqual({ revision: newest, total_sessions: newest });
        }),
        { numRuns: 40 },
      );
    });

    test("the script is known after the first call, and sent again where Redis forgot it", async () => {
      await writeHashes(redis.client, [hashOf("analytics:daily:a", 1)]);
      await redis.client.script("FLUSH", "SYNC");
      await writeHashes(redis.client, [hashOf("analytics:daily:a", 2), hashOf("analytics:daily:b", 1)]);
      expect(await redis.client.hget("analytics:daily:a", "revision")).toBe("2");
      await redis.client.config("RESETSTAT");
      for (let revision = 3; revision < 23; revision++) {
        await writeHashes(redis.client, [hashOf("analytics:daily:a", revision)]);
      }
      const statistics = await redis.client.info("commandstats");
      expect(statistics).toMatch(/cmdstat_evalsha:calls=20,/);
      expect(statistics).not.toMatch(/cmdstat_(eval|script\|load):/);
    });

    const day = () => businessCalendarOf("UTC").dayOf(Date.now());
    async function countSessions(revision: number, sessions: number): Promise<void> {
      await database.pool.query(
        `insert into analytics_business_metrics (tenant_id, period_type, period_value, period_start, revision, total_sessions)
       values ('default', 'day', $1::text, $1::text::date, $2, $3)
       on conflict (tenant_id, period_type, period_value) do update
         set revision = excluded.revision, total_sessions = excluded.total_sessions`,
        [day(), revision, sessions],
      );
    }

    test.each([
      ["other numbers", async (key: string) => redis.client.hset(key, { total_sessions: "999" })],
      ["a revision from the future", async (key: string) => redis.client.hset(key, { revision: "999999" })],
      ["a revision that is not a number", async (key: string) => redis.client.hset(key, { revision: "x" })],
      ["a field that is not ours", async (key: string) => redis.client.hset(key, { other: "1" })],
      ["no hash at all", async (key: string) => redis.client.set(key, "text")],
      ["nothing", async (key: string) => redis.client.del(key)],
    ])("the refresh overwrites today whatever the hash holds: %s", async (_what, spoil) => {
      const key = `analytics:daily:${day()}`;
      await countSessions(5, 42);
      await refreshToday(redis.client, database.pool, Date.now());
      const right = await redis.client.hgetall(key);
      expect(right).toMatchObject({ revision: "5", total_sessions: "42" });
      await spoil(key);
      await refreshToday(redis.client, database.pool, Date.now());
      expect(await redis.client.hgetall(key)).toEqual(right);
    });

    test("a commit that is published while the refresh reads PostgreSQL is not undone", async () => {
      const key = `analytics:daily:${day()}`;
      await countSessions(7, 70);
      await refreshToday(redis.client, database.pool, Date.now());
      const pool = {
        // The answer of revision 7 is on its way when revision 8 reaches Redis.
        async query(...statement: Parameters<TestDatabase["pool"]["query"]>) {
          const query = database.pool.query.bind(database.pool) as (...given: unknown[]) => Promise<unknown>;
          const answer = await query(...statement);
          const isCounters = typeof statement[0] === "object";
          if (isCounters) await writeHashes(redis.client, [{ key, revision: 8, fields: ["total_sessions", "80"] }]);
          return answer;
        },
      } as unknown as TestDatabase["pool"];
      await refreshToday(redis.client, pool, Date.now());
      expect(await redis.client.hgetall(key)).toMatchObject({ revision: "8", total_sessions: "80" });
    });
  },
  redisExcuse,
);

test("days that wait for Redis: the newest revision of each, and no more than the bound", () => {
  const row = (day: number, revision: number) =>
    ({ tenant_id: "default", period_type: "day", period_value: `day-${day}`, revision }) as BusinessRow;
  const pending = new PendingDays(3);
  expect(pending.add([row(1, 2), row(1, 5), row(1, 4), row(2, 1), row(3, 1)])).toBe(0);
  expect(pending.add([row(4, 1)])).toBe(1);
  expect(pending.take()).toEqual([row(2, 1), row(3, 1), row(4, 1)]);
  expect(pending.add([row(1, 5), row(1, 4)])).toBe(0);
  expect(pending.take()).toEqual([row(1, 5)]);
  expect(pending.size).toBe(0);
});
