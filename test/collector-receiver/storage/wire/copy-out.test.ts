import { afterAll, beforeAll, expect, test } from "vitest";
import { copyOut } from "../../../../collector-receiver/src/storage/wire/copy-out.ts";
import { openWriterConnection } from "../../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { createTestDatabase } from "../../../support/create-test-database.ts";
import type { TestDatabase } from "../../../support/create-test-database.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

/** The rows of a text COPY. */
async function readAll(messages: AsyncGenerator<Buffer>): Promise<string[]> {
  const rows: string[] = [];
  for await (const bytes of messages) {
    // Slow at first, so that more than one buffer waits.
    if (rows.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
    let pos = 0;
    while (pos < bytes.length) {
      expect(bytes[pos]).toBe("d".charCodeAt(0));
      const next = pos + 1 + bytes.readUInt32BE(pos + 1);
      expect(next).toBeLessThanOrEqual(bytes.length);
      rows.push(bytes.toString("utf8", pos + 5, next - 1));
      pos = next;
    }
  }
  return rows;
}

test("every row once and in order, small and far larger than what a socket gives at once; the connection goes on", async () => {
  const client = await openWriterConnection(database.connectionString);
  try {
    const select =
      "select n || repeat('x', case when n % 100 = 0 then 300000 else 3 end) from generate_series(1, 3000) n";
    for (let round = 0; round < 2; round++) {
      const rows = await readAll(copyOut(client, `copy (${select}) to stdout`));
      expect(rows.map((row) => Number.parseInt(row, 10))).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1));
      expect(rows[99]).toHaveLength(300_003);
    }
    expect((await client.query("select 7 as seven")).rows).toEqual([{ seven: 7 }]);
  } finally {
    await client.end();
  }
});

test("an error before and in the middle of the rows is thrown, and the connection goes on", async () => {
  const client = await openWriterConnection(database.connectionString);
  try {
    await expect(readAll(copyOut(client, "copy (select nothing) to stdout"))).rejects.toThrow(/nothing/);
    const failing = "copy (select 1 / (9000 - n) from generate_series(1, 9000) n) to stdout";
    await expect(readAll(copyOut(client, failing))).rejects.toThrow(/division by zero/);
    expect(await readAll(copyOut(client, "copy (select 1 where false) to stdout"))).toEqual([]);
    expect((await client.query("select 7 as seven")).rows).toEqual([{ seven: 7 }]);
  } finally {
    await client.end();
  }
});

test("a reader that is slow holds the server back instead of filling memory", async () => {
  const client = await openWriterConnection(database.connectionString);
  try {
    const before = process.memoryUsage().arrayBuffers;
    const rows = copyOut(client, "copy (select repeat('x', 100000) from generate_series(1, 1000)) to stdout");
    let seen = 0;
    let waiting = 0;
    for await (const bytes of rows) {
      if (seen === 0) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        waiting = process.memoryUsage().arrayBuffers - before;
      }
      seen += bytes.length;
    }
    expect(seen).toBeGreaterThan(100_000_000);
    // Unread, 100 MB would have come meanwhile.
    expect(waiting).toBeLessThan(20_000_000);
  } finally {
    await client.end();
  }
});

test("a reader that stops early loses the connection, and waits for nothing", async () => {
  const client = await openWriterConnection(database.connectionString);
  for await (const bytes of copyOut(client, "copy (select generate_series(1, 100000000)) to stdout")) {
    expect(bytes.length).toBeGreaterThan(0);
    break;
  }
  await expect(client.query("select 1")).rejects.toThrow();
  await client.end().catch(() => {});
});
