import { readFile } from "node:fs/promises";
import type { Pool } from "pg";
import { expect, test } from "vitest";
import { describeSchema } from "../../../../collector-receiver/src/storage/schema/describe-schema.ts";
import { knownMigrations } from "../../../../collector-receiver/src/storage/schema/known-migrations.ts";
import {
  migrateDatabase,
  readMigrationStatus,
} from "../../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { renderSchemaSnapshot, schemaSnapshot } from "../../../../collector-receiver/src/cli/write-schema-snapshot.ts";
import { useTestDatabase } from "../../../support/create-test-database.ts";

test("migrations/schema.sql is what the migrations give (else: npm run schema)", async () => {
  const { pool } = await useTestDatabase();
  const version = Number((await pool.query("show server_version_num")).rows[0].server_version_num);
  const schema = await describeSchema(pool);
  expect(schema).toContain("create table analytics_events (");
  // Views are printed a little differently by other major versions; the snapshot is the embedded one's.
  if (version >= 180_000 && version < 190_000)
    expect(await renderSchemaSnapshot(pool)).toBe(await readFile(schemaSnapshot, "utf8"));
});

test("the snapshot notices a column, a default, an index, a constraint, a function and a grant", async () => {
  const { pool } = await useTestDatabase();
  const changes = [
    "alter table analytics_costs add column note text",
    "alter table analytics_costs alter column note set default 'x'",
    "create index on analytics_costs (note)",
    "alter table analytics_costs add check (note <> '')",
    "create function noticed() returns int language sql as 'select 1'",
    "grant select (note) on analytics_costs to pg_monitor",
  ];
  let before = await describeSchema(pool);
  for (const change of changes) {
    await pool.query(change);
    const after = await describeSchema(pool);
    expect(after, change).not.toBe(before);
    before = after;
  }
});

const readOldestReceiver = async (pool: Pool) => (await readMigrationStatus(pool)).oldestReceiver;

test("every migration from 0051 on says which receivers can go on, and never fewer than the one before said", async () => {
  const { pool, connectionString } = await useTestDatabase({ migrated: false });
  await migrateDatabase(connectionString, { count: knownMigrations.indexOf("0051_schema_and_rules") + 1 });
  let before = (await readOldestReceiver(pool)) as number;
  expect(before).toBe(51);
  for (const name of knownMigrations.filter((each) => each > "0052")) {
    // Nobody but this migration could have written 1 again.
    await pool.query("update spanledger_schema set oldest_receiver = 1");
    await migrateDatabase(connectionString, { count: 1 });
    const oldest = (await readOldestReceiver(pool)) as number;
    const remedy = `${name} has to \`update spanledger_schema set oldest_receiver = ${before}\``;
    expect(oldest, remedy).toBeGreaterThanOrEqual(before);
    expect(oldest, `${name} cannot ask for a migration after it`).toBeLessThanOrEqual(Number(name.slice(0, 4)));
    before = oldest;
  }
});

test("every migration taken back and applied again gives the same schema", async () => {
  const { pool, connectionString } = await useTestDatabase({ migrated: false });
  const known = knownMigrations;
  const describe = async () => `${await describeSchema(pool)}oldest receiver ${await readOldestReceiver(pool)}`;
  const stages = [await describe()];
  for (const name of known) {
    expect(await migrateDatabase(connectionString, { count: 1 })).toEqual([name]);
    stages.push(await describe());
  }
  // From head down: each step back gives what stood before it, and forth again what stood after.
  for (let index = known.length - 1; index >= 0; index--) {
    expect(await migrateDatabase(connectionString, { direction: "down" })).toEqual([known[index]]);
    expect(await describe(), `${known[index]} taken back`).toBe(stages[index]);
    await migrateDatabase(connectionString, { count: 1 });
    expect(await describe(), `${known[index]} applied again`).toBe(stages[index + 1]);
    await migrateDatabase(connectionString, { direction: "down" });
  }
});
