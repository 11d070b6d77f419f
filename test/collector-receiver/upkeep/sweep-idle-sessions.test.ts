import { expect, onTestFinished, test } from "vitest";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

const day = 86_400_000;

test("sessions end by silence exactly when the watermark passes, in slices, and come back when they speak again", async () => {
  const database = await useTestDatabase();
  const ingest = openTestIngest(database.connectionString);
  onTestFinished(() => ingest.close());
  const client = await openWriterConnection(database.connectionString);
  onTestFinished(() => client.end());
  const begin = Date.UTC(2025, 11, 10);
  await database.pool.query(
    "insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules) values ('default', 'Asia/Shanghai', 'CNY', 86400, to_timestamp($1::double precision / 1000), 2)",
    [begin],
  );
  await database.pool.query("insert into analytics_costs values ('default', '0001-01-01', 10)");

  // 2,500 sessions, silent since one of 50 instants: many share one, also across the edges of slices.
  const lastActivity = Array.from({ length: 2500 }, (_, i) => begin - 2 * day + (i % 50) * 7_200_000);
  const starts = lastActivity.flatMap((atMs, i) => [
    makeEvent({ name: "session.start", sessionId: `s-${i}`, occurredAtMs: atMs }),
    makeEvent({ name: "session.message", sessionId: `s-${i}`, occurredAtMs: atMs, attributes: { role: "ai" } }),
  ]);
  await ingest.submit(requestOf(starts), 2000);
  const endedBy = (watermark: number): number => lastActivity.filter((atMs) => atMs + day <= watermark).length;
  const counted = async () => {
    const { rows } = await database.pool.query(
      "select sum(sessions_ended_idle)::int as idle, sum(ai_resolved_sessions)::int as resolved, sum(estimated_cost_saved)::int as saved from analytics_business_metrics where period_type = 'day'",
    );
    return rows[0];
  };
  expect(await counted()).toEqual({ idle: endedBy(begin), resolved: endedBy(begin), saved: endedBy(begin) * 10 });

  for (const watermark of [begin + 1, begin + 7_200_000, begin + 2.5 * day, begin + 10 * day]) {
    let previous = 0;
    for await (const slice of sweepIdleSessions(client, "default", watermark)) {
      expect(slice.idleThroughMs).toBeGreaterThan(previous);
      expect(slice.idleThroughMs).toBeLessThanOrEqual(watermark);
      previous = slice.idleThroughMs;
    }
    const ended = endedBy(watermark);
    expect(await counted()).toEqual({ idle: ended, resolved: ended, saved: ended * 10 });
  }

  // Late activity corrects itself: ten sessions turn out not to have been silent.
  const woken = Array.from({ length: 10 }, (_, i) =>
    makeEvent({ name: "session.message", sessionId: `s-${i}`, occurredAtMs: begin + 9.5 * day }),
  );
  await ingest.submit(requestOf(woken), 1000);
  expect(await counted()).toMatchObject({ idle: 2490 });
  // Sweeping to where the watermark is already changes nothing; later they end again.
  for await (const slice of sweepIdleSessions(client, "default", begin + 3 * day)) expect(slice.sessions).toBe(0);
  for await (const _ of sweepIdleSessions(client, "default", begin + 10.4 * day));
  expect(await counted()).toMatchObject({ idle: 2490 });
  for await (const _ of sweepIdleSessions(client, "default", begin + 10.5 * day));
  expect(await counted()).toMatchObject({ idle: 2500 });
  expect(await verifyTenant(database.connectionString, "default")).toMatchObject({ drifts: 0, firstDrifts: [] });
});
