import fc from "fast-check";
import { expect, test } from "vitest";
import { hashDefinitions } from "../../../collector-receiver/src/catalogue/custom-definitions.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { changeEvent } from "../../support/make-business-event.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import { arbitraryEvents, requestOf } from "../ingest/arbitrary-events.ts";
import { ownDefinitions } from "../ingest/count-own-from-scratch.ts";
import { eventsBySegment } from "../ingest/segments-from-scratch.ts";
import { get, openStatsApp } from "./stats-app.ts";

const world = shareTestIngest();
/** Around midnight of 1 December in Shanghai. */
const monthBegins = Date.UTC(2025, 10, 30, 16);
const now = "2025-12-20T00:00:00Z";

async function seedTenant(tenantId: string): Promise<void> {
  await world.database.pool.query(
    `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, custom_definitions,
       custom_definitions_hash, counting_rules)
     values ($1, 'Asia/Shanghai', 'CNY', 21600, '2025-12-02T00:00Z', $2, $3, 2)`,
    [tenantId, JSON.stringify(ownDefinitions), hashDefinitions(ownDefinitions)],
  );
  await world.database.pool.query("insert into analytics_costs values ($1, '0001-01-01', 10)", [tenantId]);
  // Every tenant has an AI and agents, long before.
  const before = { tenantId, sessionId: "before", occurredAtMs: Date.UTC(2025, 5, 1), serviceName: null };
  await world.ingest.submit(
    requestOf([
      makeEvent({ ...before, name: "session.start" }),
      makeEvent({ ...before, name: "session.message", attributes: { role: "ai" } }),
      makeEvent({ ...before, sessionId: null, name: "agent.login", agentId: 1 }),
    ]),
    100,
  );
}

const send = (tenantId: string, events: readonly BusinessEvent[]) =>
  world.ingest.submit(requestOf(events.map((event) => changeEvent(event, { tenantId }))), 1000);

const channels = ["web", "app", " Website", "微信"];

/** Several draws as one tenant's, each with sessions of its own, and a start of each: so that every segment has some. */
const arbitraryConversations = fc
  .array(arbitraryEvents(monthBegins, 3 * 86_400_000), { minLength: 4, maxLength: 4 })
  .map((draws) =>
    draws.flatMap((events, draw) => [
      ...events.map((event, i) =>
        changeEvent(event, {
          tenantId: "default",
          eventId: uuidV7(event.occurredAtMs, draw * 1000 + i),
          sessionId: event.sessionId === null ? null : `${draw}-${event.sessionId}`,
        }),
      ),
      ...[1, 2, 3, 4].map((session, i) =>
        makeEvent({
          tenantId: "default",
          sessionId: `${draw}-s-${session}`,
          occurredAtMs: monthBegins + (draw * 4 + i - 8) * 3_600_000,
          name: "session.start",
          serviceName: i % 2 === 0 ? "test" : "bot 31",
          attributes: { channel: channels[(draw + i) % 4] as string, plan: i === 0 ? "free" : "Free" },
        }),
      ),
    ]),
  );

const parameterOf = (dimension: string, value: string): string => {
  const isNamed = dimension === "channel" || dimension === "product";
  return isNamed
    ? `${dimension}=${encodeURIComponent(value)}`
    : `segment=${encodeURIComponent(`${dimension}:${value}`)}`;
};

test("a filter shows what a tenant shows that has had these conversations only, and says what it cannot", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryConversations, async (events) => {
      await emptyTables(world.database.pool);
      await seedTenant("all");
      await send("all", events);
      const app = await openStatsApp(world.database.pool, now);
      const segments = eventsBySegment(events);
      let number = 0;
      for (const [segment, ofSegment] of segments) {
        const [dimension, value] = segment.split("|") as [string, string];
        const only = `only-${++number}`;
        await seedTenant(only);
        await send(only, ofSegment);
        for (const period of ["month=2025-12&compare=previous", "month=2025-11", "period=2025-W49"]) {
          const path = `case-study?locale=en&${period}`;
          const filtered = (await get(app, `${path}&${parameterOf(dimension, value)}`, "all")).body;
          const expected = (await get(app, path, only)).body;
          expect(filtered.segment).toEqual({ dimension, value });
          expect(filtered.notes.map(({ code }: any) => code)).toContain("filtered");
          for (const [key, metric] of Object.entries<any>(filtered.metrics)) {
            if (metric.reason === "not_filtered") {
              expect(metric, key).toMatchObject({ value: null, formatted: "—", change: null });
            } else expect(metric, `${key} of ${segment}`).toEqual(expected.metrics[key]);
          }
          expect(filtered.metrics.unique_customers.reason).toBe("not_filtered");
          expect(filtered.metrics.total_messages.reason).toBe("not_filtered");
          expect(filtered.metrics.ai_resolution_rate.reason).toBeUndefined();
          const summary = (await get(app, `summary?locale=en&${period}&${parameterOf(dimension, value)}`, "all")).body;
          expect(summary.current.total_sessions).toBe(expected.metrics.total_sessions.value);
          expect(summary.current.total_messages).toBeNull();
        }
        for (const by of ["day", "month", "quarter"]) {
          for (const metric of ["total_sessions", "ai_resolution_rate", "avg_first_response_ms", "csat_rate"]) {
            const path = `timeseries?metric=${metric}&from=2025-11-27&to=2025-12-05&by=${by}`;
            const series = (await get(app, `${path}&${parameterOf(dimension, value)}`, "all")).body;
            expect(series.points, `${metric} by ${by}`).toEqual((await get(app, path, only)).body.points);
          }
        }
      }
      const { body } = await get(app, "segments?start_date=2025-11-20&end_date=2025-12-15&locale=en", "all");
      const counted = body.dimensions.flatMap(({ dimension, segments: rows }: any) =>
        rows
          .filter(({ metrics }: any) => metrics.total_sessions.value > 0)
          .map(({ value, metrics }: any) => [`${dimension}|${value}`, metrics.total_sessions.value]),
      );
      const started = [...segments].map(([segment, of]) => [
        segment,
        new Set(of.map(({ sessionId }) => sessionId)).size,
      ]);
      expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(started));
      await app.close();
    }),
    { numRuns: propertyRuns(6) },
  );
}, 300_000);

test("one dimension at a time; what cannot be filtered is refused by name", async () => {
  await emptyTables(world.database.pool);
  await seedTenant("all");
  const app = await openStatsApp(world.database.pool, now);
  const refused = async (path: string) => {
    const { status, body } = await get(app, path, "all");
    return { status, code: body.error?.code, parameter: body.error?.parameter };
  };
  expect(await refused("case-study?channel=web&product=bot")).toEqual({
    status: 400,
    code: "mixed_parameters",
    parameter: "product",
  });
  expect(await refused("summary?channel=")).toEqual({ status: 400, code: "invalid_parameter", parameter: "channel" });
  expect(await refused("summary?segment=plan")).toMatchObject({ status: 400, code: "invalid_parameter" });
  expect(await refused("summary?segment=colour:red")).toMatchObject({ status: 400, parameter: "segment" });
  expect(await refused("summary?segment=service_name:bot")).toMatchObject({ status: 400, parameter: "segment" });
  expect((await get(app, "summary?segment=plan:free", "all")).status).toBe(200);
  for (const metric of ["total_messages", "unique_customers", "response_time_p50_ms", "ai_spend", "acme_events"]) {
    expect(await refused(`timeseries?metric=${metric}&channel=web`), metric).toEqual({
      status: 400,
      code: "not_filtered",
      parameter: "metric",
    });
  }
  await app.close();
});
