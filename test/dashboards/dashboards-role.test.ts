import { readFile } from "node:fs/promises";
import pg from "pg";
import { expect, it, onTestFinished } from "vitest";
import { useTestDatabase } from "../support/create-test-database.ts";

const script = new URL("../../dashboards/provisioning/create-dashboards-role.sql", import.meta.url);

it("is made by its script, once or twice, and reads counters but nothing that a product sent", async () => {
  const { pool, connectionString } = await useTestDatabase();
  const { rows: before } = await pool.query("select from pg_roles where rolname = 'spanledger_dashboards'");
  // Roles belong to the server, which may be somebody's own.
  if (before.length === 0) onTestFinished(async () => void (await pool.query("drop role spanledger_dashboards")));
  const sql = await readFile(script, "utf8");
  await pool.query(sql);
  await pool.query(sql);
  await pool.query("insert into analytics_costs values ('default', '2025-12-01', 10)");

  const password = "for-this-test-only";
  await pool.query(`alter role spanledger_dashboards password '${password}'`);
  const url = new URL(connectionString);
  [url.username, url.password] = ["spanledger_dashboards", password];
  const grafana = new pg.Client({ connectionString: url.href });
  await grafana.connect();
  onTestFinished(() => grafana.end());

  expect((await grafana.query("select count(*)::int as costs from analytics_costs")).rows).toEqual([{ costs: 1 }]);
  expect((await grafana.query("show statement_timeout")).rows).toEqual([{ statement_timeout: "30s" }]);
  const refused = async (sql: string): Promise<string> => {
    const error: unknown = await grafana.query(sql).then(
      () => undefined,
      (error: unknown) => error,
    );
    return (error as { code: string }).code;
  };
  const noRight = "42501";
  expect(await refused("select event_data from analytics_events")).toBe(noRight);
  expect(await refused("select payload from analytics_rejected_events")).toBe(noRight);
  expect(await refused("select reason from analytics_rejected_events")).toBe(noRight);
  expect(await refused("select user_id from analytics_sessions")).toBe(noRight);
  expect(await refused("select user_id from analytics_customers")).toBe(noRight);
  const readOnly = "25006";
  expect(await refused("delete from analytics_costs")).toBe(readOnly);
  // Whoever switches that off still has no right.
  await grafana.query("set default_transaction_read_only = off");
  expect(await refused("delete from analytics_costs")).toBe(noRight);
});
