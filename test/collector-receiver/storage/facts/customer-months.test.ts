import { expect, test } from "vitest";
import type { CustomerChange } from "../../../../collector-receiver/src/metrics/counter-change.ts";
import {
  addCustomerMonth,
  packDays,
  packRepeats,
  sessionsInSlot,
} from "../../../../collector-receiver/src/storage/facts/customer-months.ts";
import { knownMigrations } from "../../../../collector-receiver/src/storage/schema/known-migrations.ts";
import { migrateDatabase } from "../../../../collector-receiver/src/storage/schema/migrate-database.ts";
import { useTestDatabase } from "../../../support/create-test-database.ts";

/** Sessions of customers by day; 2025-12-29 to 31 lie in the first week of 2026, 2025-11-01 and 02 in one of October. */
const visits = [
  ["a", "2025-12-28", 1],
  ["a", "2025-12-29", 3],
  ["a", "2026-01-04", 1],
  ["b", "2025-12-31", 1],
  ["c", "2025-11-01", 2],
  ["c", "2025-10-31", 1],
  ["d", "2024-02-29", 1],
  ["e", "2025-12-29", -1],
] as const;

const byPeriod = `
  insert into analytics_customers (tenant_id, period_type, period_value, user_id, sessions)
  select 'default', period_type, period_value, user_id, sum(sessions)
  from unnest($1::text[], $2::date[], $3::int[]) as visit (user_id, day, sessions)
  cross join lateral (values ('day', day::text), ('week', to_char(day, 'IYYY-"W"IW')), ('month', to_char(day, 'YYYY-MM')))
    as period (period_type, period_value)
  group by period_type, period_value, user_id`;
const storedByPeriod =
  "select period_type, period_value, user_id, sessions from analytics_customers order by period_type, period_value, user_id";
const storedBySlot = `
  select month::text, user_id, (month + slot - 3)::text as day, ${sessionsInSlot("c")} as sessions
  from analytics_customers c, generate_series(0, 36) as slot where ${sessionsInSlot("c")} <> 0
  order by user_id collate "C", month, slot`;

test("the migration keeps stored rows, in both directions", async () => {
  const { pool, connectionString } = await useTestDatabase({ migrated: false });
  await migrateDatabase(connectionString, { count: knownMigrations.indexOf("0017_customer_months") });
  await pool.query(byPeriod, [
    visits.map(([user]) => user),
    visits.map(([, day]) => day),
    visits.map(([_user, _day, n]) => n),
  ]);
  const before = (await pool.query(storedByPeriod)).rows;
  expect(before).toHaveLength(21);

  await migrateDatabase(connectionString, { count: 1 });
  expect((await pool.query(storedBySlot)).rows.map(Object.values)).toEqual([
    ["2025-12-01", "a", "2025-12-28", 1],
    ["2025-12-01", "a", "2025-12-29", 3],
    ["2026-01-01", "a", "2025-12-29", 3],
    ["2026-01-01", "a", "2026-01-04", 1],
    ["2025-12-01", "b", "2025-12-31", 1],
    ["2026-01-01", "b", "2025-12-31", 1],
    ["2025-10-01", "c", "2025-10-31", 1],
    ["2025-10-01", "c", "2025-11-01", 2],
    ["2025-11-01", "c", "2025-11-01", 2],
    ["2024-02-01", "d", "2024-02-29", 1],
    // e: what a damaged table may hold is kept as well, so that a rebuild finds it.
    ["2025-12-01", "e", "2025-12-29", -1],
    ["2026-01-01", "e", "2025-12-29", -1],
  ]);

  await migrateDatabase(connectionString, { direction: "down" });
  expect((await pool.query(storedByPeriod)).rows).toEqual(before);
});

test("adding to a row adds in each slot, whatever is there, and equal counts are equal rows", async () => {
  const { pool } = await useTestDatabase();
  const steps = [
    [2],
    [2],
    [36],
    [36],
    [1],
    [2, 5],
    [-2],
    [5, 5, -2],
    [-5, -5, 7],
    [-5, -7],
    [-7],
    [7],
    [36, 1, 1],
    [-36, -1],
  ] as const;
  const counts = new Map<number, number>();
  for (const step of steps) {
    const change: CustomerChange = { tenantId: "default", month: "2025-12-01", userId: "u", counts: [] };
    for (const signed of step) {
      const slot = Math.floor(Math.abs(signed));
      const sessions = signed < 0 ? -1 : 1;
      counts.set(slot, (counts.get(slot) ?? 0) + sessions);
      const known = change.counts.find((of) => of.slot === slot);
      if (known) known.sessions += sessions;
      else change.counts.push({ slot, sessions });
    }
    await pool.query(
      `insert into analytics_customers as c (tenant_id, month, user_id, days, repeats)
       values ($1, $2, $3, $4, $5) ${addCustomerMonth}`,
      [change.tenantId, change.month, change.userId, packDays(change), packRepeats(change)],
    );
    const now = [...counts].map(([slot, sessions]) => ({ slot, sessions }));
    const { rows } = await pool.query("select days::float8, repeats::text from analytics_customers");
    expect(rows).toEqual([
      { days: packDays({ ...change, counts: now }), repeats: packRepeats({ ...change, counts: now }) },
    ]);
  }
});
