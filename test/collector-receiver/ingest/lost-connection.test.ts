import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { requestOf } from "./arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

/**
 * Before the counters nothing can have been committed; once they are sent, COMMIT is under way with them,
 * and nobody knows what became of it. Either way the sender has to come back, and the event counts once.
 */
test.each([
  ["analytics_events", "database_unavailable"],
  ["analytics_business_metrics", "commit_outcome_unknown"],
])("a connection that is lost while it waits for %s: %s, and counted once after all", async (table, code) => {
  const database = await useTestDatabase();
  const ingest = openTestIngest(database.connectionString, { writers: 1 });
  onTestFinished(() => ingest.close());
  await ingest.submit(requestOf([makeEvent({ name: "session.start", sessionId: "s-1" })]), 100);

  const holder = new pg.Client({ connectionString: database.connectionString });
  await holder.connect();
  await holder.query("begin");
  await holder.query(`lock table ${table} in share mode`);
  const request = requestOf([makeEvent({ name: "session.start", sessionId: "s-2" })]);
  const refused = ingest.submit(request, 100).catch((error: unknown) => error);
  const terminated = `
    select pg_terminate_backend(activity.pid) from pg_stat_activity activity join pg_locks lock on lock.pid = activity.pid
    where activity.datname = current_database() and activity.application_name = 'spanledger-writer'
      and not lock.granted and lock.relation = '${table}'::regclass`;
  while ((await database.pool.query(terminated)).rowCount === 0);
  expect(await refused).toMatchObject({ name: "UnavailableError", code });
  await holder.query("rollback");
  await holder.end();

  expect(await ingest.submit(request, 100)).toEqual({ inserted: 1, duplicates: 0, refused: [] });
  const counted = "select total_sessions::int as sessions from analytics_business_metrics where period_type = 'day'";
  expect((await database.pool.query(counted)).rows).toEqual([{ sessions: 2 }]);
});
