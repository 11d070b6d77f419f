import fc from "fast-check";
import { expect, test } from "vitest";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { anyTraces, context, encodeProtobuf } from "../mapping/otlp-messages.ts";
import { shareTestIngest } from "../../support/open-test-ingest.ts";

const world = shareTestIngest();

test("whatever a sender writes into attributes is recounted from its row as it was counted from the wire", async () => {
  const fixed = { ...context, tenant: { kind: "fixed", tenantId: "default" } } as const;
  let events = 0;
  const kept = { events: new Set<string>(), rejected: new Set<string>() };
  await fc.assert(
    fc.asyncProperty(fc.array(anyTraces, { minLength: 10, maxLength: 10 }), async (messages) => {
      for (const message of messages) {
        const mapped = mapRequest(encodeProtobuf("traces", message), "protobuf", "traces", fixed);
        events += mapped.events.length;
        for (const { eventId, occurredAtMs } of mapped.events) kept.events.add(`${eventId} ${occurredAtMs}`);
        for (const { contentHash } of mapped.rejected) kept.rejected.add(Buffer.from(contentHash).toString("hex"));
        const { inserted, duplicates, refused } = await world.ingest.submit(mapped, 1000);
        // Every event of every request is a row, was one already, or is kept with the reason.
        expect([inserted + duplicates, refused]).toEqual([mapped.events.length, []]);
      }
    }),
    { numRuns: 20 },
  );
  expect(events).toBeGreaterThan(200);
  const { rows } = await world.database.pool.query(
    "select (select count(*)::int from analytics_events) as events, (select count(*)::int from analytics_rejected_events) as rejected",
  );
  expect(rows).toEqual([{ events: kept.events.size, rejected: kept.rejected.size }]);
  expect(kept.rejected.size).toBeGreaterThan(50);
  const verified = await verifyTenant(world.database.connectionString, "default");
  expect(verified).toMatchObject({ drifts: 0, firstDrifts: [] });
  expect(verified.events).toBeGreaterThan(200);
  await world.database.pool.query(
    "truncate analytics_business_metrics, analytics_sessions, analytics_duration_counters",
  );
  await rebuildTenant(world.database.connectionString, "default");
  expect(await verifyTenant(world.database.connectionString, "default")).toMatchObject({ drifts: 0, firstDrifts: [] });
});
