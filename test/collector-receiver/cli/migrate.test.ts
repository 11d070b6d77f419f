import { expect, test } from "vitest";
import { knownMigrations } from "../../../collector-receiver/src/storage/schema/known-migrations.ts";
import { readMigrationStatus } from "../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { spanledger } from "./run-cli.ts";

test.each([
  ["beside a pooler that it never asks", { DATABASE_URL: "postgres://nobody@127.0.0.1:1/pooled" }],
  ["alone", {}],
])("spanledger migrate works through MIGRATION_DATABASE_URL, %s", async (_, beside) => {
  const { connectionString, pool } = await useTestDatabase({ migrated: false });
  const environment = { ...beside, MIGRATION_DATABASE_URL: connectionString };
  const known = knownMigrations;
  const before = await spanledger(environment, "migrate", "--status");
  expect(before).toMatchObject({ code: 1, stdout: known.map((name) => `missing ${name}\n`).join("") });
  const migrated = await spanledger(environment, "migrate");
  expect(migrated).toMatchObject({ code: 0, stdout: known.map((name) => `applied ${name}\n`).join("") });
  expect(await readMigrationStatus(pool)).toMatchObject({ applied: known, pending: [], unknown: [] });
  expect(await spanledger(environment, "migrate")).toMatchObject({ code: 0, stdout: "nothing to apply\n" });
});

test("spanledger migrate --status names what a newer version added, and says by its exit code whether this one can go on", async () => {
  const { connectionString, pool } = await useTestDatabase();
  await pool.query("insert into spanledger_migrations (name, run_on) values ('9999_future', now())");
  const environment = { DATABASE_URL: connectionString };
  const status = await spanledger(environment, "migrate", "--status");
  expect(status).toMatchObject({ code: 0, stdout: expect.stringMatching(/^newer 9999_future\n/m) });
  expect(status.stdout).not.toContain("applied 9999_future");
  expect(await spanledger(environment, "migrate")).toMatchObject({ code: 0, stdout: "nothing to apply\n" });
  await pool.query("update spanledger_schema set oldest_receiver = 9999");
  expect(await spanledger(environment, "migrate", "--status")).toMatchObject({ code: 1 });
  expect(await spanledger(environment, "migrate")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/knows migration 9999, .*\[receiver_too_old\]/),
  });
});

test("spanledger migrate --down-to takes later migrations back, newest first, keeps the rows, and can go forth again", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const environment = { DATABASE_URL: connectionString };
  const place = knownMigrations.indexOf("0055_tenant_readers");
  const later = knownMigrations.slice(place + 1).toReversed();
  await pool.query(
    "insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through) values ('default', 'UTC', 'EUR', 60, now())",
  );
  const down = await spanledger(environment, "migrate", "--down-to", "55");
  expect(down).toMatchObject({ code: 0, stdout: later.map((name) => `took back ${name}\n`).join("") });
  expect(down.stderr).toContain("then `spanledger rebuild`");
  expect((await readMigrationStatus(pool)).applied.at(-1)).toBe("0055_tenant_readers");
  const again = await spanledger(environment, "migrate", "--down-to", "0055_tenant_readers");
  expect(again).toMatchObject({ code: 0, stdout: "nothing to take back\n" });
  expect((await pool.query("select tenant_id from analytics_settings")).rows).toEqual([{ tenant_id: "default" }]);
  expect(await spanledger(environment, "migrate")).toMatchObject({ code: 0 });
  expect((await readMigrationStatus(pool)).pending).toEqual([]);
});

test("spanledger migrate --down-to refuses a migration that is not applied, and what a newer version has to take back", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const environment = { DATABASE_URL: connectionString };
  for (const target of ["9998", "0001_evnts", "-1", "1e1", " "]) {
    const refused = await spanledger(environment, "migrate", "--down-to", target);
    expect(refused, target).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/applied are 0001_events to .*\[unknown_migration\]/),
    });
  }
  await pool.query("insert into spanledger_migrations (name, run_on) values ('9999_future', now())");
  expect(await spanledger(environment, "migrate", "--down-to", "51")).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/newer version migrated this database \(9999_future\).*\[database_newer\]/),
  });
  expect((await readMigrationStatus(pool)).applied).toContain("9999_future");
  const both = await spanledger(environment, "migrate", "--down-to", "51", "--status");
  expect(both).toMatchObject({ code: 1, stderr: expect.stringContaining("[invalid_arguments]") });
});
