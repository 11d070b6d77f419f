import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { startEmbeddedPostgres } from "../../../collector-receiver/src/embedded/embedded-postgres.ts";
import { describeCommandFailure } from "../../../collector-receiver/src/cli/describe-command-failure.ts";
import { UnavailableError } from "../../../collector-receiver/src/ingest/ingest-port.ts";
import { nameMissingMigrations } from "../../../collector-receiver/src/storage/schema/name-missing-migrations.ts";
import { createTestDatabase, useTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { spanledger } from "./run-cli.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const urlWith = (change: (url: URL) => void): string => {
  const url = new URL(database.connectionString);
  change(url);
  return url.href;
};

test("a server that is not there is named without the password, with a remedy", async () => {
  const DATABASE_URL = urlWith((url) => {
    url.port = "1";
    url.password = "hunter2";
  });
  const { code, stderr } = await spanledger({ DATABASE_URL }, "verify");
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^spanledger: cannot reach PostgreSQL at [\w.]+:1 \(.*ECONNREFUSED.*\)\. .*\[database_unreachable\]\n$/,
  );
  expect(stderr).not.toContain("hunter2");
});

test("a database that does not exist says what to do", async () => {
  const missing = await spanledger({ DATABASE_URL: urlWith((url) => (url.pathname = "/nowhere")) }, "verify");
  expect(missing.stderr).toMatch(/Create the database.*\[database_missing\]\n$/);
});

test("a missing table is an older schema only if migrations are missing", async () => {
  const { pool, connectionString } = await useTestDatabase();
  const failure = async () => (await spanledger({ DATABASE_URL: connectionString }, "settings")).stderr;
  await pool.query("alter table analytics_settings rename to analytics_settings_gone");
  const differs = await failure();
  expect(differs).toContain('relation "analytics_settings" does not exist');
  expect(differs).toMatch(/dropped or renamed by hand, or this is a bug.*\[schema_differs\]\n/);
  expect(differs, "a bug of ours needs its stack").toContain("\n    at ");
  expect(differs).not.toContain("spanledger migrate");

  await pool.query("delete from spanledger_migrations where id > (select max(id) - 2 from spanledger_migrations)");
  expect(await failure()).toMatch(/older than this version \(migrations missing: 2, first .*\[schema_older\]\n$/);
  await pool.query("drop table spanledger_migrations");
  expect(await failure()).toContain("first 0001_events). Run `spanledger migrate`. [schema_older]\n");
});

test("a missing table of a database that a newer version migrated is not called a bug", async () => {
  const { pool, connectionString } = await useTestDatabase();
  await pool.query("insert into spanledger_migrations (name, run_on) values ('9999_of_tomorrow', now())");
  await pool.query("alter table analytics_settings rename to analytics_settings_gone");
  const { stderr } = await spanledger({ DATABASE_URL: connectionString }, "settings");
  expect(stderr).toMatch(/newer than this version.*9999_of_tomorrow.*\[database_newer\]\n$/);
});

test.each([
  ["a column", "select no_such_column from analytics_settings"],
  ["a function", "select no_such_function(1)"],
  ["a type", "select 1::no_such_type"],
  ["a schema", "create table no_such_schema.t (a int)"],
  ["a table", "select from no_such_table"],
])("%s that a statement of ours misspells is not blamed on the schema's age", async (_what, sql) => {
  const thrown = await database.pool.query(sql).catch((error: unknown) => error);
  expect(await nameMissingMigrations(thrown, database.connectionString)).toBe(thrown);
  expect(describeCommandFailure(thrown, database.connectionString)).toContain("[schema_differs]\n");
  const wrapped = new UnavailableError("counter_error", "send again", 5, { cause: thrown });
  expect(describeCommandFailure(wrapped, undefined)).toContain("[schema_differs]\n");
});

test("if the schema cannot be looked at, the first error stands", async () => {
  const thrown = await database.pool.query("select from no_such_table").catch((error: unknown) => error);
  const nowhere = urlWith((url) => (url.port = "1"));
  expect(await nameMissingMigrations(thrown, nowhere)).toBe(thrown);
});

test("a refused batch is explained by its cause; a fault of ours keeps its stack", () => {
  const full = Object.assign(new Error("could not extend file"), { code: "53100" });
  const refused = new UnavailableError("database_unavailable", "send again", 2, { cause: full });
  expect(describeCommandFailure(refused, undefined)).toContain("could not extend file");
  const period = new UnavailableError("period_sealed", "the month is sealed", 5);
  expect(describeCommandFailure(period, undefined)).toBe("spanledger: the month is sealed [period_sealed]\n");
  const fault = new UnavailableError("internal_fault", "it is our fault", 5, { cause: new TypeError("x is not y") });
  expect(describeCommandFailure(fault, undefined)).toContain("which is a bug");
});

test.each(["verify", "migrate", "settings", "doctor"])(
  "%s without any database says where it looked, and makes none",
  async (command) => {
    const folder = await makeFolder();
    const { code, stdout, stderr } = await spanledger({ DATA_FOLDER: folder }, command);
    expect(code).toBe(1);
    expect(stdout + stderr).toContain(`has made one in ${folder}. Set DATABASE_URL`);
    expect(await readdir(folder)).toEqual([]);
  },
);

test("a command finds the demo's database if there is no receiver's, and says so", async () => {
  const folder = await makeFolder();
  const demo = await startEmbeddedPostgres({ dataFolder: join(folder, "demo"), durable: false });
  try {
    const found = `spanledger: using the database in ${join(folder, "demo")}\n`;
    const applied = await spanledger({ DATA_FOLDER: folder }, "migrate");
    expect(applied).toMatchObject({ code: 0, stderr: found, stdout: expect.stringContaining("applied 0001_events") });
    const named = await spanledger({ DATA_FOLDER: join(folder, "demo") }, "migrate", "--status");
    expect(named).toMatchObject({ code: 0, stderr: found });
  } finally {
    await demo.stop();
  }
  expect(await readdir(folder)).toEqual(["demo"]);
});

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "spanledger-data-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  return folder;
}

test("an option that does not fit has a sentence and no stack", async () => {
  const { code, stderr } = await spanledger({ DATABASE_URL: database.connectionString }, "erase");
  expect(code).toBe(1);
  expect(stderr).toBe("spanledger: Name either --session <session_id> or --user <user_id>. [invalid_arguments]\n");
});

test.each([
  [
    ["erase", "--session", "a", "--user", "b"],
    "option '--session <session_id>' cannot be used with option '--user <user_id>'.",
  ],
  [["verify", "--tenat", "a"], "unknown option '--tenat' (Did you mean --tenant?)"],
  [["verfy"], "unknown command 'verfy' (Did you mean verify?)"],
  [["verify", "--tenant"], "option '--tenant <tenant>' argument missing."],
  [
    ["settings", "--cost", "1e3", "--from", "2030-01-01"],
    "argument '1e3' is invalid. It has to be a decimal number such as 10 or 12.50.",
  ],
  [
    ["settings", "--cost", "1", "--from", "2030-02-30"],
    "argument '2030-02-30' is invalid. It has to be a day, YYYY-MM-DD.",
  ],
  [
    ["settings", "--idle-timeout", "59s"],
    "argument '59s' is invalid. It has to be a duration from 1m to 366d, such as 24h.",
  ],
  [["settings", "--agent-heartbeat", "29m"], "It has to be a duration from 30m to 366d, such as 4h."],
  [["retention", "--dry-run", "--months", "1.5"], "It has to be a whole number from 1 to 1200."],
  [["share", "--month", "2025-12", "--min-group-size", "1"], "It has to be a whole number of at least 2."],
])("wrong options, as in %j, are one sentence with a code", async (words, message) => {
  const { code, stdout, stderr } = await spanledger({ DATABASE_URL: "postgres://127.0.0.1:1/x" }, ...words);
  expect([code, stdout]).toEqual([1, ""]);
  expect(stderr).toMatch(/^spanledger: .*\[invalid_arguments\]\n$/);
  expect(stderr).toContain(message);
});

test("an error that merely has a code is not taken for a known one", () => {
  for (const error of [
    Object.assign(new Error("cannot read it"), { code: "ENOENT", syscall: "open" }),
    Object.assign(new TypeError("x is not iterable"), { code: "ERR_INVALID_ARG_TYPE" }),
    Object.assign(new Error("made up"), { code: "invalid_arguments" }),
    new Error("no code at all"),
  ]) {
    const text = describeCommandFailure(error, undefined);
    expect(text).toContain("which is a bug");
    expect(text).toContain(`${error.message}\n    at `);
  }
  expect(describeCommandFailure("a text", undefined)).toContain("'a text'");
});

test("a lost connection is known by its code, and by pg's message if it has none", () => {
  const reset = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" });
  expect(describeCommandFailure(reset, "postgres://u:p@db:5432/x")).toContain(
    "PostgreSQL at db:5432 (read ECONNRESET)",
  );
  expect(describeCommandFailure(new Error("Connection terminated unexpectedly"), undefined)).toContain(
    "[database_unreachable]",
  );
});
