import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { erasePerson } from "../../../collector-receiver/src/erase/erase-person.ts";
import type { GroupCommit } from "../../../collector-receiver/src/ingest/group-commit.ts";
import type { IngestResult } from "../../../collector-receiver/src/ingest/ingest-port.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { seedTenantSettings } from "../../../collector-receiver/src/storage/settings/seed-tenant-settings.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import type { WriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { changeSettings } from "../../../collector-receiver/src/upkeep/change-settings.ts";
import { keepResolutionDays } from "../../../collector-receiver/src/upkeep/keep-resolution-days.ts";
import { sweepIdleSessions } from "../../../collector-receiver/src/upkeep/sweep-idle-sessions.ts";
import { createTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { openTestIngest, testTenantDefaults } from "../../support/open-test-ingest.ts";
import { arbitraryDeliveries, arbitraryEvents, requestOf } from "./arbitrary-events.ts";

const tenants = ["default", "brand-b"];
const hour = 3_600_000;
const around = Date.UTC(2025, 11, 31, 16);

let database: TestDatabase;
let receivers: GroupCommit[];
beforeAll(async () => {
  database = await createTestDatabase();
  receivers = [1, 2].map(() => openTestIngest(database.connectionString, { batchMaxEvents: 15 }));
});
afterAll(async () => {
  await Promise.all(receivers.map((receiver) => receiver.close()));
  await database.drop();
});

/** Work that has a tenant alone, each as the command or the receiver does it. */
const work: Readonly<Record<string, (client: WriterConnection, tenantId: string, step: number) => Promise<unknown>>> = {
  async sweep(client, tenantId, step) {
    for await (const _ of sweepIdleSessions(client, tenantId, around + (step - 3) * 8 * hour));
  },
  async settings(client, tenantId, step) {
    const timezone = step % 2 === 0 ? "America/New_York" : "Asia/Kathmandu";
    await changeSettings(client, tenantId, { timezone, idleTimeoutSeconds: 3600 * step });
    await rebuildTenant(database.connectionString, tenantId);
  },
  rebuild: (_, tenantId) => rebuildTenant(database.connectionString, tenantId),
  erase: (client, tenantId, step) => erasePerson(client, tenantId, { sessionId: `s-${step}` }),
  judge: (client, tenantId) => keepResolutionDays(client, tenantId),
};

/** A sender: what it is told to send again it sends again. */
async function send(receiver: GroupCommit, events: readonly BusinessEvent[]): Promise<IngestResult> {
  for (;;) {
    try {
      return await receiver.submit(requestOf(events), 1000);
    } catch (error) {
      if ((error as { code?: string }).code !== "tenant_busy") throw error;
    }
  }
}

test("whatever is done to whole tenants meanwhile, every event is stored and counted once", async () => {
  const scenario = arbitraryEvents(around, 40 * hour).chain((events) =>
    fc.record({
      events: fc.constant(events),
      deliveries: arbitraryDeliveries(events.length, 2),
      steps: fc.array(fc.record({ what: fc.constantFrom(...Object.keys(work)), tenant: fc.constantFrom(...tenants) }), {
        minLength: 2,
        maxLength: 8,
      }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(scenario, async ({ events, deliveries, steps }) => {
      await emptyTables(database.pool);
      const clients = await Promise.all(tenants.map(() => openWriterConnection(database.connectionString)));
      await seedTenantSettings(clients[0] as WriterConnection, tenants, testTenantDefaults);
      await database.pool.query("update analytics_settings set idle_through = to_timestamp($1)", [around / 1000 - 1e6]);
      try {
        const [answers] = await Promise.all([
          Promise.all(
            deliveries.map(({ receiver, events: indexes }) =>
              send(
                receivers[receiver] as GroupCommit,
                indexes.map((i) => events[i] as BusinessEvent),
              ),
            ),
          ),
          ...tenants.map(async (tenantId, place) => {
            for (const [step, { what, tenant }] of steps.entries()) {
              if (tenant === tenantId) await work[what]?.(clients[place] as WriterConnection, tenantId, step + 1);
            }
          }),
        ]);
        expect(answers.reduce((sum, answer) => sum + answer.inserted, 0)).toBe(events.length);
        const { rows } = await database.pool.query<{ events: number }>(
          "select count(*)::int as events from analytics_events",
        );
        expect(rows).toEqual([{ events: events.length }]);
        for (const tenantId of tenants) {
          const { drifts, firstDrifts } = await verifyTenant(database.connectionString, tenantId);
          expect({ tenantId, drifts, firstDrifts }).toEqual({ tenantId, drifts: 0, firstDrifts: [] });
        }
      } finally {
        await Promise.all(clients.map((client) => client.end()));
      }
    }),
    { numRuns: 20 },
  );
});
