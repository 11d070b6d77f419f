import type pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { aiCostMetrics } from "../../collector-receiver/src/metrics/ai-cost-metrics.ts";
import { BusinessStats } from "../../collector-receiver/src/stats/stats-plugin.ts";
import { readTimeseries } from "../../collector-receiver/src/stats/timeseries.ts";
import { changeName } from "../../dashboards/panels/figure-panels.ts";
import { createTestDatabase } from "../support/create-test-database.ts";
import type { TestDatabase } from "../support/create-test-database.ts";
import { boardQueries } from "./read-queries.ts";
import { runQuery } from "./run-query.ts";
import { seedBoards } from "./seed-boards.ts";

// What the AI costs, by two ways: a panel's query, and the documents of the API.

const dayMs = 86_400_000;
const agents = [{ id: 7, name: "王芳" }];
const now = (): number => Date.parse("2026-02-01T00:00:00Z");
const tenants = ["exact", "bound", "unpriced", "none"] as const;
let database: TestDatabase;
let reader: pg.PoolClient;

beforeAll(async () => {
  database = await createTestDatabase();
  const hours = Array.from({ length: 60 }, (_, place) => Date.parse("2025-11-05T02:00:00Z") + place * dayMs);
  await seedBoards(
    database,
    tenants.map((tenantId) => ({ tenantId, settings: { idleThrough: "2026-02-01T00:00:00Z" }, hours, agents })),
  );
  const { pool } = database;
  for (const tenant of tenants.slice(0, 3)) {
    await pool.query(
      "insert into analytics_event_counts (tenant_id, day, event_name, events) values ($1, '2025-12-01', 'ai.call', 3)",
      [tenant],
    );
    await pool.query(
      `insert into analytics_ai_tokens (tenant_id, day, provider, model, service_tier, calls, failed_calls,
        calls_without_usage, uncached_tokens, cache_read_tokens, output_tokens)
      select $1, day::date, 'openai', model, '', 7, 1, case when $1 = 'bound' then 1 else 0 end, 1000003, 20007, 4001
      from generate_series(timestamp '2025-11-10', timestamp '2025-12-20', '1 day') as day
      cross join unnest(array['gpt-5', 'gpt-5-mini']) as model`,
      [tenant],
    );
  }
  for (const tenant of ["exact", "bound"]) {
    await pool.query(
      `insert into analytics_model_prices values ($1, '', 'gpt-5*', '', '0001-01-01', 1.25, 0.125, null, 10),
        ($1, '', 'gpt-5', '', '2025-12-05', 3.3, 0.33, null, 11)`,
      [tenant],
    );
  }
  reader = await pool.connect();
  await reader.query("set role spanledger_reader");
});

afterAll(async () => {
  reader?.release(true);
  await database?.drop();
});

const rangeOf = (first: string, last: string) => ({
  fromMs: Date.parse(`${first}T00:00:00+08:00`),
  toMs: Date.parse(`${last}T23:59:59.999+08:00`),
});
const metricOf = (name: string | undefined, language: "en" | "zh") =>
  aiCostMetrics.find((metric) => metric.name[language] === name);

it.each([
  ["exact", "2025-12-01", "2025-12-31"],
  ["exact", "2025-12-03", "2025-12-09"],
  ["bound", "2025-12-01", "2025-12-31"],
  ["unpriced", "2025-12-01", "2025-12-31"],
  ["none", "2025-12-01", "2025-12-31"],
])("figures of calls are those of the case study: %s, %s to %s", async (tenant, first, last) => {
  const study = await new BusinessStats({ pool: database.pool, tenantId: tenant, now }).getCaseStudyData(first, last);
  const compared = new Set<string>();
  for (const query of boardQueries) {
    if (query.panel?.type !== "stat" || !query.sql.includes("analytics_ai_spend")) continue;
    const { columns, rows } = await runQuery(reader, query, rangeOf(first, last), { tenant });
    const [value, change] = columns.map(({ name }) => name);
    const metric = metricOf(value, query.language);
    expect(change, query.where).toBe(changeName[query.language]);
    const expected = study.metrics[metric?.key ?? ""];
    const where = `${query.where} of ${tenant}`;
    expect(rows[0]?.[0] ?? null, where).toBe(expected?.value ?? null);
    expect(rows[0]?.[1] ?? null, `${where}, change`).toBe(expected?.change?.value ?? null);
    compared.add(metric?.key ?? "");
  }
  expect([...compared]).toEqual(expect.arrayContaining(["ai_spend", "net_saved", "ai_return", "ai_calls"]));
  if (tenant === "exact") expect(study.metrics["ai_spend"]?.change).not.toBeNull();
});

it("days of calls are those of the API, and models add up to them", async () => {
  const [first, last] = ["2025-12-01", "2025-12-31"];
  const compared = new Set<string>();
  for (const query of boardQueries) {
    if (!query.sql.includes("analytics_ai_spend")) continue;
    const { columns, rows } = await runQuery(reader, query, rangeOf(first, last), { tenant: "exact" });
    if (query.format === "time_series") {
      for (const [place, { name }] of columns.entries()) {
        const metric = metricOf(name, query.language);
        if (metric === undefined) continue;
        const asked = { metric: metric.key, from: first, to: last, by: "day" } as const;
        const { points } = await readTimeseries({ pool: database.pool, now }, "exact", asked, "en");
        expect(rows.map((row) => row[place])).toEqual(points.map(({ value }) => value));
        compared.add(metric.key);
      }
    } else if (query.panel?.type === "table") {
      expect(rows.map(([model, calls]) => [model, calls])).toEqual([
        ["openai · gpt-5", 140],
        ["openai · gpt-5-mini", 140],
      ]);
      const study = await new BusinessStats({ pool: database.pool, tenantId: "exact", now }).getCaseStudyData(
        first,
        last,
      );
      const spend = rows.reduce((sum, row) => sum + Number(row.at(-1)), 0);
      expect(spend).toBeCloseTo(study.metrics["ai_spend"]?.value ?? 0, 5);
      compared.add("models");
    }
  }
  expect([...compared].toSorted()).toEqual(["ai_spend", "models", "net_saved"]);
});
