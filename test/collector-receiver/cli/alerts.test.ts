import { expect, test } from "vitest";
import { addDays } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { openAlerts } from "../deliveries/judged.ts";
import { seedEvents } from "../stats/seed-events.ts";
import { spanledger } from "./run-cli.ts";

async function openTenant() {
  const opened = await openAlerts({}, { timezone: "UTC" });
  const environment = { DATABASE_URL: opened.database.connectionString };
  return { ...opened, run: (...words: string[]) => spanledger(environment, "alert", ...words) };
}

const today = (): string => new Date().toISOString().slice(0, 10);

test("an alert is set, listed with its state, audited and removed", async () => {
  const { pool, judge, day, goal, run } = await openTenant();
  await goal("ai_resolution_rate", ">=", 85);
  await day("2026-03-02", 100, 70);
  const set = ["set", "resolution", "--kind", "goal", "--metric", "ai_resolution_rate", "--to", "ops", "boss"];
  expect(await run(...set)).toMatchObject({ code: 0, stdout: expect.stringContaining("resolution  goal  days 1") });
  expect((await run("list")).stdout).toContain("to ops, boss  ok");
  await judge("2026-03-03T12:00:00Z");
  expect(JSON.parse((await run("list", "--json")).stdout)).toEqual({
    alerts: [
      {
        name: "resolution",
        kind: "goal",
        metric: "ai_resolution_rate",
        days: 1,
        minConversations: 30,
        to: ["ops", "boss"],
        firing: "2026-03-02",
      },
    ],
  });
  // A new definition leaves the state as it is.
  expect((await run(...set, "--min-conversations", "50")).code).toBe(0);
  expect((await run("list")).stdout).toContain("firing since 2026-03-02");
  expect((await run("remove", "resolution")).code).toBe(0);
  expect((await run("remove", "resolution")).code).toBe(1);
  const { rows } = await pool.query(
    "select details ->> 'what' as what from analytics_audit where action = 'alerts' order by performed_at",
  );
  expect(rows.map(({ what }) => what)).toEqual(["set", "set", "remove"]);
});

test.each([
  [["--kind", "goal"], "has no metric"],
  [["--kind", "goal", "--metric", "resolution"], "which alerts cannot judge"],
  [["--kind", "goal", "--metric", "agent_online_ms"], "which alerts cannot judge"],
  [["--kind", "goal", "--metric", "sla_met_rate", "--days", "3"], "Write 1 or 7"],
  [["--kind", "goal", "--metric", "sla_met_rate", "--amount", "3"], "amount is not known here"],
  [["--kind", "change", "--metric", "total_sessions", "--by", "20", "--direction", "up"], "drop, rise, either"],
  [["--kind", "quality", "--percent", "200"], "up to 100"],
  [["--kind", "silence", "--minutes", "2"], "from 5 to 44640"],
  [["--kind", "noise"], "Allowed choices"],
])("%j is refused by name", async (words, reason) => {
  const { pool, run } = await openTenant();
  const { code, stderr } = await run("set", "one", ...words);
  expect(code).toBe(1);
  expect(stderr).toContain(reason);
  expect((await pool.query("select from analytics_alerts")).rowCount).toBe(0);
});

test("a dry run tells what would fire now and in the last 30 days, and stores and sends nothing", async () => {
  const { database, pool, day, goal, run } = await openTenant();
  await goal("ai_resolution_rate", ">=", 85);
  // Bad twenty days ago and of late. Rates are judged a day and the idle timeout after their day.
  const last = today();
  for (let back = 25; back >= 0; back--) await day(addDays(last, -back), 100, back === 20 || back <= 4 ? 70 : 90);
  const rule = ["set", "resolution", "--kind", "goal", "--metric", "ai_resolution_rate", "--dry-run"];
  const { stdout } = await run(...rule);
  expect(stdout).toContain("resolution: would be firing now; would have fired 2 times in the last 30 days");
  expect(stdout).toContain("AI resolution rate missed its goal: AI resolution rate was 70.0%");
  expect(stdout.match(/Resolved: /g)).toHaveLength(1);
  const environment = { DATABASE_URL: database.connectionString };
  expect((await spanledger(environment, "deliveries", "--dry-run")).stdout).toContain("There are no alerts");
  expect((await pool.query("select from analytics_alerts")).rowCount).toBe(0);
  expect((await pool.query("select from analytics_deliveries")).rowCount).toBe(0);
});

test("a dry run finds the silences of the last 30 days", async () => {
  const { pool, run } = await openTenant();
  const at = (hours: number): string => new Date(Date.now() - hours * 3_600_000).toISOString();
  await seedEvents(
    pool,
    [100, 99.5, 90, 89.8, 3].map((hours) => ({
      tenantId: "default",
      sessionId: `s${hours}`,
      name: "session.start",
      at: at(hours),
    })),
  );
  const { stdout } = await run("set", "silent", "--kind", "silence", "--dry-run");
  expect(stdout).toContain("silent: would be firing now; would have fired 3 times in the last 30 days");
  expect(stdout.match(/Resolved: No events arrive/g)).toHaveLength(2);
});
