import { reservedAttributes } from "@spanledger/sdk/event-catalogue";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RowConverter } from "../../../collector-receiver/src/history/convert-row.ts";
import { AttributeTypes } from "../../../collector-receiver/src/history/convert-value.ts";
import { deriveSourceId } from "../../../collector-receiver/src/history/derive-source-id.ts";
import { ImportRun } from "../../../collector-receiver/src/history/import-rows.ts";
import { planMapping } from "../../../collector-receiver/src/history/read-mapping.ts";
import type { RowFields } from "../../../collector-receiver/src/history/source-row.ts";
import { rulesOf } from "../../../collector-receiver/src/ingest/count-batch.ts";
import type { GroupCommit } from "../../../collector-receiver/src/ingest/group-commit.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { defaultMappingLimits } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { countedAttributes } from "../../../collector-receiver/src/metrics/event-counters.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { findChangedEvents } from "../../../collector-receiver/src/storage/events/find-changed-events.ts";
import { loadTenantRules } from "../../../collector-receiver/src/storage/settings/load-tenant-rules.ts";
import { seedTenantSettings } from "../../../collector-receiver/src/storage/settings/seed-tenant-settings.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import type { WriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { createTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { openTestIngest, testTenantDefaults } from "../../support/open-test-ingest.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { arbitraryEvents } from "../ingest/arbitrary-events.ts";

const around = Date.UTC(2025, 10, 30, 16);
const hour = 3_600_000;

let database: TestDatabase;
let ingest: GroupCommit;
let client: WriterConnection;
beforeAll(async () => {
  database = await createTestDatabase();
  ingest = openTestIngest(database.connectionString);
  client = await openWriterConnection(database.connectionString);
});
afterAll(async () => {
  await client.end();
  await ingest.close();
  await database.drop();
});

/** An event as a row of the plan's table; the key is its place. */
function rowOf(event: BusinessEvent, id: number): RowFields {
  return {
    id,
    event_name: event.name,
    session_id: event.sessionId,
    agent_id: event.agentId,
    ticket_id: event.ticketId,
    event_data: JSON.parse(Buffer.from(event.eventData).toString()),
    created_at: new Date(event.occurredAtMs).toISOString(),
  };
}

async function importRows(tenantId: string, rows: readonly (readonly [place: number, fields: RowFields])[]) {
  const converter = new RowConverter(planMapping, new AttributeTypes(countedAttributes, undefined), undefined, around);
  const run = new ImportRun(converter, {
    rules: rulesOf(await loadTenantRules(client, [tenantId]), tenantId),
    countedAttributes,
    serviceName: null,
    ingest,
    findChanged: (events) => findChangedEvents(client, events),
  });
  async function* batches() {
    yield rows.map(([place, fields]) => ({ place, fields }));
  }
  return run.run({ placeName: "row", batches: batches() });
}

const counterTables = [
  "analytics_business_metrics",
  "analytics_agent_metrics",
  "analytics_event_counts",
  "analytics_attribute_counts",
  "analytics_duration_histograms",
  "analytics_data_quality",
  "analytics_sessions",
  "analytics_tickets",
  "analytics_ticket_changes",
  "analytics_events",
];

/** What differs between tenants, between writes, and between the forms in which events come; when the sweep looks next depends on order. */
const apart =
  /^(?:tenant_id|id|revision|created_at|updated_at|trace_id|span_id|service_name|product|idle_check_at|example|prev_.*)$/;

const isNothing = (value: unknown): boolean =>
  value === null || value === 0 || (Array.isArray(value) && value.every(isNothing));

/** All that is stored of a tenant. A counter that is 0 again is as one that has never been anything else. */
async function storedOf(tenantId: string): Promise<Record<string, unknown[]>> {
  const stored: Record<string, unknown[]> = {};
  for (const table of counterTables) {
    const keys = await database.pool.query<{ name: string }>(
      `select attname as name from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
       where indrelid = $1::regclass and indisunique`,
      [table],
    );
    const isKey = new Set(["period_start", ...keys.rows.map(({ name }) => name)]);
    const { rows } = await database.pool.query<{ row: object }>(
      `select to_jsonb(t) as row from ${table} t where tenant_id = $1`,
      [tenantId],
    );
    stored[table] = rows
      .map(({ row }) => Object.entries(row).filter(([name, value]) => !apart.test(name) && !isNothing(value)))
      .filter((row) => row.some(([name]) => !isKey.has(name)))
      .map((row) => JSON.stringify(row.toSorted(([a], [b]) => (a < b ? -1 : 1))))
      .toSorted();
  }
  return stored;
}

test("events imported in any parts, in any order and more than once, give what the same events give live", async () => {
  // Events without notes of what was left out: the row of the plan's table has the value itself.
  const events = arbitraryEvents(around, 40 * hour).map((all) => all.filter(({ invalid }) => invalid === undefined));
  const scenario = events.chain((all) =>
    fc.record({
      all: fc.constant(all),
      parts: fc.array(fc.subarray([...all.keys()], { minLength: 0 }), { maxLength: 3 }),
      order: fc.shuffledSubarray([...all.keys()], { minLength: all.length, maxLength: all.length }),
    }),
  );
  let seen = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async ({ all, parts, order }) => {
      await emptyTables(database.pool);
      await seedTenantSettings(client, ["imported", "live"], testTenantDefaults);
      await client.query("update analytics_settings set idle_through = to_timestamp($1)", [around / 1000]);
      const rows = all.map((event, i) => rowOf(event, i));
      const live = all.map((event, i) => {
        const { session_id, agent_id, ticket_id, event_data } = rows[i] as Record<string, unknown>;
        const named = Object.entries({ session_id, agent_id, ticket_id }).filter(([, value]) => value !== null);
        const id = deriveSourceId(planMapping.source, [String(i)], undefined);
        const attributes: Record<string, string> = {
          ...(event_data as Record<string, string>),
          ...Object.fromEntries(named),
          [reservedAttributes.eventId]: id,
        };
        return { name: event.name, attributes, atMs: event.occurredAtMs };
      });
      const mapped = mapRequest(Buffer.from(tracesWith(live, { resource: {} })), "json", "traces", {
        tenant: { kind: "fixed", tenantId: "live" },
        nowMs: Date.now(),
        retainedFromMs: () => null,
        countedAttributes,
        limits: defaultMappingLimits,
      });
      await ingest.submit(mapped, 1000);
      let imported = 0;
      for (const part of [...parts, order]) {
        const report = await importRows(
          "imported",
          part.map((i) => [i, rows[i]!] as const),
        );
        imported += report.imported;
        expect(report).toMatchObject({ unreadable: 0, changed: 0 });
        if (part === order) expect(report.rejected).toBe(mapped.rejected.length);
      }
      expect(imported).toBe(mapped.events.length);
      seen += imported;
      expect(await storedOf("imported")).toEqual(await storedOf("live"));
      const { drifts, firstDrifts } = await verifyTenant(database.connectionString, "imported");
      expect({ drifts, firstDrifts }).toEqual({ drifts: 0, firstDrifts: [] });
    }),
    { numRuns: propertyRuns(12) },
  );
  expect(seen).toBeGreaterThan(0);
});
