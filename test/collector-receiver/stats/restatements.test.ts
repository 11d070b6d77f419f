import { expect, onTestFinished, test, vi } from "vitest";
import { readPeriod } from "../../../collector-receiver/src/stats/read-period.ts";
import { restatementsOf } from "../../../collector-receiver/src/stats/restatements.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { changeSettings } from "../../../collector-receiver/src/upkeep/change-settings.ts";
import { rememberSettledMonths } from "../../../collector-receiver/src/upkeep/remember-settled-months.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { watchTenants } from "../../../collector-receiver/src/upkeep/watch-tenants.ts";
import { readReport } from "../../../collector-receiver/src/web/report/read-report.ts";
import { reportContext } from "../../../collector-receiver/src/web/report/report-context.ts";
import { writeReportCsv } from "../../../collector-receiver/src/web/export/write-report-csv.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";
import { seedSettings } from "./seed-counters.ts";
import { getCaseStudy, openStatsApp } from "./stats-app.ts";

const world = shareTestIngest();
const day = 86_400_000;
const december = Date.UTC(2025, 11, 1, 4);
let tenants = 0;

/** Conversations of December that the AI answered, `perDay` on each of the first `days` days. */
async function openMonth({ days = 20, perDay = 2 } = {}): Promise<string> {
  const tenantId = `restated-${++tenants}`;
  const { pool } = world.database;
  await seedSettings(pool, tenantId, { idleThrough: "2025-11-30T00:00:00Z" });
  await pool.query("insert into analytics_costs values ($1, '0001-01-01', 10)", [tenantId]);
  const events = Array.from({ length: days * perDay }, (_, i) => {
    const of = { tenantId, sessionId: `s-${i}`, occurredAtMs: december + Math.floor(i / perDay) * day + i };
    return [
      makeEvent({ ...of, name: "session.start" }),
      makeEvent({ ...of, name: "session.message", attributes: { role: "ai", response_time_ms: 1500 } }),
    ];
  }).flat();
  await world.ingest.submit(requestOf(events), 1000);
  return tenantId;
}

async function openClient() {
  const client = await openWriterConnection(world.database.connectionString);
  onTestFinished(() => client.end());
  return client;
}

async function openAt(at: string) {
  const app = await openStatsApp(world.database.pool, at);
  onTestFinished(() => app.close());
  return app;
}

test("a settled month that a late escalation changes says what it said, what it says, since when and why", async () => {
  const tenantId = await openMonth();
  const client = await openClient();
  const app = await openAt("2026-01-10T00:00:00Z");

  // Not yet: the last conversations of the month had no time to end.
  for await (const _ of sweepIdleSessions(client, tenantId, Date.UTC(2026, 0, 1)));
  expect(await rememberSettledMonths(client, tenantId)).toEqual([]);
  for await (const _ of sweepIdleSessions(client, tenantId, Date.UTC(2026, 0, 5)));
  expect(await rememberSettledMonths(client, tenantId)).toEqual(["2025-12"]);
  const before = await getCaseStudy(app, "month=2025-12", tenantId);
  expect(before).toMatchObject({ status: "settled", restatements: [] });
  expect(before.notes.map(({ code }: { code: string }) => code)).not.toContain("restated");

  const late = makeEvent({
    name: "session.escalate",
    tenantId,
    sessionId: "s-7",
    occurredAtMs: december + 3 * day + 60,
  });
  await world.ingest.submit(requestOf([late]), 100);
  // What was remembered stands, however often upkeep looks.
  expect(await rememberSettledMonths(client, tenantId)).toEqual([]);
  const after = await getCaseStudy(app, "month=2025-12&locale=en", tenantId);
  const [restated] = after.restatements;
  expect(after.restatements).toHaveLength(1);
  expect(restated).toMatchObject({ month: "2025-12" });
  const figureOf = (key: string) => restated.figures.find(({ metric }: { metric: string }) => metric === key);
  expect(figureOf("ai_resolved_sessions")).toMatchObject({
    was: { value: 40 },
    is: { value: 39 },
    reasons: ["later_events"],
  });
  expect(figureOf("ai_resolution_rate")).toMatchObject({ was: { formatted: "100.0%" }, is: { formatted: "97.5%" } });
  expect(figureOf("estimated_cost_saved")).toMatchObject({ was: { value: 400 }, is: { value: 390 } });
  // Exactly what differs between the documents, with their very values.
  const differing = Object.keys(after.metrics).filter((key) => before.metrics[key].value !== after.metrics[key].value);
  expect(restated.figures.map(({ metric }: { metric: string }) => metric).toSorted()).toEqual(differing.toSorted());
  for (const { metric, was, is } of restated.figures) {
    expect([was.value, is.value]).toEqual([before.metrics[metric].value, after.metrics[metric].value]);
  }
  const { rows } = await world.database.pool.query<{ settled: string; changed: string }>(
    `select settled_at::text as settled, updated_at::text as changed
     from analytics_settled_months join analytics_business_metrics using (tenant_id)
     where tenant_id = $1 and period_type = 'month' and period_value = month`,
    [tenantId],
  );
  expect(Date.parse(restated.settled_at)).toBe(Math.trunc(Date.parse(rows[0]?.settled as string)));
  expect(Date.parse(restated.changed_at)).toBe(Math.trunc(Date.parse(rows[0]?.changed as string)));
  expect(restated.message).toMatch(/^December 2025 was final on .+ 40 → 39.+Reason: later events\.$/);
  expect(after.notes).toContainEqual({ code: "restated", message: restated.message, count: restated.figures.length });

  const quarter = await getCaseStudy(app, "period=2025-Q4&locale=en", tenantId);
  expect(quarter.restatements).toEqual(after.restatements);
  const days = await getCaseStudy(app, "from=2025-12-01&to=2025-12-30", tenantId);
  expect(days.restatements).toEqual([]);
  expect((await getCaseStudy(app, "month=2025-12", tenantId)).restatements[0].message).toMatch(
    /^2025年12月的数字于 .+40 → 39.+原因：之后又有事件到达。$/,
  );

  const reader = { pool: world.database.pool, now: () => Date.parse("2026-01-10T00:00:00Z") };
  const report = await readReport(reader, tenantId, { month: "2025-12" }, "en");
  expect(writeReportCsv(reportContext(report, "en"), { sampleData: false })).toContain("40 → 39");
  // A shared copy names it only as long as nothing of it rests on few.
  expect(writeReportCsv(reportContext(report, "en", 2), { sampleData: false })).not.toContain("40 → 39");
});

test("a cost that was changed is the reason for the savings alone, with later events beside it if there were any", async () => {
  const tenantId = await openMonth();
  const client = await openClient();
  for await (const _ of sweepIdleSessions(client, tenantId, Date.UTC(2026, 0, 5)));
  await rememberSettledMonths(client, tenantId);
  const read = async () => {
    const reading = await readPeriod({ pool: world.database.pool, now: () => Date.UTC(2026, 1, 10) }, tenantId, {
      month: "2025-12",
    });
    const figures = restatementsOf(reading, "en")[0]?.figures ?? [];
    return new Map(figures.map(({ metric, was, is, reasons }) => [metric, { was: was.value, is: is.value, reasons }]));
  };
  // One that begins later than the month moves nothing of it.
  await changeSettings(client, tenantId, { cost: { value: "20", from: "2026-01-01" } });
  expect(await read()).toEqual(new Map());
  await changeSettings(client, tenantId, { cost: { value: "12.5", from: "2025-12-11" } });
  expect(await read()).toEqual(new Map([["estimated_cost_saved", { was: 400, is: 450, reasons: ["cost_changed"] }]]));
  const late = makeEvent({ name: "session.escalate", tenantId, sessionId: "s-0", occurredAtMs: december + 60 });
  await world.ingest.submit(requestOf([late]), 100);
  const both = await read();
  expect(both.get("estimated_cost_saved")).toEqual({ was: 400, is: 440, reasons: ["cost_changed", "later_events"] });
  expect(both.get("escalated_sessions")).toEqual({ was: 0, is: 1, reasons: ["later_events"] });
});

test("a month counted anew names what was set, and a month whose conversations go on again is not remembered anew", async () => {
  const tenantId = await openMonth({ days: 3 });
  const client = await openClient();
  for await (const _ of sweepIdleSessions(client, tenantId, Date.UTC(2026, 0, 5)));
  await rememberSettledMonths(client, tenantId);
  const { pool } = world.database;
  await pool.query("update analytics_settled_months set counting_rules = 1 where tenant_id = $1", [tenantId]);
  await pool.query(
    `insert into analytics_audit (tenant_id, action, details)
     values ($1, 'settings', '{"change": {"timezone": "UTC"}}'), ($1, 'definitions', '{}')`,
    [tenantId],
  );
  const talks = makeEvent({ name: "session.message", tenantId, sessionId: "s-1", occurredAtMs: Date.UTC(2026, 0, 6) });
  await world.ingest.submit(requestOf([talks]), 100);
  const app = await openAt("2026-01-10T00:00:00Z");
  const { status, restatements } = await getCaseStudy(app, "month=2025-12", tenantId);
  expect(status).toBe("provisional");
  expect(await rememberSettledMonths(client, tenantId)).toEqual([]);
  for (const { reasons } of restatements[0].figures) {
    expect(reasons).toEqual(["timezone_changed", "definitions_changed", "rules_changed"]);
  }
});

test("upkeep remembers a month once its tenant's watermark has passed", async () => {
  const tenantId = await openMonth({ days: 2 });
  const watching = await watchTenants({
    connectionString: world.database.connectionString,
    onAlarm: (code) => expect.unreachable(code),
    log: { warn: () => {}, info: () => {} } as never,
    everyMs: 50,
    switchesRules: false,
    retentionMonths: undefined,
    onSwept: () => {},
  });
  onTestFinished(() => watching.close());
  await vi.waitFor(
    async () => {
      const { rows } = await world.database.pool.query(
        "select month, counters ->> 'total_sessions' as sessions from analytics_settled_months where tenant_id = $1",
        [tenantId],
      );
      expect(rows).toEqual([{ month: "2025-12", sessions: "4" }]);
    },
    { timeout: 120_000, interval: 50 },
  );
}, 180_000);
