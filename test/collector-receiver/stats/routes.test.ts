import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketOf } from "../../../collector-receiver/src/metrics/duration-histogram.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { planCounters, seedAgent, seedBucket, seedDay, seedReported, seedSettings } from "./seed-counters.ts";
import { seedEvents } from "./seed-events.ts";
import { get, openStatsApp } from "./stats-app.ts";
import type { JsonAnswer } from "./stats-app.ts";
import type { StatsOptions } from "../../../collector-receiver/src/stats/stats-plugin.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database.drop());

const at = "2025-12-25T06:05:00Z";

async function ask(tenantId: string, path: string, options: Partial<StatsOptions> = {}): Promise<JsonAnswer> {
  const app = await openStatsApp(database.pool, at, options);
  const answer = await get(app, path, tenantId);
  await app.close();
  return answer;
}

describe("summary", () => {
  it("gives raw numbers of the current month beside the same days before", async () => {
    await seedSettings(database.pool, "summary");
    await seedReported(database.pool, "summary", "2025-11-10", "session.start", "agent.login");
    await seedDay(database.pool, "summary", "2025-12-05", planCounters);
    await seedDay(database.pool, "summary", "2025-11-10", { total_sessions: 2710, sessions_ended: 2710 });
    await seedDay(database.pool, "summary", "2025-11-26", { total_sessions: 7, sessions_ended: 7 });
    const { body } = await ask("summary", "summary");
    expect(body).toMatchObject({
      month: "2025-12",
      status: "running",
      current: { total_sessions: 5420, total_work_minutes: 28800.5, avg_response_time_ms: 1500 },
      previous: { total_sessions: 2710, avg_response_time_ms: null },
      change: {
        total_sessions: { value: 100, unit: "percent", formatted: "+100.0%", direction: "up" },
        avg_response_time_ms: null,
      },
    });
    expect((await ask("summary", "summary?month=2025-12")).body).toEqual(body);
  });
});

describe("query success rates", () => {
  it("are of a month, and without one of all that is recorded", async () => {
    await seedDay(database.pool, "queries", "2025-11-30", { order_queries_success: 3, order_queries_failed: 1 });
    await seedDay(database.pool, "queries", "2025-12-02", { tracking_queries_success: 40, tracking_queries_failed: 8 });
    await seedDay(database.pool, "queries", "2025-12-20", { total_sessions: 5 });
    const all = await ask("queries", "query-success-rates");
    expect(all.body).toMatchObject({
      from: "2025-11-30",
      to: "2025-12-02",
      order: { success: 3, failed: 1, total: 4, success_rate: { value: 75, formatted: "75.0%", low_sample: true } },
      tracking: { total: 48, success_rate: { value: 83.333333, formatted: "83.3%", low_sample: false } },
    });
    const november = await ask("queries", "query-success-rates?month=2025-11");
    expect(november.body).toMatchObject({
      from: "2025-11-01",
      to: "2025-11-30",
      order: { total: 4 },
      tracking: { total: 0, success_rate: { value: null, formatted: "—" } },
    });
  });

  it("have no days where no query is recorded", async () => {
    expect((await ask("no-queries", "query-success-rates")).body).toMatchObject({ from: null, to: null });
  });
});

describe("timeseries", () => {
  beforeAll(async () => {
    await seedSettings(database.pool, "series");
    await seedDay(database.pool, "series", "2025-12-23", { total_sessions: 4, ai_resolved_sessions: 3 });
    await seedDay(database.pool, "series", "2025-12-29", { total_sessions: 6, ai_resolved_sessions: 3 });
    for (const [day, ms, count] of [
      ["2025-12-23", 1000, 90],
      ["2025-12-24", 9000, 10],
    ] as const) {
      await seedBucket(database.pool, "series", day, "response_time", bucketOf(ms), count);
    }
  });
  const pointsOf = async (query: string): Promise<[string, number | null][]> => {
    const { status, body } = await ask("series", `timeseries?${query}`);
    expect(status, JSON.stringify(body)).toBe(200);
    return body.points.map(({ period, value }: { period: string; value: number | null }) => [period, value]);
  };

  it("has a point for every period: 0 for counts, null for rates and for periods that have not begun", async () => {
    const days = "from=2025-12-22&to=2025-12-26";
    expect(await pointsOf(`metric=total_sessions&${days}`)).toEqual([
      ["2025-12-22", 0],
      ["2025-12-23", 4],
      ["2025-12-24", 0],
      ["2025-12-25", 0],
      ["2025-12-26", null],
    ]);
    expect(await pointsOf(`metric=ai_resolution_rate&${days}`)).toEqual([
      ["2025-12-22", null],
      ["2025-12-23", 75],
      ["2025-12-24", null],
      ["2025-12-25", null],
      ["2025-12-26", null],
    ]);
  });

  it("goes by ISO week and by month across the year", async () => {
    expect(await pointsOf("metric=total_sessions&from=2025-12-24&to=2026-01-05&period=week")).toEqual([
      ["2025-W52", 4],
      ["2026-W01", 6],
      ["2026-W02", null],
    ]);
    expect(await pointsOf("metric=total_sessions&from=2025-11&to=2026-01&period=month")).toEqual([
      ["2025-11", 0],
      ["2025-12", 10],
      ["2026-01", null],
    ]);
  });

  it("goes by quarter and by year, whose rates and quantiles are those of all their days", async () => {
    expect(await pointsOf("metric=total_sessions&from=2025-07&to=2026-01&by=quarter")).toEqual([
      ["2025-Q3", 0],
      ["2025-Q4", 10],
      ["2026-Q1", null],
    ]);
    expect(await pointsOf("metric=total_sessions&from=2024-12-31&to=2026-01-01&by=year")).toEqual([
      ["2024", 0],
      ["2025", 10],
      ["2026", null],
    ]);
    for (const metric of ["ai_resolution_rate", "response_time_p50_ms"]) {
      const [[, month]] = (await pointsOf(`metric=${metric}&from=2025-12&to=2025-12&by=month`)) as [[string, number]];
      expect(month).not.toBeNull();
      expect(await pointsOf(`metric=${metric}&from=2025-12&to=2025-12&by=quarter`)).toEqual([["2025-Q4", month]]);
      expect(await pointsOf(`metric=${metric}&from=2025-12&to=2025-12&by=year`)).toEqual([["2025", month]]);
    }
    const mixed = await ask("series", "timeseries?metric=total_sessions&by=week&period=day");
    expect(mixed).toMatchObject({ status: 400, body: { error: { code: "mixed_parameters" } } });
    expect((await ask("series", "timeseries?metric=total_sessions&by=week&period=week")).status).toBe(200);
  });

  it("is of the current month by day where nothing is said", async () => {
    const points = await pointsOf("metric=total_sessions");
    expect(points).toHaveLength(31);
    expect(points[0]?.[0]).toBe("2025-12-01");
  });

  it("gives quantiles of any period, within 2 %", async () => {
    const p90 = await pointsOf("metric=response_time_p90_ms&from=2025-12-23&to=2025-12-25");
    const values = p90.map(([, value]) => value);
    expect(values[0]).toBeGreaterThan(980);
    expect(values[0]).toBeLessThan(1020);
    expect(values[1]).toBeGreaterThan(8820);
    expect(values[1]).toBeLessThan(9180);
    expect(values[2]).toBeNull();
    const p99 = await pointsOf("metric=response_time_p99_ms&from=2025-12&to=2025-12&period=month");
    expect(p99).toEqual([["2025-12", values[1]]]);
  });

  it("refuses unknown metrics, wrong days and more than 400 points", async () => {
    const refused: readonly [string, string, string][] = [
      ["metric=revenue", "unknown_metric", 'metric = "revenue"'],
      ["metric=__proto__", "unknown_metric", "__proto__"],
      ["metric=total_sessions&from=2025-12-32", "invalid_parameter", 'from = "2025-12-32"'],
      ["metric=total_sessions&from=2025-12-02&to=2025-12-01", "invalid_parameter", 'from = "2025-12-02"'],
      ["metric=total_sessions&from=2024-01&to=2025-12", "too_many_points", "more than 400 points by day"],
      ["metric=total_sessions&period=year", "invalid_parameter", 'period = "year" must be one of day, week, month'],
      ["period=day", "invalid_parameter", "metric is missing"],
    ];
    for (const [query, code, message] of refused) {
      const { status, body } = await ask("series", `timeseries?${query}`);
      expect(status, query).toBe(400);
      expect(body.error, query).toMatchObject({ code, message: expect.stringContaining(message) });
    }
    expect(await pointsOf("metric=total_sessions&from=2025-01-01&to=2026-02-04")).toHaveLength(400);
  });
});

describe("agents", () => {
  it("add up to the business metrics, with the latest name and an unattributed row", async () => {
    const { pool } = database;
    const waits = { first_takeovers: 30, first_waits_known: 30, first_wait_ms: 900_000, waits_known: 30 };
    const seven = {
      sessions_handled: 30,
      total_first_response_ms: 900_000,
      total_handle_time_sec: "14400.125",
      ...waits,
    };
    const eight = {
      sessions_handled: 20,
      total_handle_time_sec: "9600.25",
      tickets_resolved: 3,
      resolved_in_sla: 2,
      sla_known: 3,
    };
    const nobody = { tickets_created: 5, tickets_resolved: 2, resolution_ms: 27_000_000, resolutions_timed: 2 };
    await seedAgent(pool, "agents", "2025-10-01", 8, { agent_logins: 1 }, "Li Na");
    await seedAgent(pool, "agents", "2025-12-01", 7, seven, "Wang Fang");
    await seedAgent(pool, "agents", "2025-12-02", 7, { agent_logins: 1 }, "王芳");
    await seedAgent(pool, "agents", "2025-12-02", 8, eight);
    await seedAgent(pool, "agents", "2025-12-31", null, nobody);
    await seedAgent(pool, "agents", "2026-01-01", 7, { sessions_handled: 1000 });
    for (const [day, counters] of [
      ["2025-12-01", seven],
      ["2025-12-02", { ...eight, agent_logins: 1 }],
      ["2025-12-31", nobody],
    ] as const) {
      await seedDay(pool, "agents", day, counters);
    }
    await seedReported(pool, "agents", "2025-12-01", "agent.login");
    const { body } = await ask("agents", "agents?month=2025-12");
    expect(body.agents.map(({ agent_id, agent_name }: any) => [agent_id, agent_name])).toEqual([
      [7, "王芳"],
      [8, "Li Na"],
      [null, null],
    ]);
    expect(body.agents[0].metrics.avg_first_response_ms).toMatchObject({ value: 30_000, formatted: "30秒" });
    const business = (await ask("agents", "case-study?month=2025-12")).body.metrics;
    for (const [key, total] of Object.entries<any>(body.total)) {
      const { value, formatted, numerator, denominator } = business[key];
      expect(total, key).toMatchObject({ value, formatted, numerator, denominator });
      const sum = body.agents.reduce((so: number, agent: any) => so + agent.metrics[key].numerator, 0);
      expect(sum, key).toBeCloseTo(total.numerator, 6);
    }
    expect(Object.keys(body.total)).toContain("sla_met_rate");
  });

  it("are the unattributed row alone if no agent did anything", async () => {
    const { body } = await ask("no-agents", "agents");
    expect(body.agents).toHaveLength(1);
    expect(body.agents[0]).toMatchObject({ agent_id: null, metrics: { sessions_handled: { value: 0 } } });
  });
});

describe("live", () => {
  beforeAll(async () => {
    await seedSettings(database.pool, "live");
    await seedDay(database.pool, "live", "2025-12-25", { total_sessions: 3, total_work_minutes: "12.5" });
    await seedDay(database.pool, "live", "2025-12-24", { total_sessions: 99 });
  });
  const ofDatabase = { daily: { total_sessions: 3, total_messages: 0 }, agent_daily: { total_work_minutes: 12.5 } };

  it("is today's row in the form of the plan's hashes if there is no cache", async () => {
    const { body } = await ask("live", "live");
    expect(body).toMatchObject({ day: "2025-12-25", source: "postgresql", fallback: false, ...ofDatabase });
  });

  it("is the cache's where it knows the day", async () => {
    const asked: string[] = [];
    const live = {
      readDay: async (tenantId: string, day: string) => {
        asked.push(`${tenantId} ${day}`);
        return { daily: { total_sessions: "4" }, agentDaily: { agent_logins: "1" } };
      },
    };
    const { body } = await ask("live", "live", { live });
    expect(body).toMatchObject({ source: "redis", fallback: false });
    expect(body.daily).toMatchObject({ total_sessions: 4, total_messages: 0 });
    expect(asked).toEqual(["live 2025-12-25"]);
  });

  it("falls back to PostgreSQL where the cache is empty or fails, and says so", async () => {
    for (const readDay of [async () => null, () => Promise.reject(new Error("redis is gone"))]) {
      const { status, body } = await ask("live", "live", { live: { readDay } });
      expect(status).toBe(200);
      expect(body).toMatchObject({ source: "postgresql", fallback: true, ...ofDatabase });
    }
  });
});

describe("session", () => {
  const trace = "0af7651916cd43dd8448eb211c80319c";
  beforeAll(async () => {
    const { pool } = database;
    await seedSettings(pool, "session", { idleThrough: "2025-12-24T00:00:00Z" });
    const events = (sessionId: string, ...names: string[]) =>
      names.map((name, index) => ({
        tenantId: "session",
        sessionId,
        name,
        at: `2025-12-31T15:59:5${index}.00${index}Z`,
      }));
    await seedEvents(pool, [
      {
        tenantId: "session",
        sessionId: "s-1",
        name: "session.start",
        at: "2025-11-30T16:00:00.123Z",
        traceId: trace,
        spanId: "b7ad6b7169203331",
        data: { channel: "api" },
      },
      {
        tenantId: "session",
        sessionId: "s-1",
        name: "session.message",
        at: "2025-12-01T00:00:01Z",
        data: { role: "ai", message: "您好", response_time_ms: 1480, score: 0.9, tags: ["a"] },
      },
      { tenantId: "session", sessionId: "s-1", name: "session.end", at: "2025-12-01T00:00:02Z" },
      ...events("s-2", "session.start", "session.escalate", "session.message", "session.message", "session.message"),
      {
        tenantId: "session",
        sessionId: "s-3",
        name: "session.message",
        at: "2025-12-22T00:00:00Z",
        data: { role: "ai" },
      },
      { tenantId: "session", sessionId: "s-3", name: "session.start", at: "2025-12-22T00:00:00Z" },
    ]);
  });

  it("shows the events in order with trace ids, and never a message text", async () => {
    const { body } = await ask("session", "sessions/s-1");
    expect(body).toMatchObject({
      session_id: "s-1",
      state: "ended",
      ai_resolved: true,
      channel: "api",
      // 16:00 UTC is midnight in Shanghai.
      start_day: "2025-12-01",
      started_at: "2025-11-30T16:00:00.123Z",
      ended_at: "2025-12-01T00:00:02.000Z",
      next: null,
    });
    expect(body.events.map((event: any) => event.event_name)).toEqual([
      "session.start",
      "session.message",
      "session.end",
    ]);
    expect(body.events[0]).toMatchObject({ trace_id: trace, span_id: "b7ad6b7169203331", service_name: "ai-chatbot" });
    expect(body.events[1].attributes).toEqual({ session_id: "s-1", role: "ai", response_time_ms: 1480, score: 0.9 });
    expect(body.events[1].withheld.toSorted()).toEqual(["message", "tags"]);
    expect(JSON.stringify(body)).not.toContain("您好");
  });

  it("comes in pages that miss nothing and repeat nothing", async () => {
    const seen: string[] = [];
    let after = "";
    for (let page = 0; page < 3; page++) {
      const { body } = await ask("session", `sessions/s-2?limit=2${after}`);
      expect(body.events).toHaveLength(page < 2 ? 2 : 1);
      seen.push(...body.events.map((event: any) => event.event_id));
      after = `&after=${body.next}`;
      if (page === 2) expect(body.next).toBeNull();
    }
    const { body } = await ask("session", "sessions/s-2");
    expect(seen).toEqual(body.events.map((event: any) => event.event_id));
    expect(body).toMatchObject({ state: "open", ai_resolved: false });
  });

  it("is ended by silence as the counters see it", async () => {
    expect((await ask("session", "sessions/s-3")).body).toMatchObject({
      state: "ended_idle",
      outcome: "ai_resolved",
      ai_resolved: true,
    });
  });

  it("refuses an unknown session and a bad page position", async () => {
    const refused: readonly [string, number, string][] = [
      ["sessions/s-4", 404, 'there is no session "s-4"'],
      ["sessions/a%00b", 400, "session_id"],
      ["sessions/s-1?limit=0", 400, 'limit = "0"'],
      ["sessions/s-1?limit=501", 400, 'limit = "501"'],
      ["sessions/s-1?limit=true", 400, 'limit = "true"'],
      ["sessions/s-1?limit=many", 400, 'limit = "many"'],
      ["sessions/s-1?after=yesterday", 400, 'after = "yesterday"'],
      ["sessions/s-1?after=999999999999999_00000000-0000-0000-0000-000000000000", 400, "after"],
    ];
    for (const [path, status, message] of refused) {
      const answer = await ask("session", path);
      expect(answer.status, path).toBe(status);
      expect(answer.body.error.message, path).toContain(message);
    }
  });
});

describe("definitions", () => {
  it("are the dictionary, in the language asked for", async () => {
    const chinese = (await ask("any", "metrics")).body.metrics;
    const english = (await ask("any", "metrics?lang=en")).body.metrics;
    expect(english.find(({ key }: any) => key === "ai_resolution_rate")).toMatchObject({
      name: "AI resolution rate",
      formula: "ai_resolved_sessions / total_sessions × 100",
      unit: "percent",
      numerator: { add: ["ai_resolved_sessions"], subtract: [] },
      denominator: { add: ["total_sessions"], subtract: [] },
      factor: 100,
      cohort: "session_start",
      definition_version: 2,
      peers: expect.stringContaining("Intercom Fin"),
      peers_source: expect.stringContaining("https://www.intercom.com/"),
    });
    expect(chinese.map(({ key }: any) => key)).toEqual(english.map(({ key }: any) => key));
    expect(chinese[0].name).toBe("会话数");
    for (const [metrics, script] of [
      [chinese, /\p{Script=Han}|p\d/u],
      [english, /^[^\p{Script=Han}]+$/u],
    ] as const) {
      for (const metric of metrics) {
        const { key, name, meaning, formula, unit, cohort, period_rule, edge_cases, definition_version, since } =
          metric;
        for (const text of [name, meaning, period_rule, edge_cases ?? name])
          expect([key, text]).toEqual([key, expect.stringMatching(script)]);
        expect([key, formula, unit, cohort]).toEqual([
          key,
          ...Array.from({ length: 3 }, () => expect.stringMatching(/\S/)),
        ]);
        expect([key, definition_version, since]).toEqual([
          key,
          expect.any(Number),
          expect.stringMatching(/^\d+\.\d+\.\d+$/),
        ]);
        expect([key, metric.kind === "quantile" ? metric.histogram : metric.numerator.add[0]]).toEqual([
          key,
          expect.any(String),
        ]);
        if (metric.kind === "ratio") expect([key, metric.denominator.add.length > 0]).toEqual([key, true]);
      }
    }
    // Beside the plan's.
    expect(english.map(({ key }: any) => key)).toEqual(
      expect.arrayContaining([
        "ai_resolution_confirmed_rate",
        "ai_resolution_assumed_rate",
        "ai_resolution_durable_rate",
        "ai_involvement_rate",
        ...["first_response", "handle_time", "resolution_time"].flatMap((of) =>
          ["", "_business"].flatMap((hours) => [`${of}${hours}_p50_ms`, `${of}${hours}_p90_ms`]),
        ),
        "agent_online_ms",
        "agent_away_ms",
        "agent_busy_ms",
        "agent_occupancy_rate",
        "ticket_reopen_rate",
        "ticket_backlog",
      ]),
    );
  });

  it("are the catalogue", async () => {
    const { body } = await ask("any", "events");
    const closed = body.events.find(({ name }: any) => name === "ticket.closed");
    expect(closed.attributes.filter(({ required }: any) => required).map(({ name }: any) => name)).toEqual([
      "ticket_id",
    ]);
    expect(body.events).toHaveLength(19);
  });
});

describe("errors", () => {
  it("name the parameter and the value", async () => {
    const refused: readonly [string, string, string][] = [
      ["case-study?month=2025-13", "invalid_parameter", 'month = "2025-13" is not a month'],
      ["case-study?month=2025-12&start_date=2025-12-01", "mixed_parameters", "cannot be mixed"],
      ["case-study?month=2025-11&month=2025-12", "invalid_parameter", 'month = ["2025-11","2025-12"]'],
      ["case-study?mnth=2025-12", "unknown_parameter", '"mnth" is not known'],
      ["case-study?lang=fr", "invalid_parameter", 'lang = "fr" must be one of zh-CN, en'],
      ["case-study?lang=en&locale=zh-CN", "mixed_parameters", "contradict"],
      ["summary?month=x", "invalid_parameter", 'month = "x"'],
      ["agents?month=2025-00", "invalid_parameter", 'month = "2025-00"'],
      ["query-success-rates?month=2025", "invalid_parameter", 'month = "2025"'],
      ["live?lang=fr", "invalid_parameter", "lang"],
      ["events?what=1", "unknown_parameter", '"what"'],
    ];
    for (const [path, code, message] of refused) {
      const { status, body } = await ask("any", path);
      expect(status, path).toBe(400);
      expect(body.error, path).toMatchObject({ code, message: expect.stringContaining(message) });
    }
  });

  it("are 503 with Retry-After where the database cannot be reached, without its words", async () => {
    const gone = Object.assign(new Error("connect ECONNREFUSED 10.0.0.7:5432"), { code: "ECONNREFUSED" });
    const pool = { query: () => Promise.reject(gone) } as never;
    const app = await openStatsApp(pool, at);
    const answer = await app.inject("/api/analytics/summary");
    expect(answer.statusCode).toBe(503);
    expect(answer.headers["retry-after"]).toBe("1");
    expect(answer.json().error.code).toBe("database_unavailable");
    expect(answer.body).not.toContain("10.0.0.7");
    await app.close();
  });

  it("are 500 without a stack trace or the statement where something else fails", async () => {
    const pool = { query: () => Promise.reject(new Error('column "secret" does not exist')) } as never;
    const app = await openStatsApp(pool, at);
    const answer = await app.inject("/api/analytics/summary");
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("secret");
    await app.close();
  });

  it("of requests that name the tenant keep their status", async () => {
    const tenantOf = (): string => {
      throw Object.assign(new Error("a read token is needed"), { statusCode: 401, code: "token_missing" });
    };
    for (const path of [
      "case-study",
      "summary",
      "query-success-rates",
      "timeseries?metric=total_sessions",
      "agents",
      "operations",
      "custom",
      "live",
      "sessions/s-1",
      "metrics",
      "events",
    ]) {
      const { status, body } = await ask("any", path, { tenantOf });
      expect(status, path).toBe(401);
      expect(body.error, path).toEqual({ code: "token_missing", message: "a read token is needed" });
    }
  });
});

describe("events", () => {
  it("lists the usual words of an attribute, in both languages, and none where every value is as good", async () => {
    await seedSettings(database.pool, "events");
    const { body } = await ask("events", "events");
    const { events } = body as unknown as {
      events: { name: string; attributes: { name: string; words?: string[] }[] }[];
    };
    const attributes = (name: string) =>
      new Map(events.find((event) => event.name === name)?.attributes.map((one) => [one.name, one.words]));
    expect(attributes("ticket.status_changed").get("to_status")).toEqual(expect.arrayContaining(["closed", "已关闭"]));
    expect(attributes("session.escalate").get("reason")).toBeUndefined();
  });
});
