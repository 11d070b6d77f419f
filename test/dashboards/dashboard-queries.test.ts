import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketCount, bucketValue } from "../../collector-receiver/src/metrics/duration-histogram.ts";
import { bucketBounds } from "../../dashboards/sql/duration-query.ts";
import { readHours } from "../../collector-receiver/src/stats/sql/read-hours.ts";
import { createTestDatabase } from "../support/create-test-database.ts";
import type { TestDatabase } from "../support/create-test-database.ts";
import { boardQueries } from "./read-queries.ts";
import type { BoardQuery } from "./read-queries.ts";
import { runQuery, sqlOf } from "./run-query.ts";
import type { QueryResult } from "./run-query.ts";
import { operationMetrics } from "../../collector-receiver/src/metrics/operation-metrics.ts";
import { seedBoards } from "./seed-boards.ts";

interface Season {
  readonly name: string;
  readonly tenant: string;
  readonly range: { readonly fromMs: number; readonly toMs: number };
  /** The business days of the range, one by one. */
  readonly days: readonly string[];
  /** The instant at which each of some days begins: what a wrong zone would move. */
  readonly begins: Readonly<Record<string, string>>;
  readonly empty: boolean;
}

const hour = 3_600_000;

function daysFrom(first: string, count: number): string[] {
  const [start] = [Date.parse(`${first}T00:00:00Z`)];
  return Array.from({ length: count }, (_, place) => new Date(start + place * 24 * hour).toISOString().slice(0, 10));
}

/** Ranges as Grafana sends them: this month ends a millisecond before the next, a picked one may end on midnight. */
const seasons: readonly Season[] = [
  {
    name: "a normal month",
    tenant: "default",
    range: { fromMs: Date.parse("2025-12-01T00:00:00+08:00"), toMs: Date.parse("2025-12-31T23:59:59.999+08:00") },
    days: daysFrom("2025-12-01", 31),
    begins: { "2025-12-01": "2025-11-30T16:00:00.000Z", "2025-12-31": "2025-12-30T16:00:00.000Z" },
    empty: false,
  },
  {
    name: "an empty month",
    tenant: "default",
    range: { fromMs: Date.parse("2025-10-01T00:00:00+08:00"), toMs: Date.parse("2025-10-31T23:59:59.999+08:00") },
    days: daysFrom("2025-10-01", 31),
    begins: { "2025-10-01": "2025-09-30T16:00:00.000Z" },
    empty: true,
  },
  {
    name: "a year boundary, to midnight exactly",
    tenant: "default",
    range: { fromMs: Date.parse("2025-12-29T00:00:00+08:00"), toMs: Date.parse("2026-01-05T00:00:00+08:00") },
    days: daysFrom("2025-12-29", 7),
    begins: { "2026-01-01": "2025-12-31T16:00:00.000Z", "2026-01-04": "2026-01-03T16:00:00.000Z" },
    empty: false,
  },
  {
    name: "a day of 25 hours",
    tenant: "new-york",
    range: { fromMs: Date.parse("2025-11-01T00:00:00-04:00"), toMs: Date.parse("2025-11-04T23:59:59.999-05:00") },
    days: daysFrom("2025-11-01", 4),
    begins: { "2025-11-02": "2025-11-02T04:00:00.000Z", "2025-11-03": "2025-11-03T05:00:00.000Z" },
    empty: false,
  },
  {
    name: "a day of 23 hours",
    tenant: "new-york",
    range: { fromMs: Date.parse("2026-03-07T00:00:00-05:00"), toMs: Date.parse("2026-03-10T00:00:00-04:00") },
    days: daysFrom("2026-03-07", 3),
    begins: { "2026-03-08": "2026-03-08T05:00:00.000Z", "2026-03-09": "2026-03-09T04:00:00.000Z" },
    empty: false,
  },
  {
    name: "a tenant that has never reported",
    tenant: "silent",
    range: { fromMs: Date.parse("2025-12-01T00:00:00+08:00"), toMs: Date.parse("2025-12-31T23:59:59.999+08:00") },
    days: daysFrom("2025-12-01", 31),
    begins: {},
    empty: true,
  },
];

let database: TestDatabase;
let reader: pg.PoolClient;

beforeAll(async () => {
  database = await createTestDatabase();
  const shanghai = daysFrom("2025-12-01", 35).flatMap((day) => [
    Date.parse(`${day}T00:00:00.000+08:00`),
    Date.parse(`${day}T23:59:59.999+08:00`),
  ]);
  const newYork = [...daysFrom("2025-11-01", 4), ...daysFrom("2026-03-07", 3)].flatMap((day) => [
    Date.parse(`${day}T05:30:00Z`),
    Date.parse(`${day}T06:30:00Z`),
    Date.parse(`${day}T20:00:00Z`),
  ]);
  const agents = [
    { id: 7, name: "王芳" },
    { id: 8, name: null },
  ];
  await seedBoards(database, [
    { tenantId: "default", settings: {}, hours: shanghai, agents },
    { tenantId: "new-york", settings: { timezone: "America/New_York", currency: "USD" }, hours: newYork, agents },
    { tenantId: "silent", settings: {}, hours: [], agents },
  ]);
  await database.pool.query(
    "insert into analytics_costs values ('default', '2025-01-01', 10), ('default', '2025-12-15', 12)",
  );
  await database.pool.query(
    "update analytics_settings set retained_from = '2025-11-30T16:00:00Z' where tenant_id = 'default'",
  );
  reader = await database.pool.connect();
  // What the role of the dashboards may read; and a session whose own zone is neither UTC nor the tenants'.
  await reader.query("set role spanledger_reader");
  await reader.query("set default_transaction_read_only = on");
  await reader.query("set timezone = 'America/Los_Angeles'");
});

afterAll(async () => {
  reader?.release(true);
  await database?.drop();
});

const timeSeries = (query: BoardQuery): boolean => query.kind === "panel" && query.format === "time_series";
const isLong = ({ columns }: QueryResult): boolean => columns[1]?.name === "metric";

/** What Grafana needs of a result in order to draw it. */
function checkShape(query: BoardQuery, result: QueryResult, season: Season): void {
  const { columns, rows } = result;
  const of = `${query.where} in ${season.name}`;
  expect(new Set(columns.map(({ name }) => name)).size, of).toBe(columns.length);
  const columnTypes = columns.map(({ type }) => type);
  expect(columnTypes, of).not.toContain("other");
  const firstTimes = rows.map(([time]) => (time instanceof Date ? time.toISOString() : String(time)));
  if (timeSeries(query)) {
    expect(columns[0], of).toEqual({ name: "time", type: "timestamptz" });
    expect(firstTimes, of).toEqual([...firstTimes].toSorted());
    if (isLong(result)) {
      expect(columnTypes, of).toEqual(["timestamptz", "text", "float8"]);
      expect(columns[2]?.name, of).toBe("value");
      const series = new Set(rows.map(([, metric]) => metric)).size;
      expect(rows.length, of).toBe(series * season.days.length);
      for (const value of rows.map((row) => row[2])) expect(value, of).toBeTypeOf("number");
    } else {
      for (const type of columnTypes.slice(1)) expect(type, of).toBe("float8");
      expect(rows.length, of).toBe(season.days.length);
      season.days.forEach((day, place) => {
        if (season.begins[day] !== undefined) expect(firstTimes[place], `${of}, ${day}`).toBe(season.begins[day]);
      });
    }
    return;
  }
  if (query.kind === "variable")
    expect(
      columns.map(({ name }) => name),
      of,
    ).toEqual(["__text", "__value"]);
  if (query.kind === "annotation") {
    expect(columns, of).toEqual([
      { name: "time", type: "timestamptz" },
      { name: "text", type: "text" },
      { name: "tags", type: "text" },
    ]);
  }
  switch (query.panel?.type) {
    case "stat":
      expect(rows.length, of).toBe(1);
      for (const type of columnTypes) expect(type, of).toBe("float8");
      break;
    case "barchart":
      expect(columns[0], of).toEqual({ name: query.panel.options.xField, type: "text" });
      for (const type of columnTypes.slice(1)) expect(type, of).toBe("float8");
      break;
    case "table":
      expect(columnTypes[0], of).toBe("text");
      break;
    default:
      expect(query.kind, of).not.toBe("panel");
  }
}

describe.each(seasons)("$name", (season) => {
  it("is answered to every panel, variable and annotation, in the shape that Grafana draws", async () => {
    for (const query of boardQueries) {
      const result = await runQuery(reader, query, season.range, { tenant: season.tenant, agent: "7" });
      checkShape(query, result, season);
    }
  });

  it("adds up: the series of a metric to its figure, an empty day to zero", async () => {
    const sums = new Map<string, number>();
    const figures = new Map<string, unknown>();
    for (const query of boardQueries) {
      if (query.kind !== "panel" || query.panel?.type === "barchart" || query.board === "agents") continue;
      const result = await runQuery(reader, query, season.range, { tenant: season.tenant });
      if (query.panel?.type === "stat")
        result.columns.forEach(({ name }, at) => figures.set(name, result.rows[0]?.[at]));
      if (!timeSeries(query) || isLong(result)) continue;
      if (!["locale", "m"].includes(query.panel?.fieldConfig.defaults.unit)) continue;
      result.columns.slice(1).forEach(({ name }, at) => {
        // How things stand at the end of a day does not add up over days.
        if (stocks.has(name)) return;
        const values = result.rows.map((row) => row[at + 1]);
        // What the AI resolved is not known if it has never answered.
        const isUnknown = season.tenant === "silent" && values.every((value) => value === null);
        for (const value of values) if (!isUnknown) expect(value, `${query.where}: ${name}`).toBeTypeOf("number");
        sums.set(
          name,
          values.reduce<number>((sum, value) => sum + Number(value), 0),
        );
        if (season.empty && !isUnknown) expect(values.every((value) => value === 0)).toBe(true);
      });
    }
    expect(sums.size).toBeGreaterThan(30);
    for (const [name, sum] of sums) {
      if (season.tenant === "silent") expect(figures.get(name), name).toBeNull();
      else expect(figures.get(name), name).toBeCloseTo(sum, 6);
    }
    const sessions = sums.get("会话数") ?? 0;
    if (season.empty) expect(sessions).toBe(0);
    else expect(sessions).toBeGreaterThan(season.days.length);
  });
});

const stocks = new Set(
  operationMetrics.filter(({ cohort }) => cohort === "period_end").flatMap(({ name }) => [name.zh, name.en]),
);

describe("the queries", () => {
  it("plan to read counters and settings: never an event, never a session but one that an agent held", async () => {
    const [season] = seasons as [Season];
    for (const query of boardQueries) {
      const { rows } = await reader.query({
        text: `explain (verbose, format json) ${sqlOf(query, season.range, { tenant: "default" })}`,
        rowMode: "array",
      });
      const relations = [...JSON.stringify(rows).matchAll(/"Relation Name":\s*"([^"]+)"/g)].map(([, name]) => name);
      for (const name of relations) {
        const isHold = name === "analytics_sessions" && query.sql.includes("select s.first_end_at from");
        if (!isHold) expect(name, query.where).not.toMatch(/^analytics_(events|sessions|customers)/);
      }
      if (query.kind === "panel" && query.board !== "receiver-health") {
        expect(
          relations.some((name) => name?.startsWith("analytics_")),
          query.where,
        ).toBe(true);
      }
    }
  });

  it("take a tenant's name as a text, whatever is in it", async () => {
    const [season] = seasons as [Season];
    for (const query of boardQueries) {
      await runQuery(reader, query, season.range, {
        tenant: "o'brien'; drop table x",
        agent: "7' or '1",
        channel: "web' or '1",
      });
    }
  });

  it("name the tenant's currency and timezone, and offer its channels", async () => {
    const [season] = seasons as [Season];
    const rowsOf = async (variable: string, tenant: string): Promise<unknown> => {
      const query = boardQueries.find(({ where }) => where === `en/ai-chatbot · $${variable}`) as BoardQuery;
      return (await runQuery(reader, query, season.range, { tenant })).rows;
    };
    expect(await rowsOf("currency", "new-york")).toEqual([["USD", "USD"]]);
    expect(await rowsOf("timezone", "new-york")).toEqual([["America/New_York", "America/New_York"]]);
    expect(await rowsOf("channel", "default")).toEqual([
      ["all", "*"],
      ["web", "web"],
    ]);
    expect(await rowsOf("channel", "silent")).toEqual([["all", "*"]]);
  });

  it("have the conversations of each weekday and hour, as the API has them", async () => {
    const [season] = seasons as [Season];
    const query = boardQueries.find(
      ({ where }) => where === "en/overview · Conversations by weekday and hour",
    ) as BoardQuery;
    const { columns, rows } = await runQuery(reader, query, season.range, { tenant: "default" });
    expect(columns.map(({ name }) => name)).toEqual([
      "Weekday",
      ...Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, "0")),
    ]);
    const hours = await readHours(database.pool, "default", { startDate: "2025-12-01", endDate: "2025-12-31" });
    const counted = hours.map(({ weekday, hour, conversations }) => [weekday, hour, conversations]);
    const shown = rows.flatMap((row, place) =>
      row.slice(1).flatMap((value, hour) => (value === 0 ? [] : [[place + 1, hour, value]])),
    );
    expect(rows.map(([name]) => name)).toEqual(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]);
    expect(shown).toEqual(counted);
    expect(shown.length).toBeGreaterThan(7);
  });

  it("offer the tenants, and the agents by name with an unattributed row", async () => {
    const [season] = seasons as [Season];
    const optionsOf = async (name: string): Promise<readonly unknown[]> => {
      const query = boardQueries.find(({ where }) => where === `zh/agents · $${name}`) as BoardQuery;
      return (await runQuery(reader, query, season.range, { tenant: "default" })).rows;
    };
    expect(await optionsOf("tenant")).toEqual([
      ["default", "default"],
      ["new-york", "new-york"],
      ["silent", "silent"],
    ]);
    expect(new Set(await optionsOf("agent"))).toEqual(
      new Set([
        ["#8 (8)", "8"],
        ["王芳 (7)", "7"],
        ["未注明坐席", "none"],
      ]),
    );
  });

  it("mark what happened, and where retention has cut, on every dashboard with panels by day", async () => {
    const [season] = seasons as [Season];
    const rowsOf = async (where: string): Promise<unknown> => {
      const query = boardQueries.find((one) => one.kind === "annotation" && one.where === where) as BoardQuery;
      return (await runQuery(reader, query, season.range, { tenant: "default" })).rows;
    };
    await database.pool.query(
      `insert into analytics_service_versions values
         ('default', 'chat', '1', '2025-11-01Z'), ('default', 'chat', '2', '2025-12-20T04:00Z'), ('new-york', 'chat', '1', '2025-11-01Z'),
         ('new-york', 'chat', '2', '2025-12-20T04:00Z'), ('default', 'chat', '3', '2025-12-31T16:00Z'), ('default', '', '1', '2025-12-02Z');
       insert into analytics_audit (tenant_id, action, details, performed_at) values
         ('default', 'settings', '{"change": {"idleTimeoutSeconds": 7200, "workingHours": {}, "timezone": "Europe/Berlin"},
           "before": {"idle_timeout_seconds": 3600, "working_hours": null, "timezone": "Asia/Shanghai"}}', '2025-12-16T04:00Z')`,
    );
    await database.pool.query(
      `insert into analytics_notes (tenant_id, noted_at, text) values
       ('default', '2025-11-30T15:59:59Z', 'the month before'), ('default', '2025-12-31T15:59:59Z', 'new prompt'),
       ('new-york', '2025-12-10T00:00:00Z', 'of another tenant')`,
    );
    for (const board of ["overview", "ai-chatbot", "agent-workbench", "agents", "tickets"]) {
      expect(await rowsOf(`en/${board} · Notes`)).toEqual([[new Date("2025-12-31T15:59:59Z"), "new prompt", "note"]]);
      expect(await rowsOf(`zh/${board} · 新版本`)).toEqual([[new Date("2025-12-20T04:00:00Z"), "chat 2", "version"]]);
      expect(await rowsOf(`en/${board} · Settings and rules`)).toEqual([
        // The beginning of the business day.
        [new Date("2025-12-14T16:00:00Z"), "Cost of a manual session: 12 CNY", "cost"],
        [new Date("2025-12-16T04:00:00Z"), "idle timeout 7200 s", "setting"],
        [new Date("2025-12-16T04:00:00Z"), "timezone Europe/Berlin", "setting"],
        [new Date("2025-12-16T04:00:00Z"), "working hours", "setting"],
      ]);
    }
    expect(await rowsOf("en/data-quality · Rows before this are gone by retention")).toEqual([
      [new Date("2025-11-30T16:00:00Z"), "Rows before this are gone by retention", "retention"],
    ]);
  });

  it("show one event that was numbered and never arrived, and one that was dropped", async () => {
    const [season] = seasons as [Season];
    const figure = async (title: string): Promise<unknown> => {
      const query = boardQueries.find(({ where }) => where === `en/data-quality · ${title}`) as BoardQuery;
      return (await runQuery(reader, query, season.range, { tenant: "default" })).rows[0]?.[0];
    };
    const recorded = Number(await figure("Events recorded"));
    expect(await figure("Missing events")).toBe(1);
    expect(await figure("Dropped by the SDK")).toBe(1);
    expect(await figure("Completeness")).toBeCloseTo(((recorded - 2) * 100) / recorded, 6);
    expect(await figure("Rejected events")).toBe(5);
    expect(await figure("Waiting for a replay")).toBe(5);
  });

  it("know every bucket of a duration by the value that the receiver gives it", async () => {
    const { rows } = await database.pool.query<{ bucket: number; ms: number }>(
      `with recursive ${bucketBounds} select bucket, ms from bucket_value order by bucket`,
    );
    expect(rows).toHaveLength(bucketCount);
    for (const { bucket, ms } of rows) expect(ms, `bucket ${bucket}`).toBe(bucketValue(bucket));
  });
});
