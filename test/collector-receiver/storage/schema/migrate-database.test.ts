import pg from "pg";
import { describe, expect, test } from "vitest";
import {
  listMigrations,
  migrateDatabase,
  MigrationError,
  readMigrationStatus,
} from "../../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { useTestDatabase } from "../../../support/create-test-database.ts";

describe("migrateDatabase", () => {
  test("applies every migration in the order of their numbers, and a second run nothing", async () => {
    const { connectionString, pool } = await useTestDatabase({ migrated: false });
    const known = await listMigrations();
    expect(known.length).toBeGreaterThan(0);
    expect(await readMigrationStatus(pool)).toEqual({ applied: [], pending: known, unknown: [] });
    expect(await migrateDatabase(connectionString)).toEqual(known);
    expect(await readMigrationStatus(pool)).toEqual({ applied: known, pending: [], unknown: [] });
    expect(await migrateDatabase(connectionString)).toEqual([]);
  });

  test("20 runs at once on an empty database apply each migration once", async () => {
    const { connectionString, pool } = await useTestDatabase({ migrated: false });
    const runs = await Promise.all(Array.from({ length: 20 }, () => migrateDatabase(connectionString)));
    const known = await listMigrations();
    expect(runs.flat().sort()).toEqual(known);
    const rows = await pool.query<{ name: string }>("select name from spanledger_migrations order by id");
    expect(rows.rows.map((row) => row.name)).toEqual(known);
  });

  test("refuses a database that a newer version migrated", async () => {
    const { connectionString, pool } = await useTestDatabase();
    await pool.query("insert into spanledger_migrations (name, run_on) values ('9999_future', now())");
    const refusal = migrateDatabase(connectionString);
    await expect(refusal).rejects.toThrow(MigrationError);
    await expect(refusal).rejects.toMatchObject({
      code: "database_newer",
      message: expect.stringContaining("9999_future"),
    });
  });

  test("a migration that fails leaves the ones before it, and can be run again once the cause is mended", async () => {
    const { connectionString, pool } = await useTestDatabase({ migrated: false });
    const known = await listMigrations();
    // In the way of the last table of the second migration.
    await pool.query("create table analytics_costs (in_the_way int)");
    await expect(migrateDatabase(connectionString)).rejects.toMatchObject({ code: "migration_failed" });
    expect((await readMigrationStatus(pool)).applied).toEqual(known.slice(0, 1));
    const half = await pool.query("select to_regclass('analytics_settings') as found");
    expect(half.rows[0]).toEqual({ found: null });
    await pool.query("drop table analytics_costs");
    expect(await migrateDatabase(connectionString)).toEqual(known.slice(1));
  });

  test("a role without any right to run DDL may check a database that is at head", async () => {
    const { connectionString, pool, name } = await useTestDatabase();
    const role = `${name}_reader`;
    await pool.query(`create role ${role} login password 'reader'`);
    await pool.query(`grant select on all tables in schema public to ${role}`);
    try {
      const url = new URL(connectionString);
      url.username = role;
      url.password = "reader";
      expect(await migrateDatabase(url.href)).toEqual([]);
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      await expect(client.query("create table not_allowed (x int)")).rejects.toThrow("permission denied");
      await client.end();
    } finally {
      await pool.query(`drop owned by ${role}; drop role ${role}`);
    }
  });
});
