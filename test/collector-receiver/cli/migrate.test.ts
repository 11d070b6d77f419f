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
