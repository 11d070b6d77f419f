import { expect, onTestFinished, test, vi } from "vitest";
import { createReadPool } from "../../../collector-receiver/src/storage/wire/read-pool.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { openTestIngest } from "../../support/open-test-ingest.ts";

test("readers that hold every connection of the role give some up for a writer", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const url = new URL(connectionString);
  const role = `limited_${process.pid}`;
  await pool.query(`create role ${role} login password 'secret' connection limit 4`);
  onTestFinished(async () => void (await pool.query(`drop role ${role}`)));
  url.username = role;
  url.password = "secret";
  const readers = createReadPool(url.href, 4, { failedBecause: () => {}, succeeded: () => {} });
  onTestFinished(() => readers.end());
  await Promise.all([1, 2, 3, 4].map(() => readers.query("select pg_sleep(0.2)")));
  expect(readers.idleCount).toBe(4);

  const ingest = openTestIngest(url.href, { writers: 1, onConnectionsTaken: () => void readers.shrink() });
  onTestFinished(() => ingest.close());
  const writers = async (): Promise<number | null> => {
    const open = await pool.query(
      "select from pg_stat_activity where application_name = 'spanledger-writer' and usename = $1",
      [role],
    );
    return open.rowCount;
  };
  await ingest.open();
  expect(await writers()).toBe(0);
  await vi.waitUntil(() => readers.totalCount === 2);
  // The server needs a moment to see that they are gone.
  await vi.waitUntil(async () => {
    await ingest.open();
    return (await writers()) === 1;
  });
  // What reads goes on meanwhile, over what it has kept.
  await Promise.all([1, 2, 3, 4].map(() => readers.query("select pg_sleep(0.05)")));
  expect(readers.totalCount).toBeLessThanOrEqual(2);
});
