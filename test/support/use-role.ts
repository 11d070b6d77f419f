import { randomBytes } from "node:crypto";
import pg from "pg";
import { onTestFinished } from "vitest";
import type { TestDatabase } from "./create-test-database.ts";

/** A role that logs in, and its connection string; dropped with the test. */
export async function useRole(
  database: TestDatabase,
  options: string,
): Promise<{ name: string; connectionString: string }> {
  const name = `role_${randomBytes(6).toString("hex")}`;
  await database.pool.query(`create role ${name} login password 'secret' ${options}`);
  const url = new URL(database.connectionString);
  url.username = name;
  url.password = "secret";
  const administrator = new pg.Client({ connectionString: database.connectionString });
  await administrator.connect();
  onTestFinished(async () => {
    await administrator.query(`drop owned by ${name}`);
    await administrator.query(`drop role ${name}`);
    await administrator.end();
  });
  return { name, connectionString: url.href };
}
