import pg from "pg";
import { describe, expect, test } from "vitest";
import {
  knownMigrations,
  newestKnownMigration,
  ReceiverTooOldError,
} from "../../../../collector-receiver/src/storage/schema/known-migrations.ts";
import {
  fitsSchema,
  migrateDatabase,
  MigrationError,
  readMigrationStatus,
} from "../../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { useTestDatabase } from "../../../support/create-test-database.ts";

describe("migrateDatabase", () => {
  test("applies every migration in the order of their numbers, and a second run nothing", async () => {
    const { connectionString, pool } = await useTestDatabase({ migrated: false });
    const known = knownMigrations;
    expect(known.length).toBeGreaterThan(0);
    expect(await readMigrationStatus(pool)).toEqual({ applied: [], pending: known, unknown: [], oldestReceiver: null });
    expect(await migrateDatabase(connectionString)).toEqual(known);
    expect(await readMigrationStatus(pool)).toMatchObject({ applied: known, pending: [], unknown: [] });
    expect(await migrateDatabase(connectionString)).toEqual([]);
  });

  test("20 runs at once on an empty database apply each migration once", async () => {
    const { connectionString, pool } = await useTestDatabase({ migrated: false });
    const runs = await Promise.all(Array.from({ length: 20 }, () => migrateDatabase(connectionString)));
    const known = knownMigrations;
    expect(runs.flat().sort()).toEqual(known);
    const rows = await pool.query<{ name: string }>("select name from spanledger_migrations order by id");
    expect(rows.rows.map((row) => row.name)).toEqual(known);
  });

  test("works with a schema that a newer version expanded, and refuses it once that version contracted it", async () => {
    const { connectionString, pool } = await useTestDatabase();
    await pool.query("insert into spanledger_migrations (name, run_on) values ('9998_expand', now())");
    expect(fitsSchema(await readMigrationStatus(pool))).toBe(true);
    expect(await migrateDatabase(connectionString)).toEqual([]);
    await pool.query("update spanledger_schema set oldest_receiver = $1", [newestKnownMigration]);
    expect(await migrateDatabase(connectionString)).toEqual([]);
    await pool.query("update spanledger_schema set oldest_receiver = $1", [newestKnownMigration + 1]);
    expect(fitsSchema(await readMigrationStatus(pool))).toBe(false);
    const refusal = migrateDatabase(connectionString);
    await expect(refusal).rejects.toThrow(ReceiverTooOldError);
    await expect(refusal).rejects.toMatchObject({ code: "receiver_too_old" });
    await expect(refusal).rejects.toThrow(`needs a version that knows migration ${newestKnownMigration + 1}`);
  });

  test.each([
    [
      "of another branch, which lacks ours",
      "delete from spanledger_migrations where name like '0051_%'",
      /, and it lacks 0051_/,
    ],
    ["without the row that says who can work with it", "delete from spanledger_schema", /9999_future/],
    ["from before that row", "drop table spanledger_schema", /9999_future/],
  ])("refuses a database with unknown migrations %s", async (_, change, message) => {
    const { connectionString, pool } = await useTestDatabase();
    await pool.query("insert into spanledger_migrations (name, run_on) values ('9999_future', now())");
    await pool.query(change);
    const refusal = migrateDatabase(connectionString);
    await expect(refusal).rejects.toThrow(MigrationError);
    await expect(refusal).rejects.toMatchObject({ code: "database_newer", message: expect.stringMatching(message) });
  });

  test("a migration that fails leaves the ones before it, and can be run again once the cause is mended", async () => {
    const { connectionString, pool } = await useTestDatabase({ migrated: false });
    const known = knownMigrations;
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
