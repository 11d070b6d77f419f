import { expect, test } from "vitest";
import { describeAnnotation } from "../../../collector-receiver/src/stats/describe-annotation.ts";
import { freezeReport } from "../../../collector-receiver/src/web/share/freeze-report.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { spanledger } from "../cli/run-cli.ts";

const dayMs = 86_400_000;
const at = (day: string): number => Date.parse(`${day}T04:00:00Z`);

test("what happened is told by the API and marked in every daily chart, and a shared copy tells nothing of it", async () => {
  const { url, database } = await startTestReceiver({ AUTO_REBUILD: "false" });
  const environment = { DATABASE_URL: database.connectionString };
  const send = async (version: string, ...days: string[]): Promise<void> => {
    const events = days.flatMap((day) => [
      { name: "session.start", attributes: { session_id: `s-${version}-${day}` }, atMs: at(day) },
      { name: "query.order", attributes: { session_id: `s-${version}-${day}`, success: true }, atMs: at(day) },
      { name: "ticket.created", attributes: { ticket_id: 7, source: "chat" }, atMs: at(day) },
    ]);
    const resource = { "service.name": "chat <b>", "service.version": version };
    const headers = { "content-type": "application/json" };
    const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers, body: tracesWith(events, { resource }) });
    expect(answer.status).toBe(200);
  };
  // The first version of a service is not new, whichever request brings it first.
  await send("2.0", "2026-03-09", "2026-03-20");
  await send("1.9", "2026-02-01", "2026-03-12");
  await send("2.1", "2026-03-12", "2026-03-11");
  for (const command of [
    ["note", "new prompt", "--at", "2026-03-11"],
    ["note", "next month", "--at", "2026-04-01"],
    ["settings", "--cost", "12.5", "--from", "2026-03-20"],
  ]) {
    expect(await spanledger(environment, ...command)).toMatchObject({ code: 0 });
  }
  await database.pool.query(`
    update analytics_settings set rules_since = '2026-03-25';
    insert into analytics_audit (tenant_id, action, details, performed_at) values
      ('default', 'settings', '{"change": {"timezone": "Asia/Shanghai", "idleTimeoutSeconds": 7200, "displayName": "Acme"},
        "before": {"timezone": "Asia/Shanghai", "idle_timeout_seconds": 86400}}', '2026-03-26T04:00Z'),
      ('default', 'definitions', '{"before": null, "metrics": ["a"]}', '2026-03-26T05:00Z'),
      ('default', 'definitions', '{"before": "x", "metrics": []}', '2026-03-26T06:00Z'),
      ('default', 'definitions', '{"before": "x", "metrics": ["b", "a"]}', '2026-03-27T04:00Z'),
      ('default', 'erase', '{"change": {"currency": "EUR"}, "before": {"currency": "CNY"}}', '2026-03-28T04:00Z'),
      ('other', 'settings', '{"change": {"currency": "EUR"}, "before": {"currency": "CNY"}}', '2026-03-28T04:00Z');
    insert into analytics_model_prices values
      ('default', '', 'gpt', '', '2026-01-01', 1, null, null, 2),
      ('default', '', 'gpt', '', '2026-03-30', 2, null, null, 2),
      ('default', '', 'claude', '', '2026-03-30', 2, null, null, 2)`);

  const told = async (query: string) => {
    const answer = await fetch(`${url}/api/analytics/annotations?${query}`);
    expect(answer.status).toBe(200);
    return (await answer.json()) as { annotations: { date: string; kind: string; at: string; message: string }[] };
  };
  const march = await told("month=2026-03&locale=en");
  expect(march).toMatchObject({ start_date: "2026-03-01", end_date: "2026-03-31", timezone: "Asia/Shanghai" });
  expect(march.annotations.map(({ date, kind, message }) => [date, kind, message])).toEqual([
    ["2026-03-09", "version", "chat <b> updated to 2.0"],
    ["2026-03-11", "note", "new prompt"],
    ["2026-03-11", "version", "chat <b> updated to 2.1"],
    ["2026-03-20", "cost", "cost of a manual session changed to ¥12.5"],
    ["2026-03-25", "rules", "counting rules 2 from here on"],
    ["2026-03-26", "setting", "idle timeout changed to 2 h"],
    ["2026-03-27", "definitions", "own definitions changed: a, b"],
    ["2026-03-30", "price", "price of tokens changed: gpt"],
  ]);
  expect(march.annotations[1]?.at).toBe("2026-03-10T16:00:00.000Z");
  expect((await told("start_date=2026-03-11&end_date=2026-03-11&lang=zh-CN")).annotations).toMatchObject([
    { message: "new prompt" },
    { message: "chat <b> 更新到 2.1" },
  ]);
  expect((await told("period=2026-02")).annotations).toEqual([]);
  expect((await fetch(`${url}/api/analytics/annotations?month=2026-13`)).status).toBe(400);

  const page = async (query: string) => (await fetch(`${url}/report?${query}`)).text();
  const figure = (html: string, id: string) => new RegExp(`<figure[^>]*id="${id}">[\\s\\S]*?</figure>`).exec(html)?.[0];
  const english = await page("month=2026-03&lang=en");
  for (const chart of ["sessions", "queries", "tickets"]) {
    expect(figure(english, chart)).toContain(
      "Marked: 1 (Mon, Mar 9) chat &lt;b&gt; updated to 2.0; 2 (Wed, Mar 11) new prompt, chat &lt;b&gt; updated to 2.1; 3 (Fri, Mar 20)",
    );
  }
  // One line in each of the figures that have a line by day.
  const sparklines = english.match(/<svg class="spark"[\s\S]*?<\/svg>/g) ?? [];
  expect(sparklines.length).toBeGreaterThan(0);
  for (const sparkline of sparklines) {
    expect(/<path class="mark" d="([^"]*)"/.exec(sparkline)?.[1]?.match(/M/g)).toHaveLength(7);
  }
  // By week, marks of one week stand together.
  expect(figure(await page("period=2026&lang=en"), "sessions")).toContain(
    "chat &lt;b&gt; updated to 2.0, new prompt, chat &lt;b&gt; updated to 2.1",
  );
  expect(figure(await page("month=2026-03&lang=zh-CN"), "tickets")).toContain("5（3月26日周四）静默超时改为 2小时");

  const { pages } = await freezeReport(
    { pool: database.pool, now: Date.now },
    "default",
    { month: "2026-03" },
    { least: 2, expiresAt: new Date(Date.now() + dayMs), sampleData: false },
  );
  for (const copy of Object.values(pages)) expect(copy).not.toMatch(/updated to|new prompt|更新到|class="mark"/);
});

test("of many things in one step some are told and the others counted", async () => {
  const { url, database } = await startTestReceiver();
  const headers = { "content-type": "application/json" };
  const body = tracesWith([{ name: "session.start", attributes: { session_id: "s" }, atMs: at("2026-03-12") }]);
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
  await database.pool.query(
    `insert into analytics_service_versions
     select 'default', 'chat', 'v' || i, '2026-03-12T00:00Z'::timestamptz + i * interval '1 minute' from generate_series(10, 40) as i`,
  );
  const report = await (await fetch(`${url}/report?month=2026-03&lang=en`)).text();
  expect(report).toContain(
    "chat updated to v11, chat updated to v12, chat updated to v13, chat updated to v14, 26 more.",
  );
});

test.each([
  [
    "a timezone",
    { kind: "setting", subject: "timezone", text: "Europe/Berlin" },
    "timezone changed to Europe/Berlin",
    "统计时区改为 Europe/Berlin",
  ],
  [
    "working hours, which have no short form",
    { kind: "setting", subject: "working_hours", text: '{"days":{}}' },
    "working hours changed",
    "工作时间已更改",
  ],
  [
    "a heartbeat",
    { kind: "setting", subject: "agent_heartbeat", text: "5400" },
    "agents' heartbeat changed to 1.5 h",
    "坐席心跳改为 1.5小时",
  ],
  [
    "a version without a service, cut",
    { kind: "version", subject: "", text: "v".repeat(255) },
    `updated to ${"v".repeat(59)}…`,
    `更新到 ${"v".repeat(59)}…`,
  ],
  [
    "a cost without cents",
    { kind: "cost", subject: "USD", text: "10.00" },
    "cost of a manual session changed to $10",
    "单次人工成本改为 US$10",
  ],
] as const)("%s", (_, annotation, english, chinese) => {
  expect(describeAnnotation({ ...annotation, atMs: 0 }, "en")).toBe(english);
  expect(describeAnnotation({ ...annotation, atMs: 0 }, "zh-CN")).toBe(chinese);
});
