import type { FastifyInstance } from "fastify";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { businessCalendarOf } from "../../collector-receiver/src/metrics/business-calendar.ts";
import { counterMetrics, metricDictionary } from "../../collector-receiver/src/metrics/metric-dictionary.ts";
import { operationMetrics } from "../../collector-receiver/src/metrics/operation-metrics.ts";
import { operationsOf } from "../../collector-receiver/src/stats/operations.ts";
import type { OperationsDocument } from "../../collector-receiver/src/stats/operations.ts";
import { readOperations } from "../../collector-receiver/src/stats/read-operations.ts";
import { isShownOnBoards } from "../../dashboards/sql/operation-query.ts";
import { changeName } from "../../dashboards/panels/figure-panels.ts";
import { BusinessStats } from "../../collector-receiver/src/stats/stats-plugin.ts";
import type { CaseStudy } from "../../collector-receiver/src/stats/case-study.ts";
import { get, openStatsApp } from "../collector-receiver/stats/stats-app.ts";
import { createTestDatabase } from "../support/create-test-database.ts";
import type { TestDatabase } from "../support/create-test-database.ts";
import type { QueryRange } from "./expand-query.ts";
import { boardQueries } from "./read-queries.ts";
import { runQuery } from "./run-query.ts";
import { seedBoards } from "./seed-boards.ts";

// The same number by two ways: a panel's query, and the documents of the API.

const dayMs = 86_400_000;
const zone = "Asia/Shanghai";
const agents = [
  { id: 7, name: "王芳" },
  { id: 8, name: "Li Wei" },
  { id: 9, name: null },
];

let database: TestDatabase;
let app: FastifyInstance;
let reader: pg.PoolClient;

beforeAll(async () => {
  database = await createTestDatabase();
  const everyDay = (from: string, days: number): number[] =>
    Array.from({ length: days }, (_, place) => Date.parse(from) + place * dayMs);
  // Seventy days up to now, so that a month is running and the one before is whole.
  const recent = Array.from({ length: 140 }, (_, place) => Date.now() - place * (dayMs / 2)).toReversed();
  await seedBoards(database, [
    {
      tenantId: "default",
      settings: { idleThrough: "2026-02-01T00:00:00Z" },
      hours: [...everyDay("2025-11-20T02:00:00Z", 50), ...everyDay("2025-12-01T15:59:59.999Z", 31)],
      agents,
    },
    { tenantId: "recent", settings: {}, hours: recent, agents },
    { tenantId: "silent", settings: {}, hours: [], agents },
  ]);
  app = await openStatsApp(database.pool, "2026-02-01T00:00:00Z");
  reader = await database.pool.connect();
  await reader.query("set role spanledger_reader");
});

afterAll(async () => {
  reader?.release(true);
  await app?.close();
  await database?.drop();
});

const rangeOf = (first: string, last: string): QueryRange => ({
  fromMs: Date.parse(`${first}T00:00:00+08:00`),
  toMs: Date.parse(`${last}T23:59:59.999+08:00`),
});

/** Every stat panel with figures of the dictionary against the case study; which metrics were compared. */
async function compareFigures(tenant: string, range: QueryRange, study: CaseStudy): Promise<Set<string>> {
  const compared = new Set<string>();
  for (const query of boardQueries) {
    if (query.panel?.type !== "stat" || query.board === "agents") continue;
    const metric = counterMetrics.find(({ name }) =>
      query.panel?.description?.startsWith(`**${name[query.language]}**`),
    );
    if (metric === undefined) continue;
    const { columns, rows } = await runQuery(reader, query, range, { tenant });
    const expected = study.metrics[metric.key];
    if (query.sql.includes("analytics_segment_counters")) {
      // Every conversation here names the channel web.
      expect(rows, `${query.where}, all channels`).toEqual([[expected?.value]]);
      expect((await runQuery(reader, query, range, { tenant, channel: "web" })).rows, query.where).toEqual(rows);
      const none = await runQuery(reader, query, range, { tenant, channel: "none' or '1" });
      expect(none.rows[0]?.[0] ?? 0, query.where).toBe(0);
      continue;
    }
    const at = `${query.where} of ${tenant}, ${study.start_date} to ${study.end_date}`;
    expect(columns.map(({ name }) => name)).toEqual([metric.name[query.language], changeName[query.language]]);
    expect(rows[0]?.[0], at).toBe(expected?.value);
    expect(rows[0]?.[1] ?? null, `${at}, change`).toBe(expected?.change?.value ?? null);
    compared.add(metric.key);
  }
  return compared;
}

const allKeys = new Set(counterMetrics.map(({ key }) => key));

describe("the figures of the panels", () => {
  it.each([
    ["a month", "default", "2025-12-01", "2025-12-31"],
    ["a month after an empty one", "default", "2025-11-01", "2025-11-30"],
    ["an empty month", "default", "2025-08-01", "2025-08-31"],
    ["days across the year", "default", "2025-12-25", "2026-01-03"],
    ["an ISO week across the year", "default", "2025-12-29", "2026-01-04"],
    ["a day", "default", "2025-12-31", "2025-12-31"],
    ["a month after a shorter one", "default", "2026-01-01", "2026-01-31"],
    ["a product that has never reported", "silent", "2025-12-01", "2025-12-31"],
  ])("are those of the case study: %s", async (_, tenant, first, last) => {
    const now = (): number => Date.parse("2026-02-01T00:00:00Z");
    const stats = new BusinessStats({ pool: database.pool, tenantId: tenant, now });
    const study = await stats.getCaseStudyData(first, last);
    expect(await compareFigures(tenant, rangeOf(first, last), study)).toEqual(allKeys);
  });

  it("are those of the case study while it is running: its days that are over", async () => {
    const today = (): string => businessCalendarOf(zone).dayOf(Date.now());
    const stats = new BusinessStats({ pool: database.pool, tenantId: "recent" });
    for (;;) {
      const day = today();
      const month = day.slice(0, 7);
      const [year, number] = month.split("-").map(Number) as [number, number];
      const lastDay = new Date(Date.UTC(year, number, 0)).toISOString().slice(0, 10);
      const study = await stats.getCaseStudyData(`${month}-01`, lastDay);
      const tomorrow = new Date(Date.parse(`${day}T00:00:00Z`) + dayMs).toISOString().slice(0, 10);
      const lately = new Date(Date.parse(`${day}T00:00:00Z`) - 9 * dayMs).toISOString().slice(0, 10);
      const ahead = await stats.getCaseStudyData(lately, tomorrow);
      if (today() !== day) continue; // Midnight passed between the two: the next day is as good.
      await compareFigures("recent", rangeOf(`${month}-01`, lastDay), study);
      await compareFigures("recent", rangeOf(lately, tomorrow), ahead);
      if (today() !== day) continue;
      expect(study.status).toBe("running");
      expect(study.metrics["total_sessions"]?.value).toBeGreaterThan(0);
      // On the first of a month none of its days is over.
      const compared = day.endsWith("-01") ? ahead : study;
      expect(compared.metrics["total_sessions"]?.previous.value).toBeGreaterThan(0);
      break;
    }
  });
});

describe("the series of the panels", () => {
  const [first, last] = ["2025-12-10", "2026-01-09"];

  it("are those of the API, day by day, quantiles too", async () => {
    const compared = new Set<string>();
    for (const query of boardQueries) {
      if (query.format !== "time_series" || query.board === "agents") continue;
      const { columns, rows } = await runQuery(reader, query, rangeOf(first, last), { tenant: "default" });
      for (const [place, { name }] of columns.entries()) {
        const metric = metricDictionary.find((one) => one.name[query.language] === name);
        if (metric === undefined) continue;
        const { status, body } = await get(app, `timeseries?metric=${metric.key}&from=${first}&to=${last}`);
        expect(status).toBe(200);
        expect(rows).toHaveLength(body.points.length);
        for (const [at, point] of body.points.entries()) {
          const value = rows[at]?.[place];
          const where = `${query.where}: ${metric.key} on ${point.period}`;
          // The API writes quantiles with three decimals of a millisecond.
          if (metric.kind === "quantile" && point.value !== null) expect(value, where).toBeCloseTo(point.value, 2);
          else expect(value, where).toBe(point.value);
        }
        compared.add(metric.key);
      }
    }
    expect([...compared].filter((key) => key.endsWith("_p90_ms"))).toHaveLength(9);
    expect(compared.size).toBeGreaterThan(35);
  });

  it("over the whole range have the quantiles of the API", async () => {
    let compared = 0;
    for (const query of boardQueries) {
      if (query.panel?.type !== "stat") continue;
      const { columns, rows } = await runQuery(reader, query, rangeOf("2025-12-01", "2025-12-31"), {
        tenant: "default",
      });
      for (const [place, { name }] of columns.entries()) {
        const metric = metricDictionary.find((one) => one.kind === "quantile" && one.name[query.language] === name);
        if (metric === undefined) continue;
        const { body } = await get(app, `timeseries?metric=${metric.key}&from=2025-12&to=2025-12&period=month`);
        expect(rows[0]?.[place], `${query.where}: ${metric.key}`).toBeCloseTo(body.points[0].value, 2);
        compared++;
      }
    }
    // In two languages, p50, p90 and p99 each: four histograms, and three of them in working hours.
    expect(compared).toBe(2 * 3 * (4 + 3));
  });

  it("over thirteen months are those of the API", async () => {
    for (const query of boardQueries) {
      if (query.panel?.type !== "barchart" || !query.sql.includes("interval '12 months'")) continue;
      const { columns, rows } = await runQuery(reader, query, rangeOf("2025-12-01", "2025-12-31"), {
        tenant: "default",
      });
      expect(rows.map(([month]) => month)).toEqual([
        "2024-12",
        ...Array.from({ length: 12 }, (_, month) => `2025-${String(month + 1).padStart(2, "0")}`),
      ]);
      for (const [place, { name }] of columns.entries()) {
        const metric = metricDictionary.find((one) => one.name[query.language] === name);
        if (metric === undefined) continue;
        const { body } = await get(app, `timeseries?metric=${metric.key}&from=2024-12&to=2025-12&period=month`);
        expect(rows.map((row) => row[place])).toEqual(body.points.map(({ value }: { value: number | null }) => value));
      }
    }
  });
});

describe("the agents", () => {
  it("equal those of the API, one by one, with the unattributed row", async () => {
    const { body } = await get(app, "agents?month=2025-12");
    const range = rangeOf("2025-12-01", "2025-12-31");
    let tables = 0;
    for (const query of boardQueries) {
      if (query.panel?.type !== "table" || !query.sql.includes("analytics_agent_metrics")) continue;
      if (query.sql.includes("handle_ms from stayed")) continue;
      tables++;
      const { columns, rows } = await runQuery(reader, query, range, { tenant: "default" });
      expect(rows.map((row) => row[1])).toEqual(
        body.agents.map(({ agent_id }: { agent_id: number | null }) => String(agent_id ?? "none")),
      );
      for (const [place, { name }] of columns.entries()) {
        const metric = counterMetrics.find((one) => one.name[query.language] === name);
        if (metric === undefined) continue;
        for (const [at, agent] of body.agents.entries()) {
          expect(rows[at]?.[place], `${query.where}: ${metric.key} of ${agent.agent_id}`).toBe(
            agent.metrics[metric.key].value,
          );
        }
      }
    }
    expect(tables).toBe(4);
  });

  it("have their own figures on the panels of the one that is chosen", async () => {
    const { body } = await get(app, "agents?month=2025-12");
    const range = rangeOf("2025-12-01", "2025-12-31");
    expect(body.agents).toHaveLength(4);
    for (const agent of body.agents) {
      const choice = { tenant: "default", agent: String(agent.agent_id ?? "none") };
      for (const query of boardQueries) {
        if (query.panel?.type !== "stat" || query.board !== "agents") continue;
        const metric = counterMetrics.find(({ name }) => name[query.language] === query.panel?.title);
        if (metric === undefined) continue;
        const { rows } = await runQuery(reader, query, range, choice);
        expect(rows[0]?.[0], `${query.where} of ${agent.agent_id}`).toBe(agent.metrics[metric.key].value);
      }
    }
  });
});

describe("the figures of operations", () => {
  const now = (): number => Date.parse("2026-02-01T00:00:00Z");
  const documentOf = async (tenant: string, first: string, last: string): Promise<OperationsDocument> =>
    operationsOf(
      await readOperations({ pool: database.pool, now }, tenant, { start_date: first, end_date: last }),
      "zh-CN",
    );
  const shown = operationMetrics.filter(isShownOnBoards);

  it.each([
    ["a month", "default", "2025-12-01", "2025-12-31"],
    ["an empty month", "default", "2025-08-01", "2025-08-31"],
    ["days across the year", "default", "2025-12-25", "2026-01-03"],
    ["a day", "default", "2025-12-31", "2025-12-31"],
    ["a product that has never reported", "silent", "2025-12-01", "2025-12-31"],
  ])("are those of the API: %s", async (_, tenant, first, last) => {
    const document = await documentOf(tenant, first, last);
    const compared = new Set<string>();
    for (const query of boardQueries) {
      if (query.panel?.type !== "stat" || query.board === "agents") continue;
      const metric = shown.find(({ name }) => name[query.language] === query.panel?.title);
      if (metric === undefined) continue;
      const { rows } = await runQuery(reader, query, rangeOf(first, last), { tenant });
      const expected = document.metrics[metric.key];
      expect(rows[0]?.[0], query.where).toBe(expected?.value);
      expect(rows[0]?.[1] ?? null, `${query.where}, change`).toBe(expected?.change?.value ?? null);
      compared.add(metric.key);
    }
    expect(compared).toEqual(new Set(shown.map(({ key }) => key)));
    if (first === "2025-12-01" && tenant === "default") {
      // A comparison of zeros would say little.
      for (const { key } of shown) expect([key, document.metrics[key]?.value ?? 0]).not.toEqual([key, 0]);
    }
  });

  it("are those of each agent, in the table and on the panels of the one that is chosen", async () => {
    const range = rangeOf("2025-12-01", "2025-12-31");
    const { agents: people } = await documentOf("default", "2025-12-01", "2025-12-31");
    expect(people.length).toBeGreaterThan(2);
    const seen = new Set<string>();
    for (const query of boardQueries) {
      if (query.board !== "agents") continue;
      if (query.panel?.type === "table" && query.sql.includes("handle_ms from stayed")) {
        const { columns, rows } = await runQuery(reader, query, range, { tenant: "default" });
        expect(rows.map((row) => row[1])).toEqual(people.map(({ agent_id: id }) => String(id)));
        for (const [place, { name }] of columns.entries()) {
          const metric = shown.find((one) => one.name[query.language] === name);
          if (metric === undefined) continue;
          seen.add(`table ${metric.key}`);
          expect(rows.map((row) => row[place])).toEqual(
            people.map(({ metrics }) => metrics[metric.key]?.value ?? null),
          );
        }
      }
      if (query.panel?.type !== "stat") continue;
      const metric = shown.find(({ name }) => name[query.language] === query.panel?.title);
      if (metric === undefined) continue;
      seen.add(`panel ${metric.key}`);
      for (const { agent_id: id, metrics } of people) {
        const { rows } = await runQuery(reader, query, range, { tenant: "default", agent: String(id) });
        expect(rows[0]?.[0], `${query.where} of ${id}`).toBe(metrics[metric.key]?.value ?? null);
      }
    }
    expect(seen.size).toBe(8);
  });

  it("by day are those of the day", async () => {
    const [first, last] = ["2025-12-28", "2026-01-03"];
    const days = ["2025-12-28", "2025-12-29", "2025-12-30", "2025-12-31", "2026-01-01", "2026-01-02", "2026-01-03"];
    const documents = await Promise.all(days.map((day) => documentOf("default", day, day)));
    const compared = new Set<string>();
    for (const query of boardQueries) {
      if (query.format !== "time_series" || query.board === "agents") continue;
      const { columns, rows } = await runQuery(reader, query, rangeOf(first, last), { tenant: "default" });
      for (const [place, { name }] of columns.entries()) {
        const metric = shown.find((one) => one.name[query.language] === name);
        if (metric === undefined) continue;
        compared.add(metric.key);
        expect(rows.map((row) => row[place])).toEqual(
          documents.map(({ metrics }) => metrics[metric.key]?.value ?? null),
        );
      }
    }
    expect(compared.size).toBe(6);
  });
});
