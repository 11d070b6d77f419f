import { expect, test } from "vitest";
import {
  listMigrations,
  readMigrationStatus,
} from "../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { spanledger } from "./run-cli.ts";

test.each([
  ["beside a pooler that it never asks", { DATABASE_URL: "postgres://nobody@127.0.0.1:1/pooled" }],
  ["alone", {}],
])("spanledger migrate works through MIGRATION_DATABASE_URL, %s", async (_, beside) => {
  const { connectionString, pool } = await useTestDatabase({ migrated: false });
  const environment = { ...beside, MIGRATION_DATABASE_URL: connectionString };
  const known = await listMigrations();
  const before = await spanledger(environment, "migrate", "--status");
  expect(before).toMatchObject({ code: 1, stdout: known.map((name) => `missing ${name}\n`).join("") });
  const migrated = await spanledger(environment, "migrate");
  expect(migrated).toMatchObject({ code: 0, stdout: known.map((name) => `applied ${name}\n`).join("") });
  expect(await readMigrationStatus(pool)).toEqual({ applied: known, pending: [], unknown: [] });
  expect(await spanledger(environment, "migrate")).toMatchObject({ code: 0, stdout: "nothing to apply\n" });
});
