import { expect, onTestFinished, test } from "vitest";
import { addDays, businessCalendarOf } from "../../../collector-receiver/src/metrics/business-calendar.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { openTestIngest } from "../../support/open-test-ingest.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";
import { constantDay } from "./constant-traffic.ts";
import { seedSettings } from "./seed-counters.ts";
import { get, openStatsApp } from "./stats-app.ts";

const hour = 3_600_000;

/** Days on which comparisons used to find a change, with the local hour. */
const looks: readonly (readonly [day: string, atHour: number])[] = [
  ["2024-02-10", 9],
  ["2024-02-29", 9],
  ["2024-03-01", 0.1],
  ["2024-03-01", 9],
  ["2024-03-02", 9],
  ["2024-03-10", 9],
  ["2024-03-31", 23.5],
  ["2024-04-01", 9],
  ["2024-04-03", 9],
  ["2024-04-15", 14],
];
const periods = ["2024-02-10", "2024-W10", "2024-W14", "2024-02", "2024-03", "2024-04", "2024-Q2", "2024"];
/** Compared wherever two sides have a day; without them the test would say nothing. */
const expected = [
  "total_sessions",
  "ai_resolution_rate",
  "ai_resolved_sessions",
  "estimated_cost_saved",
  "escalation_rate",
];

test.each([
  ["Asia/Shanghai", "2022-12-15", ["previous", "year"]],
  ["America/New_York", "2023-12-15", ["previous"]],
  ["Europe/Berlin", "2023-12-15", ["previous"]],
  ["Pacific/Auckland", "2023-12-15", ["previous"]],
])(
  "with the same traffic every day nothing rises or falls: %s",
  { timeout: 600_000 },
  async (timezone, since, modes) => {
    const database = await useTestDatabase();
    const ingest = openTestIngest(database.connectionString);
    onTestFinished(() => ingest.close());
    const client = await openWriterConnection(database.connectionString);
    onTestFinished(() => client.end());
    const calendar = businessCalendarOf(timezone);
    await seedSettings(database.pool, "default", { timezone, idleThrough: `${since}T00:00:00Z` });
    await database.pool.query("insert into analytics_costs values ('default', '0001-01-01', 10)");
    let day = since;
    let waiting: ReturnType<typeof constantDay> = [];
    const seen = new Set<string>();
    // Elsewhere, the days around the changes of clocks are enough.
    const isWhole = modes.length > 1;
    for (const [lookDay, atHour] of looks.filter((_, place) => isWhole || place % 2 === 1)) {
      const nowMs = calendar.startOfDay(lookDay) + atHour * hour;
      for (; day <= lookDay; day = addDays(day, 1)) waiting.push(...constantDay(calendar, day));
      const happened = waiting.filter(({ occurredAtMs }) => occurredAtMs <= nowMs);
      waiting = waiting.filter(({ occurredAtMs }) => occurredAtMs > nowMs);
      await ingest.submit(requestOf(happened), happened.length);
      for await (const _ of sweepIdleSessions(client, "default", nowMs));
      const app = await openStatsApp(database.pool, new Date(nowMs).toISOString());
      for (const mode of modes) {
        for (const period of isWhole ? periods : periods.filter((_, place) => place % 2 === 1)) {
          for (const path of ["case-study", "operations"]) {
            const { body } = await get(app, `${path}?period=${period}&compare=${mode}&locale=en`);
            // Periods that have not begun, and those whose other period lies before the traffic.
            if (body.start_date > lookDay || body.compared_with.start_date < addDays(since, 10)) continue;
            for (const [key, metric] of Object.entries<any>(body.metrics)) {
              const at = `${key} of ${period} against ${body.compared_with.period}, on ${lookDay} at ${atHour} h`;
              expect([at, metric.change?.direction ?? "none"]).toEqual([at, metric.change === null ? "none" : "same"]);
              if (metric.change !== null) seen.add(`${mode} ${key}`);
              if (expected.includes(key) && body.compared_with.own_days > 2)
                expect([at, metric.change]).not.toEqual([at, null]);
            }
          }
        }
      }
      await app.close();
    }
    for (const mode of modes) {
      for (const key of [
        ...expected,
        "sessions_handled",
        "avg_first_response_ms",
        "tickets_closed",
        "sla_met_rate",
        "csat_rate",
      ]) {
        expect(seen).toContain(`${mode} ${key}`);
      }
      for (const key of [
        "ai_resolution_durable_rate",
        "agent_online_ms",
        "agent_occupancy_rate",
        "handle_time_p50_ms",
      ]) {
        expect(seen).toContain(`${mode} ${key}`);
      }
    }
  },
);
