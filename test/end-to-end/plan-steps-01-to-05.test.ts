import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BusinessStats } from "@spanledger/collector-receiver/stats";
import { describe, expect, test } from "vitest";
import { loadConfig } from "../../collector-receiver/src/config/load-config.ts";
import { useTestDatabase } from "../support/create-test-database.ts";
import { businessEventAttributes } from "./business-event-attributes.ts";
import { businessEventNames } from "./business-event-names.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));

/** `node -e`, as the plan's `python3 -c`. */
async function runScript(script: string, environment: Record<string, string> = {}): Promise<string> {
  const { stdout } = await run(
    process.execPath,
    ["--conditions=spanledger-source", "--input-type=module", "-e", script],
    { cwd: root, env: { PATH: process.env["PATH"] ?? "", ...environment } },
  );
  return stdout.trim();
}

/** The plan's columns (步骤 1), in its order. */
const plannedColumns: Record<string, readonly string[]> = {
  analytics_business_metrics: [
    "id, period_type, period_value",
    "total_sessions, ai_resolved_sessions, escalated_sessions, total_messages, avg_response_time_ms",
    "order_queries_success, order_queries_failed, tracking_queries_success, tracking_queries_failed",
    "agent_logins, total_work_minutes, sessions_handled, avg_handle_time_sec, avg_first_response_ms",
    "agent_messages_sent, sessions_transferred",
    "tickets_created, tickets_closed, tickets_sla_met, avg_resolution_hours",
    "ai_resolution_rate, sla_met_rate, estimated_cost_saved, created_at, updated_at",
  ].flatMap((line) => line.split(", ")),
  analytics_events: "id, event_name, session_id, agent_id, ticket_id, event_data, created_at".split(", "),
};

test("step 1: `spanledger migrate` makes the plan's tables with all of its columns", async () => {
  const database = await useTestDatabase({ migrated: false });
  const spanledger = fileURLToPath(new URL("../../collector-receiver/bin/spanledger.js", import.meta.url));
  await run(process.execPath, [spanledger, "migrate"], {
    env: { PATH: process.env["PATH"] ?? "", DATABASE_URL: database.connectionString },
  });
  for (const [table, columns] of Object.entries(plannedColumns)) {
    const { rows } = await database.pool.query(
      "select column_name from information_schema.columns where table_schema = 'public' and table_name = $1",
      [table],
    );
    const names = rows.map((row) => row.column_name);
    expect(
      columns.filter((column) => !names.includes(column)),
      `${table} lacks columns of the plan`,
    ).toEqual([]);
  }
  // What UNIQUE (period_type, period_value) is for: a period has one row.
  const insert = `insert into analytics_business_metrics (tenant_id, period_type, period_value, period_start)
                  values ('default', 'month', '2025-12', '2025-12-01')`;
  await database.pool.query(insert);
  await expect(database.pool.query(insert)).rejects.toMatchObject({ code: "23505" });
});

test("step 2: the configuration has the plan's defaults", async () => {
  expect(loadConfig({})).toMatchObject({
    costPerManualSession: "10",
    currency: "CNY",
    businessTimezone: "Asia/Shanghai",
    locale: "zh-CN",
  });
});

describe("step 3: the tracker", () => {
  // Port 9 (discard): nobody answers, as the plan's tracker has neither Redis nor PostgreSQL here.
  const unreachable = { SPANLEDGER_OTLP_ENDPOINT: "http://127.0.0.1:9" };

  test("takes an event without waiting for anything", async () => {
    const output = await runScript(
      `import { businessEventsStatus, recordBusinessEvent, startBusinessEvents } from "@spanledger/sdk";
       startBusinessEvents({ exitWaitMs: 0 });
       const result = recordBusinessEvent("test.event", { key: "value" });
       const { recorded, pending } = businessEventsStatus();
       console.log(JSON.stringify({ waits: result instanceof Promise, recorded, pending }));`,
      unreachable,
    );
    expect(JSON.parse(output)).toEqual({ waits: false, recorded: 1, pending: 1 });
  });

  test("knows every event of the plan", async () => {
    const { eventCatalogue } = await import("@spanledger/sdk/event-catalogue");
    // Two more than the plan has, see docs/plan.md.
    const more = ["session.feedback", "ai.call"];
    expect(Object.keys(eventCatalogue).sort()).toEqual([...businessEventNames, ...more].toSorted());
  });

  test("knows each attribute of the plan with its type, and says in both languages what it means", async () => {
    const { findEventDefinition } = await import("@spanledger/sdk/event-catalogue");
    for (const name of businessEventNames) {
      const { en, zh, attributes } = findEventDefinition(name)!;
      const typeOf = (type: string): string => (type === "double" ? "number" : type);
      const known = Object.entries(attributes).map(([key, { type }]) => `${key}: ${typeOf(type)}`);
      // The plan names `session.end` and gives it nothing.
      const planned = businessEventAttributes[name]?.split(", ") ?? ["session_id: string"];
      expect(known, name).toEqual(expect.arrayContaining(planned));
      for (const [key, texts] of [["", { en, zh }] as const, ...Object.entries(attributes)]) {
        expect(texts.en, `${name} ${key}`).toMatch(/[a-z]{2}/);
        expect(texts.zh, `${name} ${key}`).toMatch(/\p{Script=Han}/u);
      }
      const durations = Object.entries(attributes).filter(([key]) => /_(ms|seconds|minutes|hours)$/.test(key));
      for (const [key, { unit }] of durations) {
        expect(unit, `${name} ${key}`).toBe(
          { ms: "ms", seconds: "s", minutes: "min", hours: "h" }[key.split("_").at(-1)!],
        );
      }
    }
  });
});

test("step 4: BusinessStats answers its three questions, null where nothing was recorded", async () => {
  const { pool } = await useTestDatabase();
  const stats = new BusinessStats({ pool });
  expect((await stats.getCaseStudyData("2025-12-01", "2025-12-31")).highlights).toMatchObject({
    ai_resolution_rate: expect.stringMatching(/^—$|null/),
  });
  expect(await stats.getMonthlySummary("2025-12")).toMatchObject({ status: "empty" });
  expect(JSON.stringify(await stats.getQuerySuccessRates())).not.toMatch(/NaN|"0\.0%"/);
});

test("step 5: everything is exported where the plan's modules are replaced", async () => {
  const output = await runScript(
    `import { recordBusinessEvent, startBusinessEvents, flush, shutdown, withBusinessContext } from "@spanledger/sdk";
     import { startTelemetry } from "@spanledger/sdk/telemetry";
     import { eventCatalogue } from "@spanledger/sdk/event-catalogue";
     import { BusinessStats, statsPlugin } from "@spanledger/collector-receiver/stats";
     const all = [recordBusinessEvent, startBusinessEvents, flush, shutdown, withBusinessContext, startTelemetry,
       eventCatalogue, BusinessStats, statsPlugin];
     console.log(all.every(Boolean) ? "All exports OK" : "something is missing");`,
  );
  expect(output).toBe("All exports OK");
});
