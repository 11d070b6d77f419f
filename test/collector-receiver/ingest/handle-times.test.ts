import fc from "fast-check";
import { expect, test } from "vitest";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { requestOf } from "./arbitrary-events.ts";
import { qualityFromScratch } from "./quality-from-scratch.ts";

const shared = shareTestIngest();
/** 23:00 in Shanghai, so that sessions end on the next day. */
const beginMs = Date.UTC(2025, 11, 25, 15);
const minuteMs = 60_000;
let tenants = 0;

async function storedEntries(tenantId: string): Promise<Record<string, number>> {
  const { rows } = await shared.database.pool.query<{ key: string; events: number }>(
    `select concat_ws('|', tenant_id, day, code, attribute, detail, event_name) as key, events::int
     from analytics_data_quality where events <> 0 and tenant_id = $1`,
    [tenantId],
  );
  return Object.fromEntries(rows.map(({ key, events }) => [key, events]));
}

test("handle times that contradict their session stand in the ledger whatever the order and the batches, and a rebuild finds the same", async () => {
  const draft = fc.record({
    // Mostly one takeover and one release.
    name: fc.constantFrom("takeover", "takeover", "takeover", "release", "release", "release", "transfer", "message"),
    session: fc.integer({ min: 1, max: 6 }),
    minute: fc.integer({ min: 0, max: 150 }),
    // Around the limits: what contradicts an hour, and what just does not.
    seconds: fc.option(fc.constantFrom(0, 1, 59.999, 360, 600, 3600, 36_000, 36_001, 3_600_000), { freq: 9 }),
    isTest: fc.integer({ min: 0, max: 29 }).map((n) => n === 0),
    batch: fc.integer({ min: 0, max: 3 }),
  });
  let contradicting = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(draft, { minLength: 4, maxLength: 20 }), async (drafts) => {
      const tenantId = `handled-${++tenants}`;
      const events = drafts.map(({ name, session, minute, seconds, isTest }): BusinessEvent => {
        const attributes = {
          ...(name === "release" && seconds !== null ? { handle_duration_seconds: seconds } : {}),
          ...(isTest ? { test: true } : {}),
        };
        const occurredAtMs = beginMs + minute * minuteMs;
        const about = { tenantId, sessionId: `s-${session}`, agentId: 7, occurredAtMs, attributes, test: isTest };
        return makeEvent({ name: `agent.session_${name}`, ...about });
      });
      for (const batch of [0, 1, 2, 3]) {
        const own = events.filter((_, i) => drafts[i]?.batch === batch);
        if (own.length > 0) await shared.ingest.submit(requestOf(own), 1000);
      }
      const expected = qualityFromScratch(events, "Asia/Shanghai");
      contradicting += Object.keys(expected).length;
      expect(await storedEntries(tenantId)).toEqual(expected);
      const { connectionString } = shared.database;
      expect(await verifyTenant(connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
      // From facts as an older version left them.
      await shared.database.pool.query(
        `update analytics_sessions set released_at = null, first_release_event_id = null, handle_ms = null, marks = marks & 7
         where tenant_id = $1`,
        [tenantId],
      );
      await rebuildTenant(connectionString, tenantId);
      expect(await storedEntries(tenantId)).toEqual(expected);
      expect(await verifyTenant(connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
    }),
    { numRuns: propertyRuns(20) },
  );
  expect(contradicting).toBeGreaterThan(0);
}, 300_000);
