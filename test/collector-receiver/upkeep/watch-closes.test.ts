import { expect, test, vi } from "vitest";
import { watchTenants } from "../../../collector-receiver/src/upkeep/watch-tenants.ts";
import { lockDatabaseAlone } from "../../../collector-receiver/src/storage/wire/lock-tenants.ts";
import { seedTenantSettings } from "../../../collector-receiver/src/storage/settings/seed-tenant-settings.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";

test("closing does not wait for a lock that somebody else holds, and leaves nobody in its queue", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const waiting = async (): Promise<number> => {
    const { rows } = await pool.query<{ waiting: number }>(
      `select count(*)::int as waiting from pg_locks
       where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows[0]?.waiting ?? -1;
  };
  const holder = await openWriterConnection(connectionString);
  await seedTenantSettings(holder, ["default"], {
    timezone: "UTC",
    currency: "EUR",
    idleTimeoutSeconds: 3600,
    costPerManualSession: "10",
  });
  await holder.query("update analytics_settings set idle_through = idle_through - interval '1 hour'");
  await holder.query("begin");
  await lockDatabaseAlone(holder);
  const warnings: unknown[] = [];
  const watch = await watchTenants({
    connectionString,
    onAlarm: (code) => expect.unreachable(code),
    log: { warn: (...line: unknown[]) => warnings.push(line), info: () => {} } as never,
    everyMs: 60_000,
    switchesRules: false,
    retentionMonths: undefined,
    onSwept: () => {},
  });
  await vi.waitUntil(async () => (await waiting()) === 1, { timeout: 30_000 });
  await watch.close();
  // The lock is held all the while.
  expect(await waiting()).toBe(0);
  expect(warnings).toEqual([]);
  await holder.query("rollback");
  await holder.end();
});
