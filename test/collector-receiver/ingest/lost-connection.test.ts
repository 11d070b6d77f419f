import pg from "pg";
import { expect, onTestFinished, test } from "vitest";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { requestOf } from "./arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

const counted = "select total_sessions::int as sessions from analytics_business_metrics where period_type = 'day'";

/**
 * Ends the writer that waits for a table, as soon as one does.
 * @param ended the server process that was ended before; it may take a moment to go
 */
async function endWriter({ pool }: TestDatabase, table: string, ended = 0): Promise<number> {
  const terminated = `
    select activity.pid, pg_terminate_backend(activity.pid)
    from pg_stat_activity activity join pg_locks lock on lock.pid = activity.pid
    where activity.datname = current_database() and activity.application_name = 'spanledger-writer'
      and not lock.granted and lock.relation = '${table}'::regclass and activity.pid <> ${ended}`;
  for (;;) {
    const { rows } = await pool.query<{ pid: number }>(terminated);
    if (rows[0] !== undefined) return rows[0].pid;
  }
}

/**
 * Before the counters nothing can have been committed; once they are sent, COMMIT is under way with them,
 * and nobody knows what became of it. Either way the batch runs again on another connection, and if that is lost too, the
 * sender has to come back; the event counts once.
 */
test.each([
  ["analytics_events", "database_unavailable"],
  ["analytics_business_metrics", "commit_outcome_unknown"],
])(
  "a connection that is lost while it waits for %s is replaced once, then %s, and counted once after all",
  async (table, code) => {
    const database = await useTestDatabase();
    const ingest = openTestIngest(database.connectionString, { writers: 1 });
    onTestFinished(() => ingest.close());
    await ingest.submit(requestOf([makeEvent({ name: "session.start", sessionId: "s-1" })]), 100);

    const holder = new pg.Client({ connectionString: database.connectionString });
    await holder.connect();
    const hold = () => holder.query(`begin; lock table ${table} in share mode`);
    await hold();
    const again = ingest.submit(requestOf([makeEvent({ name: "session.start", sessionId: "s-2" })]), 100);
    await endWriter(database, table);
    await holder.query("rollback");
    expect(await again).toEqual({ inserted: 1, duplicates: 0, refused: [] });

    await hold();
    const request = requestOf([makeEvent({ name: "session.start", sessionId: "s-3" })]);
    const refused = ingest.submit(request, 100).catch((error: unknown) => error);
    await endWriter(database, table);
    await endWriter(database, table);
    expect(await refused).toMatchObject({ name: "UnavailableError", code });
    await holder.query("rollback");
    await holder.end();

    expect(await ingest.submit(request, 100)).toEqual({ inserted: 1, duplicates: 0, refused: [] });
    expect((await database.pool.query(counted)).rows).toEqual([{ sessions: 3 }]);
  },
);
