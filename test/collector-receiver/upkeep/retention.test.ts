import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { retentionStart } from "../../../collector-receiver/src/upkeep/apply-retention.ts";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { arbitraryEvents, requestOf } from "../ingest/arbitrary-events.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { forgetBefore, sealBefore } from "../../support/seal-before.ts";
import { changeEvent } from "../../support/make-business-event.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import { propertyRuns } from "../../support/property-runs.ts";

const hour = 3_600_000;
/** Starts of business months in Shanghai: a Monday, a Thursday and a Sunday, of whose week most lies in the month before. */
const bounds = [Date.UTC(2025, 10, 30, 16), Date.UTC(2025, 11, 31, 16), Date.UTC(2026, 0, 31, 16)];

const world = shareTestIngest();

async function empty(): Promise<void> {
  await emptyTables(world.database.pool);
}

const send = (events: readonly BusinessEvent[]) =>
  Promise.all(events.map((event) => world.ingest.submit(requestOf([event]), 100)));

async function withWriter<Result>(work: (client: Awaited<ReturnType<typeof openWriterConnection>>) => Promise<Result>) {
  const client = await openWriterConnection(world.database.connectionString);
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** All counters as they are stored, of periods before a day, revisions left out, and the ledger of data quality. */
async function sealedCounters(day: string): Promise<unknown> {
  const { rows } = await world.database.pool.query(
    `select to_jsonb(m) - '{id,revision,created_at,updated_at}'::text[] as row from analytics_business_metrics m
     where period_start < $1::date and not (period_type = 'week' and period_start + 7 > $1::date)
     order by tenant_id, period_type, period_value`,
    [day],
  );
  const { rows: ledger } = await world.database.pool.query(
    `select to_jsonb(q) - 'example' as row from analytics_data_quality q where day < $1::date and events <> 0
     order by tenant_id, day, code, attribute, detail, event_name`,
    [day],
  );
  const { rows: segments } = await world.database.pool.query(
    `select to_jsonb(s) as row from analytics_segment_counters s where day < $1::date and total_sessions + first_takeovers <> 0
     order by tenant_id, day, dimension, value`,
    [day],
  );
  return [rows, ledger, segments];
}

test("what is kept begins with a business month, in the tenant's timezone", () => {
  expect(new Date(retentionStart("Asia/Shanghai", 1, Date.UTC(2025, 11, 31, 17))).toISOString()).toBe(
    "2025-11-30T16:00:00.000Z",
  );
  expect(new Date(retentionStart("Asia/Shanghai", 1, Date.UTC(2025, 11, 31, 15))).toISOString()).toBe(
    "2025-10-31T16:00:00.000Z",
  );
  expect(new Date(retentionStart("America/New_York", 13, Date.UTC(2025, 5, 1))).toISOString()).toBe(
    "2024-04-01T04:00:00.000Z",
  );
});

describe.each(bounds)("sealed before %d", (bound) => {
  test("whatever comes before, at and after it: drift 0, sealed counters stay, rebuild mends the rest", async () => {
    const scenario = fc.record({
      before: arbitraryEvents(bound, 60 * hour),
      after: arbitraryEvents(bound + 90 * hour, 90 * hour),
      forgets: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ before, after, forgets }) => {
        await empty();
        const ours = (events: readonly BusinessEvent[], offset: number) =>
          events.map((event, i) =>
            changeEvent(event, {
              tenantId: "default",
              eventId: uuidV7(event.occurredAtMs, offset + i),
            }),
          );
        await send(ours(before, 1));
        await withWriter(async (client) => {
          for await (const _ of sweepIdleSessions(client, "default", bound + 30 * hour));
          await sealBefore(client, "default", bound);
          // The rows of the sealed months, as dropping their partitions takes them.
          await client.query({
            text: "delete from analytics_events where occurred_at < to_timestamp($1::float8 / 1000)",
            values: [bound],
          });
          if (forgets) await forgetBefore(client, "default", bound);
        });
        const day = new Date(bound + 8 * hour).toISOString().slice(0, 10);
        const sealed = await sealedCounters(day);
        const verified = () => verifyTenant(world.database.connectionString, "default");
        expect(await verified()).toMatchObject({ drifts: 0, firstDrifts: [] });
        // Late events of sessions whose beginning is gone.
        await send(ours(after, 1000).filter((event) => event.occurredAtMs >= bound));
        expect(await verified()).toMatchObject({ drifts: 0, firstDrifts: [] });
        expect(await sealedCounters(day)).toEqual(sealed);
        await world.database.pool.query(
          `update analytics_business_metrics set total_messages = total_messages + 1 where period_start >= $1::date`,
          [day],
        );
        await world.database.pool.query(
          "delete from analytics_sessions where first_seen_at >= to_timestamp($1::float8 / 1000)",
          [bound],
        );
        await rebuildTenant(world.database.connectionString, "default");
        expect(await verified()).toMatchObject({ drifts: 0, firstDrifts: [] });
        expect(await sealedCounters(day)).toEqual(sealed);
      }),
      { numRuns: propertyRuns(20) },
    );
  });
});

test("an older event that was mapped before the retention moved is not committed, and nothing with it", async () => {
  await empty();
  const bound = bounds[0] as number;
  await send([makeEvent({ name: "session.start", sessionId: "s1", occurredAtMs: bound + hour })]);
  await withWriter((client) => sealBefore(client, "default", bound));
  const old = makeEvent({ name: "session.start", sessionId: "s0", occurredAtMs: bound - 1 });
  await expect(world.ingest.submit(requestOf([old]), 100)).rejects.toMatchObject({ code: "period_sealed" });
  const { rows } = await world.database.pool.query("select count(*)::int as rows from analytics_events");
  expect(rows).toEqual([{ rows: 1 }]);
});

test.each([
  ["a rating", { rating: 5 }],
  ["feedback without a rating", {}],
])("a session with %s after the bound stays, though that moves no time of it", async (_, attributes) => {
  await empty();
  const bound = bounds[1] as number;
  await send([
    makeEvent({ name: "session.start", sessionId: "rated", occurredAtMs: bound - 2 * hour }),
    makeEvent({ name: "session.start", sessionId: "silent", occurredAtMs: bound - 2 * hour }),
    makeEvent({ name: "session.feedback", sessionId: "rated", occurredAtMs: bound + hour, attributes }),
  ]);
  await withWriter(async (client) => {
    await sealBefore(client, "default", bound);
    await client.query({
      text: "delete from analytics_events where occurred_at < to_timestamp($1::float8 / 1000)",
      values: [bound],
    });
    expect(await forgetBefore(client, "default", bound)).toBe(1);
  });
  const { rows } = await world.database.pool.query("select session_id from analytics_sessions");
  expect(rows).toEqual([{ session_id: "rated" }]);
  expect(await verifyTenant(world.database.connectionString, "default")).toMatchObject({ drifts: 0, firstDrifts: [] });
});
