import fc from "fast-check";
import { expect, it } from "vitest";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { arbitraryEvents, requestOf } from "../ingest/arbitrary-events.ts";
import { openTestIngest } from "../../support/open-test-ingest.ts";
import { get, openStatsApp } from "./stats-app.ts";

/** Around midnight of 1 December in Shanghai. */
const monthBegins = Date.UTC(2025, 10, 30, 16);
const shown = (metric: any) => ({ value: metric.value, formatted: metric.formatted, numerator: metric.numerator });

it("every route says the same of the same events, through the receiver's own counting", async () => {
  await fc.assert(
    fc.asyncProperty(arbitraryEvents(monthBegins, 3 * 86_400_000), async (events) => {
      const database = await useTestDatabase();
      const ingest = openTestIngest(database.connectionString);
      await ingest.submit(requestOf(events), 1000);
      await ingest.close();
      const app = await openStatsApp(database.pool, "2025-12-20T00:00:00Z");
      for (const tenantId of new Set(events.map((event) => event.tenantId))) {
        const ask = async (path: string): Promise<any> => (await get(app, path, tenantId)).body;
        const resolved: Record<string, number> = { "2025-11": 0, "2025-12": 0 };
        const sessions: Record<string, number> = { "2025-11": 0, "2025-12": 0 };
        const counted = events.filter((event) => event.tenantId === tenantId && event.sessionId !== null);
        for (const sessionId of new Set(counted.map((event) => event.sessionId))) {
          const { status, body } = await get(app, `sessions/${sessionId}`, tenantId);
          // A session without a start, or a test, is in no figure.
          if (status === 404 || body.outcome === null) continue;
          const month = String(body.start_day).slice(0, 7);
          sessions[month] = (sessions[month] ?? 0) + 1;
          if (body.ai_resolved) resolved[month] = (resolved[month] ?? 0) + 1;
        }
        for (const month of ["2025-11", "2025-12"]) {
          const { metrics } = await ask(`case-study?month=${month}`);
          expect(metrics.total_sessions.value ?? 0).toBe(sessions[month]);
          expect(metrics.ai_resolved_sessions.value ?? 0).toBe(resolved[month]);
          const agents = await ask(`agents?month=${month}`);
          for (const [key, total] of Object.entries<any>(agents.total)) {
            if (metrics[key].numerator !== null) expect(total, key).toMatchObject(shown(metrics[key]));
          }
          const { current } = await ask(`summary?month=${month}`);
          for (const key of Object.keys(metrics)) expect(current[key], key).toBe(metrics[key].value);
          const operations = (await ask(`operations?month=${month}`)).metrics;
          expect(operations.ai_resolution_rate).toEqual(metrics.ai_resolution_rate);
          const split = [
            operations.ai_resolution_durable_rate.denominator,
            operations.ai_resolutions_pending.value,
            operations.ai_resolutions_unattributed.value,
          ];
          expect(split.reduce((sum, part) => sum + (part ?? 0), 0)).toBe(resolved[month]);
          const rates = await ask(`query-success-rates?month=${month}`);
          expect(rates.order.success).toBe(metrics.order_queries_success.value ?? 0);
          const days = await ask(`timeseries?metric=total_messages&from=${month}&to=${month}`);
          const sum = days.points.reduce((so: number, point: any) => so + (point.value ?? 0), 0);
          expect(sum).toBe(metrics.total_messages.value ?? 0);
          const [quantile] = (
            await ask(`timeseries?metric=response_time_p50_ms&from=${month}&to=${month}&period=month`)
          ).points;
          expect(quantile.denominator).toBe(metrics.responses_timed.value ?? 0);
        }
      }
      await app.close();
      await database.drop();
    }),
    { numRuns: 15 },
  );
});
