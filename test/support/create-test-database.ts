import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { inject, onTestFinished } from "vitest";

export interface TestDatabase {
  /** The name of the database on the server of this run. */
  readonly name: string;
  readonly connectionString: string;
  /** For the test's own questions; the code under test makes its own from `connectionString`. */
  readonly pool: pg.Pool;
  /** Closes the pool and drops the database, also if connections to it are still open. */
  drop(): Promise<void>;
}

export interface TestDatabaseOptions {
  /** False for a database without any tables. Default: migrated to head. */
  readonly migrated?: boolean;
}

/**
 * A database of its own on the server of this run, gone after use: call `drop()` in afterAll or afterEach.
 * In a single test, `useTestDatabase()` does that by itself.
 */
export async function createTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject("postgresUrl");
  const name = `test_${randomBytes(8).toString("hex")}`;
  const template = options.migrated === false ? "template0" : inject("templateDatabase");
  await runOnServer(server, `create database ${name} template ${template} encoding 'UTF8'`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 5 });
  // Tests stop and cut connections; an idle client's error without a listener would end the process.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  let dropped = false;
  return {
    name,
    connectionString: url.href,
    pool,
    drop: async () => {
      if (dropped) return;
      dropped = true;
      await pool.end();
      await runOnServer(server, `drop database if exists ${name} with (force)`);
    },
  };
}

/** As `createTestDatabase`, dropped when the current test has finished. Call it inside a test. */
export async function useTestDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const database = await createTestDatabase(options);
  onTestFinished(database.drop);
  return database;
}

async function runOnServer(connectionString: string, sql: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const client = new pg.Client({ connectionString });
    client.on("error", () => {});
    await client.connect();
    try {
      await client.query(sql);
      return;
    } catch (error) {
      // 55006: another clone of the template, or autovacuum, is connected to it at this moment.
      if ((error as { code?: string }).code !== "55006" || attempt === 50) throw error;
      await sleep(100);
    } finally {
      await client.end();
    }
  }
}
