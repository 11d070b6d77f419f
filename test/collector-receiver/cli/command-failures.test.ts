import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeCommandFailure } from "../../../collector-receiver/src/cli/describe-command-failure.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
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

test("a database that does not exist, and a schema that is older, say what to do", async () => {
  const missing = await spanledger({ DATABASE_URL: urlWith((url) => (url.pathname = "/nowhere")) }, "verify");
  expect(missing.stderr).toMatch(/Create the database.*\[database_missing\]\n$/);
  const admin = new pg.Client({ connectionString: database.connectionString });
  await admin.connect();
  try {
    await admin.query("alter table analytics_settings rename to analytics_settings_gone");
    const older = await spanledger({ DATABASE_URL: database.connectionString }, "settings");
    expect(older).toMatchObject({ code: 1, stderr: expect.stringMatching(/spanledger migrate.*\[schema_older\]\n$/) });
  } finally {
    await admin.query("alter table if exists analytics_settings_gone rename to analytics_settings");
    await admin.end();
  }
});

test("an option that does not fit has a sentence and no stack", async () => {
  const { code, stderr } = await spanledger({ DATABASE_URL: database.connectionString }, "erase");
  expect(code).toBe(1);
  expect(stderr).toBe("spanledger: Name either --session <session_id> or --user <user_id>. [invalid_arguments]\n");
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
