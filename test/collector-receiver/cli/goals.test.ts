import { expect, test } from "vitest";
import { seedDay, seedReported, seedSettings, planCounters } from "../stats/seed-counters.ts";
import { getCaseStudy, get, openStatsApp } from "../stats/stats-app.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { spanledger } from "./run-cli.ts";

/** A tenant with the plan's figures on 25 December 2025. */
async function openTenant(tenantId = "default") {
  const database = await useTestDatabase();
  const { pool } = database;
  await seedSettings(pool, tenantId, { idleThrough: "2026-03-01T00:00:00Z" });
  await seedReported(pool, tenantId, "2025-12-25", "session.start", "agent.login", "ticket.created");
  await seedDay(pool, tenantId, "2025-12-25", planCounters);
  return {
    database,
    pool,
    run: (...words: string[]) => spanledger({ DATABASE_URL: database.connectionString }, ...words),
  };
}

test("a goal is set, listed, audited, replaced and removed", async () => {
  const { pool, run } = await openTenant();
  const set = await run("goal", "set", "ai_resolution_rate >= 85", "--from", "2025-12-01");
  expect(set).toMatchObject({ code: 0, stdout: expect.stringContaining("ai_resolution_rate >= 85 from 2025-12-01") });
  expect((await run("goal", "set", "ai_resolution_rate>=90%", "--from", "2026-01-01")).code).toBe(0);
  expect((await run("goal", "set", "total_sessions >= 5000", "--from", "2025-12-01", "--per", "week")).code).toBe(0);
  expect((await run("goal", "set", "ai_resolution_rate <= 86", "--from", "2025-12-01")).code).toBe(0);
  expect(JSON.parse((await run("goal", "list", "--json")).stdout)).toEqual({
    goals: [
      { metric: "ai_resolution_rate", from: "2025-12-01", comparison: "<=", target: 86, per: null },
      { metric: "ai_resolution_rate", from: "2026-01-01", comparison: ">=", target: 90, per: null },
      { metric: "total_sessions", from: "2025-12-01", comparison: ">=", target: 5000, per: "week" },
    ],
  });
  expect((await run("goal", "remove", "ai_resolution_rate", "--from", "2026-01-01")).code).toBe(0);
  expect((await run("goal", "remove", "ai_resolution_rate", "--from", "2026-01-01")).code).toBe(1);
  expect((await run("goal", "list")).stdout).toBe(
    "ai_resolution_rate <= 86 from 2025-12-01\ntotal_sessions >= 5000 a week from 2025-12-01\n",
  );
  const { rows } = await pool.query<{ details: { what: string } }>(
    "select details from analytics_audit where action = 'goals' order by performed_at",
  );
  expect(rows.map(({ details }) => details.what)).toEqual(["set", "set", "set", "set", "remove"]);
});

test.each([
  [["ai_resolution_rate > 85"], "is not a goal"],
  [["resolution >= 85"], '"resolution" is not a metric of "default"'],
  [["ai_resolution_rate >= 85", "--per", "month"], "leave --per out"],
  [["ai_resolution_rate >= 185"], "from 0 to 100"],
  [["ai_resolution_rate >= 85", "--from", "2026-02-30"], "YYYY-MM-DD"],
  [["ai_resolution_rate >= 85", "--tenant", "nobody"], "nobody"],
])("%j is refused and stores nothing", async (words, reason) => {
  const { pool, run } = await openTenant();
  const { code, stderr } = await run("goal", "set", ...words);
  expect(code).toBe(1);
  expect(stderr).toContain(reason);
  expect((await pool.query("select from analytics_goals")).rowCount).toBe(0);
});

test("the API says of each figure whether its goal is met, and gives the line of a series", async () => {
  const { pool, run } = await openTenant();
  for (const goal of [
    "ai_resolution_rate >= 85.3",
    "sla_met_rate >= 90",
    "total_sessions >= 5000",
    "response_time_p90_ms <= 3s",
    "ticket_backlog <= 10",
  ]) {
    expect(await run("goal", "set", goal, "--from", "2025-12-01")).toMatchObject({ code: 0 });
  }
  const app = await openStatsApp(pool, "2026-03-01T00:00:00Z");
  const { metrics } = await getCaseStudy(app, "month=2025-12&locale=en", "default");
  // 85.295… is shown as 85.3 %, and is below it.
  expect(metrics.ai_resolution_rate).toMatchObject({
    formatted: "85.3%",
    goal: { comparison: ">=", target: 85.3, formatted: "≥ 85.3%", since: "2025-12-01", verdict: "missed" },
  });
  expect(metrics.sla_met_rate.goal).toMatchObject({ verdict: "met" });
  expect(metrics.total_sessions.goal).toMatchObject({ target: 5000, formatted: "≥ 5,000", verdict: "met" });
  expect(metrics.escalation_rate).not.toHaveProperty("goal");
  const operations = (await get(app, "operations?month=2025-12")).body.metrics;
  expect(operations.ticket_backlog.goal).toMatchObject({ target: 10, verdict: "met" });
  // Before the goal holds there is none.
  const before = await getCaseStudy(app, "month=2025-11", "default");
  expect(before.metrics.ai_resolution_rate).not.toHaveProperty("goal");
  const series = (await get(app, "timeseries?metric=total_sessions&from=2025-11-30&to=2025-12-02")).body;
  expect(series.goals).toEqual([
    { metric: "total_sessions", from: "2025-12-01", comparison: ">=", target: 5000, per: "month" },
  ]);
  expect(series.points.map(({ target }: { target: number | null }) => target)).toEqual([null, 161.290323, 161.290323]);
  const months = (await get(app, "timeseries?metric=total_sessions&from=2025-12&to=2025-12&by=month")).body;
  expect(months.points[0].target).toBe(5000);
});

test("while conversations may still end, a rate of them is not judged by those that go on", async () => {
  const { pool, run } = await openTenant("early");
  await pool.query("update analytics_settings set idle_through = '2025-12-25T10:00:00Z'");
  for (const goal of ["ai_resolution_rate >= 90", "total_sessions >= 6000", "escalated_sessions <= 700"]) {
    expect((await run("goal", "set", goal, "--from", "2025-12-01", "--tenant", "early")).code).toBe(0);
  }
  const app = await openStatsApp(pool, "2025-12-25T10:00:00Z");
  const { metrics } = await getCaseStudy(app, "month=2025-12", "early");
  expect(metrics.ai_resolution_rate.goal.verdict).toBe("open");
  expect(metrics.total_sessions.goal.verdict).toBe("open");
  // More than that can no longer become less.
  expect(metrics.escalated_sessions.goal.verdict).toBe("missed");
});

test("the page says it beside the figure and draws it across the chart, in both languages", async () => {
  const { database, run } = await openTenant();
  expect((await run("goal", "set", "ai_resolution_rate >= 86", "--from", "2025-12-10")).code).toBe(0);
  expect((await run("goal", "set", "sla_met_rate >= 90", "--from", "2025-12-01")).code).toBe(0);
  expect((await run("goal", "set", "transfer_rate <= 10", "--from", "2025-12-01")).code).toBe(0);
  const { url } = await startTestReceiver({}, database);
  const report = async (lang: string) => (await fetch(`${url}/report?month=2025-12&lang=${lang}`)).text();
  const english = await report("en");
  expect(english).toContain("target ≥ 86.0%: missed");
  expect(english).toContain("target ≥ 90.0%: met");
  expect(english).toContain("target ≤ 10.0%: met");
  const sessions = /<figure[^>]*id="sessions">[\s\S]*?<\/figure>/.exec(english)?.[0] ?? "";
  expect(sessions).toMatch(/Dashed across: target of [^.]*≥ 86\.0%/);
  // From the tenth on, for two widths.
  expect(sessions.match(/<path class="goal" d="M[^M]*"\/>/g)).toHaveLength(2);
  expect(sessions.match(/<path class="goal" d="([^"]*)"/)?.[1]?.match(/H/g)).toHaveLength(22);
  const chinese = await report("zh-CN");
  expect(chinese).toContain("目标 ≥ 86.0%：未达成");
  expect(chinese).toContain("横向虚线为目标：");
});
