import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import type { AlertRule } from "../../../collector-receiver/src/catalogue/alert-rules.ts";
import { addDays } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { storeAlert } from "../../../collector-receiver/src/storage/deliveries/alert-states.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { seedEvents } from "../stats/seed-events.ts";
import { openAlerts } from "./judged.ts";
import { deliverOnce, keyOf, openSender, openSink, webhook } from "./outbox.ts";

const resolution: AlertRule = { kind: "goal", metric: "ai_resolution_rate", days: 1, minConversations: 30, to: [] };

test("a missed goal is told once, in each target's language, and once that it is reached again", async () => {
  const { pool, judge, day, goal, told } = await openAlerts({ resolution });
  await goal("ai_resolution_rate", ">=", 85);
  const rates = [90, 80, 70, 20, 88, 90];
  for (const [n, rate] of rates.entries())
    await day(addDays("2026-03-01", n), n === 3 ? 10 : 200, n === 3 ? 2 : rate * 2);
  for (let hour = 0; hour < 7 * 24; hour += 3) await judge(Date.UTC(2026, 2, 1, hour));
  expect(await told()).toEqual(["resolution 2026-03-02 firing", "resolution 2026-03-02 resolved"]);
  expect(await told("boss")).toEqual(await told());
  const { rows } = await pool.query(
    "select delivery_id, message from analytics_deliveries order by created_at, target",
  );
  expect(rows.map(({ delivery_id: id }) => id)).toEqual(rows.map(({ message }) => message.key));
  expect(rows[1].message).toMatchObject({
    kind: "alert",
    state: "firing",
    tenantName: "default",
    locale: "en",
    title: "AI resolution rate missed its goal",
    sentences: [
      "AI resolution rate was 80.0% (2026-03-02); the goal is ≥ 85.0%.",
      "Sample size: 200.",
      'Alert "resolution".',
    ],
    figures: [
      { label: "AI resolution rate", value: "80.0%" },
      { label: "Goal", value: "≥ 85.0%" },
    ],
    link: "https://reports.example/report?from=2026-03-02&to=2026-03-02&lang=en",
    // Midnight in Shanghai, at the first look after it.
    createdAt: "2026-03-02T18:00:00.000Z",
  });
  expect(rows[0].message).toMatchObject({ locale: "zh-CN", title: expect.stringContaining("未达目标") });
  expect(rows[3].message).toMatchObject({ state: "resolved", title: expect.stringMatching(/^Resolved: /) });
});

test("an alert that is defined anew is judged at once by what it says now, and goes on firing until it is reached", async () => {
  const { client, judge, day, goal, told } = await openAlerts({
    resolution: { ...resolution, minConversations: 1000 },
  });
  await goal("ai_resolution_rate", ">=", 85);
  await day("2026-03-02", 100, 70);
  const at = "2026-03-03T12:00:00+08:00";
  await judge(at);
  expect(await told()).toEqual([]);
  await storeAlert(client, "default", "resolution", resolution);
  await judge(at);
  expect(await told()).toEqual(["resolution 2026-03-02 firing"]);
  // The same once more changes nothing, and neither does another bound while the day is bad.
  await storeAlert(client, "default", "resolution", resolution);
  await storeAlert(client, "default", "resolution", { ...resolution, minConversations: 50 });
  await judge(at);
  expect(await told()).toEqual(["resolution 2026-03-02 firing"]);
});

test("over seven closed days, a bad day alone is not told", async () => {
  const { judge, day, goal, told } = await openAlerts({ weekly: { ...resolution, days: 7 } });
  await goal("ai_resolution_rate", ">=", 85);
  for (let n = 0; n < 14; n++) await day(addDays("2026-03-01", n), 100, n === 5 ? 70 : n > 9 ? 60 : 90);
  for (let n = 7; n < 15; n++) await judge(`${addDays("2026-03-01", n)}T12:00:00+08:00`);
  // (5 × 90 + 2 × 60) ÷ 7 = 81.4 on the twelfth; the day before, 90 + 70 + 3 × 90 + … = 82.9.
  expect(await told()).toEqual(["weekly 2026-03-11 firing"]);
});

test("a receiver that was down for days tells the present, late and once", async () => {
  const { judge, day, goal, told } = await openAlerts({ resolution });
  await goal("ai_resolution_rate", ">=", 85);
  for (let n = 0; n < 10; n++) await day(addDays("2026-03-01", n), 100, n < 2 ? 90 : 70);
  await judge("2026-03-02T12:00:00+08:00");
  await judge("2026-03-09T03:00:00+08:00");
  await judge("2026-03-09T03:01:00+08:00");
  expect(await told()).toEqual(["resolution 2026-03-08 firing"]);
});

test("two receivers that judge at once tell once", async () => {
  const { database, judge, day, goal, told } = await openAlerts({ resolution, other: { ...resolution, to: ["ops"] } });
  await goal("ai_resolution_rate", ">=", 85);
  for (let n = 0; n < 6; n++) await day(addDays("2026-03-01", n), 100, n % 2 === 0 ? 90 : 70);
  const others = await Promise.all([1, 2, 3].map(() => openWriterConnection(database.connectionString)));
  onTestFinished(async () => void (await Promise.all(others.map((one) => one.end()))));
  for (let n = 1; n <= 6; n++) {
    await Promise.all(others.map((by) => judge(`${addDays("2026-03-01", n)}T12:00:00+08:00`, by)));
  }
  const days = ["2026-03-02", "2026-03-04", "2026-03-06"];
  const expected = days.flatMap((fired) => [`${fired} firing`, `${fired} resolved`]).slice(0, 5);
  const all = await told();
  expect(all.filter((each) => each.startsWith("resolution")).toSorted()).toEqual(
    expected.map((each) => `resolution ${each}`).toSorted(),
  );
  expect(all.filter((each) => each.startsWith("other"))).toHaveLength(5);
  expect((await told("boss")).every((each) => each.startsWith("resolution"))).toBe(true);
});

test.each([
  // Clocks go forward: the day has 23 hours.
  ["Europe/Berlin", "2026-03-28", "2026-03-28T23:00:00.000Z", "2026-03-29T22:00:00.000Z"],
  // They go back: it has 25.
  ["Europe/Berlin", "2026-10-24", "2026-10-24T22:00:00.000Z", "2026-10-25T23:00:00.000Z"],
  // The clock goes forward at midnight, which is not there.
  ["America/Asuncion", "2024-10-05", "2024-10-06T04:00:00.000Z", "2024-10-07T03:00:00.000Z"],
])(
  "in %s the alert of %s comes when the day is over, once, across the change of clocks",
  async (timezone, bad, fires, resolves) => {
    const { pool, judge, day, goal } = await openAlerts({ resolution }, { timezone });
    await goal("ai_resolution_rate", ">=", 85, "2024-01-01");
    for (let n = -2; n < 4; n++) await day(addDays(bad, n), 100, n === 0 ? 70 : 90);
    const from = Date.parse(`${bad}T00:00:00Z`);
    for (let half = 0; half < 6 * 24; half++) await judge(from + half * 30 * 60_000);
    const { rows } = await pool.query(
      "select message from analytics_deliveries where target = 'ops' order by created_at",
    );
    expect(rows.map(({ message }) => [message.state, message.createdAt])).toEqual([
      ["firing", fires],
      ["resolved", resolves],
    ]);
  },
);

test("a changed timezone tells nothing twice, though its day is an earlier one", async () => {
  const { pool, judge, day, goal, told } = await openAlerts({ resolution });
  await goal("ai_resolution_rate", ">=", 85);
  for (let n = 0; n < 6; n++) await day(addDays("2026-03-01", n), 100, n === 2 || n === 3 ? 70 : 90);
  await judge("2026-03-03T18:00:00Z");
  await pool.query("update analytics_settings set timezone = 'America/Los_Angeles'");
  for (let hour = 19; hour < 96; hour++) await judge(Date.UTC(2026, 2, 3, hour));
  expect(await told()).toEqual(["resolution 2026-03-03 firing", "resolution 2026-03-03 resolved"]);
});

test("rates of conversations are judged once these had time to end", async () => {
  const { pool, judge, day, goal, told } = await openAlerts({ resolution }, { idleThrough: "2026-03-03T12:00:00Z" });
  await goal("ai_resolution_rate", ">=", 85);
  for (let n = 0; n < 4; n++) await day(addDays("2026-03-01", n), 100, n === 0 ? 90 : 20);
  await judge("2026-03-03T12:00:00Z");
  expect(await told()).toEqual([]);
  await pool.query("update analytics_settings set idle_through = '2026-03-04T17:00:00Z'");
  await judge("2026-03-04T17:00:00Z");
  expect(await told()).toEqual(["resolution 2026-03-02 firing"]);
});

test("a drop is measured against the same weekday of four weeks, and a rise too", async () => {
  const rule: AlertRule = {
    kind: "change",
    metric: "total_sessions",
    direction: "either",
    by: 30,
    minConversations: 30,
    to: [],
  };
  const { pool, judge, day, told } = await openAlerts({
    traffic: rule,
    resolved: { ...rule, metric: "ai_resolution_rate", by: 10 },
  });
  // Sundays are quiet each week, and so is 24 March, a Tuesday; 26 March, a Thursday, is busy, and the AI resolves little.
  for (let n = 0; n < 30; n++) {
    const sessions = n % 7 === 0 ? 40 : n === 23 ? 69 : n === 25 ? 131 : 100;
    await day(addDays("2026-03-01", n), sessions, Math.round(sessions * (n === 25 ? 0.7 : 0.9)));
  }
  for (let n = 1; n <= 30; n++) await judge(`${addDays("2026-03-01", n)}T12:00:00+08:00`);
  expect(await told()).toEqual([]);
  for (let n = 1; n <= 30; n++) await day(addDays("2026-02-01", n - 3), n % 7 === 3 ? 40 : 100, n % 7 === 3 ? 36 : 90);
  await pool.query("update analytics_alerts set judged_through = null");
  for (let n = 20; n <= 30; n++) await judge(`${addDays("2026-03-01", n)}T12:00:00+08:00`);
  expect(await told()).toEqual([
    "traffic 2026-03-24 firing",
    "traffic 2026-03-24 resolved",
    "resolved 2026-03-26 firing",
    "traffic 2026-03-26 firing",
    "resolved 2026-03-26 resolved",
    "traffic 2026-03-26 resolved",
  ]);
  const { rows } = await pool.query(
    "select message from analytics_deliveries where target = 'ops' and period = '2026-03-24 firing'",
  );
  expect(rows[0].message.sentences[0]).toBe(
    "On 2026-03-24 it was 69 (−31.0%); the same weekday of the four weeks before averaged 100.",
  );
});

test("nothing for an hour of working time is told once, and once that events arrive again; nights are not counted", async () => {
  const { pool, judge, told } = await openAlerts(
    { silent: { kind: "silence", minutes: 60, to: [] } },
    { timezone: "UTC" },
  );
  await pool.query("update analytics_settings set working_hours = $1", [
    JSON.stringify({ week: { mon: ["09:00-18:00"], tue: ["09:00-18:00"] }, holidays: [], days: {} }),
  ]);
  const event = (at: string) => seedEvents(pool, [{ tenantId: "default", sessionId: at, name: "session.start", at }]);
  await judge("2026-03-02T15:00:00Z");
  // Monday evening to Tuesday: half an hour before 18:00, half after 9:00.
  await event("2026-03-02T17:30:00Z");
  const tries = ["2026-03-02T18:00", "2026-03-03T03:00", "2026-03-03T09:29", "2026-03-03T09:30", "2026-03-03T11:00"];
  const changes: number[] = [];
  for (const at of tries) changes.push(await judge(`${at}:00Z`));
  expect(changes).toEqual([0, 0, 0, 1, 0]);
  await event("2026-03-03T11:05:00Z");
  expect(await judge("2026-03-03T11:06:00Z")).toBe(1);
  expect(await judge("2026-03-03T11:07:00Z")).toBe(0);
  expect(await told()).toEqual(["silent 2026-03-02T17:30:00.000Z firing", "silent 2026-03-02T17:30:00.000Z resolved"]);
});

test("silence is told by the clock of the tenant's business, in the words of its readers", async () => {
  const { pool, judge } = await openAlerts({ silent: { kind: "silence", minutes: 60, to: [] } });
  await seedEvents(pool, [{ tenantId: "default", sessionId: "s1", name: "session.start", at: "2026-03-02T17:30:00Z" }]);
  await judge("2026-03-02T18:30:00Z");
  const { rows } = await pool.query("select message from analytics_deliveries order by target");
  expect(rows.map(({ message }) => message.sentences[0])).toEqual([
    "最近一个事件发生于 3月3日 01:30，此后已过去 60 分钟工作时间。",
    "The last event was on March 3 at 01:30; since then 60 minutes of working time have passed.",
  ]);
});

test("seven days are judged by a goal only if one held on each of them", async () => {
  const { judge, day, goal, told } = await openAlerts({ weekly: { ...resolution, days: 7 } });
  await goal("ai_resolution_rate", ">=", 85, "2026-03-08");
  for (let n = 0; n < 20; n++) await day(addDays("2026-03-01", n), 100, 70);
  for (let n = 7; n < 20; n++) await judge(`${addDays("2026-03-01", n)}T12:00:00+08:00`);
  expect(await told()).toEqual(["weekly 2026-03-14 firing"]);
});

test("rejections and invalid values are told on the day itself, and that a whole day is clean again", async () => {
  const { pool, judge, told } = await openAlerts(
    { clean: { kind: "quality", percent: 2, minEvents: 100, to: [] } },
    { timezone: "UTC" },
  );
  const count = (day: string, events: number) =>
    pool.query(
      "insert into analytics_event_counts (tenant_id, day, event_name, events) values ('default', $1, 'session.start', $2)",
      [day, events],
    );
  const note = (day: string, code: string, events: number) =>
    pool.query(
      "insert into analytics_data_quality (tenant_id, day, event_name, attribute, code, detail, events) values ('default', $1, 'session.start', '', $2, '', $3)",
      [day, code, events],
    );
  await count("2026-03-02", 1000);
  await note("2026-03-02", "rejected", 10);
  await note("2026-03-02", "wrong_type", 10);
  await judge("2026-03-02T10:00:00Z");
  expect(await told()).toEqual([]);
  await note("2026-03-02", "out_of_range", 5);
  await judge("2026-03-02T11:00:00Z");
  expect(await told()).toEqual(["clean 2026-03-02 firing"]);
  await judge("2026-03-02T12:00:00Z");
  await judge("2026-03-03T00:00:00Z");
  await count("2026-03-03", 5000);
  await judge("2026-03-03T12:00:00Z");
  expect(await told()).toEqual(["clean 2026-03-02 firing"]);
  await judge("2026-03-04T00:00:00Z");
  expect(await told()).toEqual(["clean 2026-03-02 firing", "clean 2026-03-02 resolved"]);
  const { rows } = await pool.query(
    "select message from analytics_deliveries where period = '2026-03-02 firing' order by target",
  );
  // Several values of one event may be invalid, so the share is not one of events.
  expect(rows.map(({ message }) => message.sentences[0])).toEqual([
    "2026-03-02 的 1,010 个事件中，10 个被拒绝，其余事件含 15 个无效值，合计相当于事件数的 2.48%。",
    "On 2026-03-02, 10 of 1,010 events were rejected, and 15 values of others were invalid: together 2.48% of the number of events.",
  ]);
});

test("a month's budget is told when it is overspent, and ends with the month", async () => {
  const { pool, judge, told } = await openAlerts(
    { spend: { kind: "budget", amount: 10, to: [] } },
    { timezone: "UTC" },
  );
  await pool.query(
    "insert into analytics_model_prices values ('default', '', '*', '', '2025-01-01', 1, null, null, 2)",
  );
  const use = (day: string, tokens: number) =>
    pool.query(
      "insert into analytics_ai_tokens (tenant_id, day, provider, model, service_tier, calls, output_tokens) values ('default', $1, 'openai', 'gpt', '', 1, $2)",
      [day, tokens],
    );
  await use("2026-03-02", 5_000_000);
  await judge("2026-03-02T12:00:00Z");
  expect(await told()).toEqual([]);
  await use("2026-03-05", 1);
  await judge("2026-03-05T12:00:00Z");
  await judge("2026-03-31T23:59:00Z");
  expect(await told()).toEqual(["spend 2026-03 firing"]);
  await judge("2026-04-01T00:00:00Z");
  await judge("2026-04-01T00:01:00Z");
  expect(await told()).toEqual(["spend 2026-03 firing", "spend 2026-03 resolved"]);
  const { rows } = await pool.query(
    "select message from analytics_deliveries where target = 'ops' order by created_at",
  );
  expect(rows[0].message.figures).toEqual([
    { label: "AI spend", value: "¥10.00" },
    { label: "Budget of a month", value: "¥10.00" },
  ]);
});

test("a receiver that is killed after it has judged and before it sends loses no message and tells none twice", async () => {
  const { database, judge, day, goal, told } = await openAlerts({ resolution });
  await goal("ai_resolution_rate", ">=", 85);
  await day("2026-03-02", 100, 70);
  const at = "2026-03-03T12:00:00Z";
  const child = spawn(
    process.execPath,
    [
      "--conditions=spanledger-source",
      fileURLToPath(new URL("killed-judge.ts", import.meta.url)),
      database.connectionString,
      at,
    ],
    { stdio: "ignore" },
  );
  const [, signal] = await once(child, "exit");
  expect(signal).toBe("SIGKILL");
  expect(await judge(at)).toBe(0);
  expect(await told()).toEqual(["resolution 2026-03-02 firing"]);
  const sink = await openSink();
  const sender = openSender(
    database,
    () => Date.parse(at),
    [webhook(sink.url), webhook(sink.url, "boss")],
    deliverOnce,
  );
  await sender.send();
  expect(new Set(sink.received.map(keyOf)).size).toBe(2);
  expect(sink.received).toHaveLength(2);
});

test("alerts of the config are judged, one of the tenant's own replaces its namesake, and a removed one is forgotten", async () => {
  const { pool, judge, day, goal, told } = await openAlerts({ mine: { ...resolution, minConversations: 1000 } });
  await goal("ai_resolution_rate", ">=", 85);
  for (let n = 0; n < 3; n++) await day(addDays("2026-03-01", n), 100, 70);
  const define = (alerts: object) =>
    pool.query("update analytics_settings set custom_definitions = $1", [
      JSON.stringify({ events: {}, metrics: {}, alerts }),
    ]);
  await define({ mine: resolution, theirs: resolution });
  await judge("2026-03-02T12:00:00Z");
  expect(await told()).toEqual(["theirs 2026-03-01 firing"]);
  await define({});
  await judge("2026-03-03T12:00:00Z");
  const { rows } = await pool.query("select rule, firing_period from analytics_alerts");
  expect(rows).toEqual([{ rule: "mine", firing_period: null }]);
  expect(await told()).toHaveLength(1);
});
