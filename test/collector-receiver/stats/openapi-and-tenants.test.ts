import swagger from "@fastify/swagger";
import fastify from "fastify";
import type pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { statsPlugin } from "../../../collector-receiver/src/stats/stats-plugin.ts";
import { hashDefinitions } from "../../../collector-receiver/src/catalogue/custom-definitions.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { ownDefinitions } from "../ingest/count-own-from-scratch.ts";
import { planCounters, seedAgent, seedBucket, seedDay, seedReported, seedSettings } from "./seed-counters.ts";
import { seedEvents } from "./seed-events.ts";
import { get, openStatsApp } from "./stats-app.ts";

/** Every route, as it is asked in the tests of this file. */
const asked: Readonly<Record<string, readonly string[]>> = {
  "/api/analytics/case-study": ["case-study?month=2025-12", "case-study?start_date=2025-12-02&end_date=2025-12-30"],
  "/api/analytics/summary": ["summary?month=2025-12", "summary?month=2025-12&channel=web"],
  "/api/analytics/query-success-rates": ["query-success-rates", "query-success-rates?month=2025-12"],
  "/api/analytics/timeseries": [
    "timeseries?metric=total_sessions&from=2025-12&to=2025-12",
    "timeseries?metric=response_time_p50_ms&from=2025-12&to=2025-12",
    "timeseries?metric=acme_events&group=plus&from=2025-12&to=2025-12",
  ],
  "/api/analytics/annotations": ["annotations?month=2025-12", "annotations?period=2025-Q4"],
  "/api/analytics/agents": ["agents?month=2025-12"],
  "/api/analytics/operations": ["operations?month=2025-12", "operations?start_date=2025-12-02&end_date=2025-12-30"],
  "/api/analytics/data-quality": ["data-quality?month=2025-12"],
  "/api/analytics/ai-costs": ["ai-costs?month=2025-12"],
  "/api/analytics/segments": ["segments?month=2025-12"],
  "/api/analytics/hours": ["hours?month=2025-12", "hours?start_date=2025-12-02&end_date=2025-12-30"],
  "/api/analytics/custom": ["custom?month=2025-12", "custom?start_date=2025-12-02&end_date=2025-12-30"],
  "/api/analytics/live": ["live"],
  "/api/analytics/prometheus": ["prometheus"],
  "/api/analytics/sessions/{session_id}": ["sessions/shared", "sessions/shared?limit=1"],
  "/api/analytics/metrics": ["metrics"],
  "/api/analytics/events": ["events"],
};
const paths = Object.values(asked).flat();
const at = "2025-12-25T06:05:00Z";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => database.drop());

/** A tenant with something to see on every route; `factor` makes its numbers its own. */
async function seedTenant(tenantId: string, factor: number): Promise<void> {
  const { pool } = database;
  const counters = Object.fromEntries(
    Object.entries(planCounters).map(([column, value]) => [column, Number(value) * factor]),
  );
  await seedSettings(pool, tenantId);
  await seedReported(pool, tenantId, "2025-12-25", "session.start", "agent.login");
  await seedDay(pool, tenantId, "2025-12-25", counters);
  await seedOwnMetrics(pool, tenantId, factor);
  await seedOperations(pool, tenantId, factor);
  await pool.query(
    `insert into analytics_data_quality values
       ($1, '2025-12-25', 'unknown_word', 'role', 'robot', 'session.message', $2, $3),
       ($1, '2025-12-25', 'rejected', '', 'wrong_type', 'query.order', $2, 'abcd')`,
    [tenantId, factor, `${Date.parse("2025-12-25T04:00:00Z")}_019b5383-0e80-7000-8000-00000000000${factor}`],
  );
  await pool.query(
    "insert into analytics_ai_tokens (tenant_id, day, provider, model, service_tier, calls, output_tokens) values ($1, '2025-12-25', 'openai', 'gpt', '', $2, 9)",
    [tenantId, factor],
  );
  await pool.query(
    "insert into analytics_hour_counters (tenant_id, day, hour, conversations, takeovers, waits_known, wait_ms) values ($1, '2025-12-25', 9, $2, 3, 2, $2)",
    [tenantId, factor],
  );
  await pool.query(
    "insert into analytics_segment_counters (tenant_id, day, dimension, value, total_sessions) values ($1, '2025-12-25', 'channel', 'web', $2)",
    [tenantId, factor],
  );
  await pool.query("insert into analytics_model_prices values ($1, '', '*', '', '2025-01-01', 1, null, null, 2)", [
    tenantId,
  ]);
  await pool.query(
    `insert into analytics_service_versions values
       ($1, 'chat', '1', '2025-11-01'), ($1, 'chat', $2, '2025-12-25T01:00:00Z')`,
    [tenantId, `2.${factor}`],
  );
  // The same agent id in every tenant, its name given on another day.
  const day = `2025-12-${24 + factor}`;
  await seedAgent(pool, tenantId, day, 7, { sessions_handled: 812 * factor }, `agent of ${tenantId}`);
  await seedBucket(pool, tenantId, "2025-12-25", "response_time", 100 + factor, 40);
  await seedEvents(
    pool,
    Array.from({ length: 2 }, (_, index) => ({
      tenantId,
      sessionId: "shared",
      name: "session.start",
      at: `2025-12-25T00:00:0${index}Z`,
      data: { channel: tenantId },
    })),
  );
}

/** Agents, tickets and durations of the operations route; the ids are the same in every tenant. */
async function seedOperations(pool: pg.Pool, tenantId: string, factor: number): Promise<void> {
  const on = (hour: number): string => `2025-12-24T0${hour}:00:00Z`;
  // Another state in each tenant long before, in which a sign of life finds the agent; then a login.
  const states = [
    [`2025-10-0${factor}T00:00:00Z`, ["busy", "online", "away"][factor - 1]],
    [on(factor), "online"],
  ];
  for (const [at, state] of states) {
    await pool.query("insert into analytics_agent_states values ($1, 7, $2, gen_random_uuid(), $3, 'status')", [
      tenantId,
      at,
      state,
    ]);
  }
  await pool.query(
    "insert into analytics_agent_states values ($1, 7, '2025-12-20T00:00:00Z', gen_random_uuid(), null, 'message', 's')",
    [tenantId],
  );
  await seedDay(pool, tenantId, "2025-12-24", { backlog_change: factor, backlog_unassigned_change: factor });
  await seedBucket(pool, tenantId, "2025-12-24", "handle_time", 100 + factor, 40);
}

/** Metrics of a `spanledger.config.ts`, each with a number. */
async function seedOwnMetrics(pool: pg.Pool, tenantId: string, factor: number): Promise<void> {
  const definitions = [JSON.stringify(ownDefinitions), hashDefinitions(ownDefinitions)];
  await pool.query(
    "update analytics_settings set custom_definitions = $2, custom_definitions_hash = $3 where tenant_id = $1",
    [tenantId, ...definitions],
  );
  await pool.query("insert into analytics_custom_counters values ($1, '2025-12-25', 'acme_events', 'plus', $2, 0)", [
    tenantId,
    factor,
  ]);
  await pool.query(
    "insert into analytics_custom_session_counts values ($1, 'month', '2025-12', '2025-12-01', 'acme_sessions', '', $2)",
    [tenantId, factor],
  );
}

describe("tenants", () => {
  it("see the same on every route whether another is there or not", async () => {
    await seedTenant("brand-a", 1);
    const app = await openStatsApp(database.pool, at);
    const alone = await Promise.all(paths.map((path) => get(app, path, "brand-a")));
    expect(alone.map(({ status }) => status)).toEqual(paths.map(() => 200));
    await seedTenant("brand-b", 3);
    for (const [index, path] of paths.entries()) {
      expect(await get(app, path, "brand-a"), path).toEqual(alone[index]);
      const other = await get(app, path, "brand-b");
      expect(other.status, path).toBe(200);
      const isDefinition = path === "metrics" || path === "events";
      if (!isDefinition) expect(other.body, path).not.toEqual(alone[index]?.body);
      expect(JSON.stringify(other.body), path).not.toContain("brand-a");
    }
    await app.close();
  });

  it("that do not exist see nothing", async () => {
    const app = await openStatsApp(database.pool, at);
    expect((await get(app, "case-study?month=2025-12", "brand-c")).body.status).toBe("empty");
    expect((await get(app, "sessions/shared", "brand-c")).status).toBe(404);
    expect((await get(app, "agents?month=2025-12", "brand-c")).body.agents).toHaveLength(1);
    await app.close();
  });
});

describe("statements of the routes", () => {
  it(
    "are named, none scans analytics_events, and each touches few pages beside a million events",
    async () => {
      await seedTenant("explained", 2);
      const { pool } = database;
      // Ten events a session, in random order of ids, within one partition.
      await pool.query(
        `insert into analytics_events (tenant_id, event_id, event_name, session_id, event_data, occurred_at)
       select 'explained', gen_random_uuid(), 'session.message', 's-' || n % 100000, '{}', '2025-12-01'::timestamptz + n * interval '2.5 seconds'
       from generate_series(1, 1000000) as n`,
      );
      await pool.query("analyze");
      const statements = new Map<string, pg.QueryConfig>();
      const recording = {
        query: (statement: pg.QueryConfig) => {
          statements.set(`${statement.name} ${statement.values?.length}`, statement);
          return pool.query(statement);
        },
      } as unknown as pg.Pool;
      const app = await openStatsApp(recording, at);
      for (const path of paths) expect((await get(app, path, "explained")).status, path).toBe(200);
      await app.close();
      expect(statements.size).toBeGreaterThanOrEqual(8);
      for (const { name, text, values } of statements.values()) {
        expect(name).toMatch(/^stats-/);
        const { rows } = await pool.query(`explain (analyze, buffers, format json) ${text}`, values);
        const plan: PlanNode = rows[0]["QUERY PLAN"][0].Plan;
        // The events alone have some 30,000 pages. Pages, not milliseconds: they are the same on every machine.
        expect(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"], name).toBeLessThan(pagesOfOneStatement);
        const nodes = planNodes(plan);
        const onEvents = nodes.filter((node) => /^analytics_events(_\d{4}_\d{2})?$/.test(node["Relation Name"] ?? ""));
        if (ofOneSession.has(name ?? "")) {
          expect(onEvents.length).toBeGreaterThan(0);
          for (const node of onEvents) {
            expect(node["Node Type"]).toMatch(/^(Index Scan|Bitmap Heap Scan)$/);
            expect(JSON.stringify(node)).toContain("session_id");
          }
        } else if (name === "stats-read-quality-examples") {
          for (const node of onEvents) expect(node["Node Type"]).toBe("Index Scan");
          expect(JSON.stringify(onEvents)).toContain("event_id = example.example_id");
        } else {
          expect(onEvents, name).toEqual([]);
        }
      }
    },
    millionEventsMs,
  );
});

/** They read the events of one conversation, by its id. */
const ofOneSession: ReadonlySet<string> = new Set(["stats-read-session-events", "stats-read-session-calls"]);
/** Budget of a statement: what a month of counters takes, and no more as events grow. */
const pagesOfOneStatement = 500;
const millionEventsMs = 120_000;

interface PlanNode {
  readonly "Node Type": string;
  readonly "Shared Hit Blocks": number;
  readonly "Shared Read Blocks": number;
  readonly "Relation Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

function planNodes(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(planNodes)];
}

describe("OpenAPI", () => {
  it("documents every route, parameter and answer", async () => {
    const app = fastify();
    await app.register(swagger, { openapi: { openapi: "3.1.0", info: { title: "Spanledger", version: "0" } } });
    await app.register(statsPlugin, { pool: database.pool, tenantOf: () => "default", locale: "zh-CN" });
    await app.ready();
    const document = app.swagger() as any;
    expect(Object.keys(document.paths).toSorted()).toEqual(Object.keys(asked).toSorted());
    for (const [path, { get: operation }] of Object.entries<any>(document.paths)) {
      expect(operation.summary, path).toBeTypeOf("string");
      expect(operation.responses["200"].description, path).not.toBe("Default Response");
      expect(operation.responses["400"].content["application/json"].schema.properties.error, path).toBeDefined();
      const parameters = operation.parameters as any[];
      for (const { name, in: place, description } of parameters) {
        if (place === "query" && name !== "month") expect(description, `${path} ${name}`).toBeTypeOf("string");
      }
      expect(
        parameters.map(({ name }) => name),
        path,
      ).toEqual(expect.arrayContaining(["lang", "locale"]));
    }
    const answer = document.paths["/api/analytics/case-study"].get.responses["200"].content["application/json"].schema;
    expect(Object.keys(answer.properties)).toEqual(
      expect.arrayContaining(["period", "highlights", "ai_chatbot", "agent_workbench", "story", "metrics", "status"]),
    );
    await app.close();
  });

  it("leaves nothing out of the answer of any route that its document holds", async () => {
    await seedTenant("schema", 1);
    await database.pool.query(
      `update analytics_settings set working_hours = '{"week":{"mon":["09:00-18:00"]},"holidays":["2025-12-25"],"days":{}}'
       where tenant_id = 'schema'`,
    );
    const app = await openStatsApp(database.pool, at);
    // The same routes, with answers that no schema has gone over.
    const plain = fastify();
    plain.setSerializerCompiler(() => JSON.stringify);
    await plain.register(statsPlugin, {
      pool: database.pool,
      tenantOf: () => "schema",
      locale: "zh-CN",
      now: () => Date.parse(at),
    });
    for (const path of paths) {
      const { status, body } = await get(app, path, "schema");
      expect(status, path).toBe(200);
      expect(body, path).toEqual((await get(plain, path)).body);
    }
    await app.close();
    await plain.close();
  });
});
