import type pg from "pg";
import { afterAll, beforeAll, beforeEach, afterEach, expect, test } from "vitest";
import { asCopyMessages } from "../../../../collector-receiver/src/storage/wire/copy-buffer.ts";
import { copyRows } from "../../../../collector-receiver/src/storage/wire/copy-rows.ts";
import { openWriterConnection } from "../../../../collector-receiver/src/storage/wire/writer-connection.ts";
import type { WriterConnection } from "../../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { createTestDatabase } from "../../../support/create-test-database.ts";
import type { TestDatabase } from "../../../support/create-test-database.ts";

let database: TestDatabase;
let client: WriterConnection;
/** Names of the messages that the server sent since the last look. */
let messages: string[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const setup = await openWriterConnection(database.connectionString);
  await setup.query("create table kept (n integer primary key)");
  await setup.end();
});
afterAll(() => database.drop());
beforeEach(async () => {
  client = await openWriterConnection(database.connectionString);
  await client.query("truncate kept");
  const { connection } = client as unknown as { connection: pg.Connection };
  for (const name of ["readyForQuery", "rowDescription", "parseComplete"]) {
    connection.on(name as never, () => void messages.push(name));
  }
  messages = [];
});
afterEach(() => client.end());

const begin = { name: "begin", text: "begin" };
const commit = { name: "commit", text: "commit" };
const insert = (...numbers: number[]) => ({
  name: "insert",
  text: "insert into kept select * from unnest($1::integer[]) returning n",
  values: [numbers],
});
const copyIn = (...numbers: number[]) =>
  copyRows(
    client,
    { name: "copy-kept", text: "copy kept from stdin" },
    asCopyMessages(Buffer.from(numbers.map((n) => `${n}\n`).join(""))),
  );
async function kept(): Promise<number[]> {
  const { rows } = await client.query<{ n: number }>("select n from kept order by n");
  return rows.map(({ n }) => n);
}

test("statements of a turn are answered at once, each with its own rows, in their order", async () => {
  const [_begun, first, _deleted, copied, second, _inserted, done] = await Promise.all([
    client.query(begin),
    client.query(insert(1, 2)),
    client.query({ name: "delete", text: "delete from kept where n = $1", values: [1] }),
    copyIn(10, 11),
    client.query<{ sum: number }>({ name: "sum", text: "select sum(n)::integer as sum from kept" }),
    client.query(insert()),
    client.query(commit),
  ]);
  expect(first.rows).toEqual([{ n: 1 }, { n: 2 }]);
  expect(copied).toBeUndefined();
  expect(second.rows).toEqual([{ sum: 23 }]);
  expect(done.command).toBe("COMMIT");
  expect(messages.filter((name) => name === "readyForQuery")).toHaveLength(1);
  expect(await kept()).toEqual([2, 10, 11]);
});

test("a prepared statement is described once, and its rows are read each time", async () => {
  const rows = async (n: number) => (await client.query(insert(n))).rows;
  expect(await rows(1)).toEqual([{ n: 1 }]);
  expect(messages).toEqual(["parseComplete", "rowDescription", "readyForQuery"]);
  expect(await rows(2)).toEqual([{ n: 2 }]);
  expect(messages.slice(3)).toEqual(["readyForQuery"]);
});

test("a statement without a name goes by itself, and the order stays", async () => {
  const results = await Promise.all([
    client.query(insert(1)),
    client.query("select count(*)::integer as n from kept"),
    client.query(insert(2)),
    client.query("select count(*)::integer as n from kept"),
  ]);
  expect(results.map(({ rows }) => rows)).toEqual([[{ n: 1 }], [{ n: 1 }], [{ n: 2 }], [{ n: 2 }]]);
});

test("if one statement fails, all of the group fail with its error, and nothing of them stays", async () => {
  const outcomes = await Promise.allSettled([
    client.query(insert(1)),
    client.query({ name: "divide", text: "select 1 / $1::integer as n", values: [0] }),
    client.query({ name: "skipped", text: "select 5 as five" }),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  for (const outcome of outcomes) expect(outcome).toHaveProperty("reason.code", "22012");
  expect(await kept()).toEqual([]);
  // The server has not parsed what it skipped.
  const [five, half] = await Promise.all([
    client.query({ name: "skipped", text: "select 5 as five" }),
    client.query({ name: "divide", text: "select 1 / $1::integer as n", values: [1] }),
  ]);
  expect([five.rows, half.rows]).toEqual([[{ five: 5 }], [{ n: 1 }]]);
});

test("a COPY that meets a duplicate fails with its code, and the connection goes on after a rollback", async () => {
  await client.query(insert(2));
  const outcomes = await Promise.allSettled([client.query(begin), copyIn(1, 2, 3), client.query(commit)]);
  for (const outcome of outcomes) expect(outcome).toHaveProperty("reason.code", "23505");
  await client.query("rollback");
  await Promise.all([client.query(begin), copyIn(1, 3), client.query(commit)]);
  expect(await kept()).toEqual([1, 2, 3]);
});

test("a name that stands for another text is refused before anything is sent", async () => {
  await client.query(insert(1));
  const outcomes = await Promise.allSettled([
    client.query(insert(2)),
    client.query({ name: "insert", text: "delete from kept" }),
  ]);
  for (const outcome of outcomes) {
    expect(outcome).toHaveProperty("reason.message", expect.stringContaining('"insert" has another text'));
  }
  expect(await kept()).toEqual([1]);
});

test("a value that cannot be sent ends the connection: the others do not go without it", async () => {
  const unsendable = {
    toPostgres() {
      throw new Error("no such value");
    },
  };
  const outcomes = await Promise.allSettled([
    client.query(insert(1)),
    client.query({ name: "echo", text: "select $1::text", values: [unsendable] }),
    client.query(insert(2)),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  expect(outcomes[1]).toHaveProperty("reason.message", "no such value");
  client = await openWriterConnection(database.connectionString);
  expect(await kept()).toEqual([]);
});

test("a connection that is lost fails all that was sent over it", async () => {
  const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const other = await openWriterConnection(database.connectionString);
  try {
    const waiting = Promise.allSettled([
      client.query(begin),
      client.query({ name: "sleep", text: "select pg_sleep(60)" }),
      client.query(commit),
    ]);
    await other.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
    const outcomes = await waiting;
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
  } finally {
    await other.end();
  }
});
