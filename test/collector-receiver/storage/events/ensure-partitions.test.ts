import { expect, test } from "vitest";
import { useTestDatabase } from "../../../support/create-test-database.ts";

test("receivers that make the same partition at once: one makes it, none fails", async () => {
  const { pool } = await useTestDatabase();
  const clients = await Promise.all(Array.from({ length: 5 }, () => pool.connect()));
  try {
    // Several rounds: PostgreSQL notices the race in different places (table, type, its own indexes).
    for (let month = 0; month < 60; month++) {
      const day = new Date(Date.UTC(2020, month, 1)).toISOString().slice(0, 10);
      const made = await Promise.all(
        clients.map((client) => client.query("select spanledger_ensure_partition($1::date) as made", [day])),
      );
      expect(made.filter(({ rows }) => rows[0].made === true)).toHaveLength(1);
    }
  } finally {
    for (const client of clients) client.release();
  }
});
