import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { CustomDefinitions } from "../../../collector-receiver/src/catalogue/custom-definitions.ts";
import { erasePerson } from "../../../collector-receiver/src/erase/erase-person.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import type { WriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { applyDefinitions } from "../../../collector-receiver/src/upkeep/apply-definitions.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { changeEvent } from "../../support/make-business-event.ts";
import { makeEvent, openTestIngest, shareTestIngest } from "../../support/open-test-ingest.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { arbitraryEvents, requestOf } from "./arbitrary-events.ts";

const world = shareTestIngest();
let client: WriterConnection;
beforeAll(async () => {
  client = await openWriterConnection(world.database.connectionString);
});
afterAll(() => client.end());

/** Words that `arbitraryEvents` uses: some that no list knows, and some that mean something else in the catalogue. */
const ownWords: CustomDefinitions = {
  events: {},
  metrics: {},
  words: {
    role: { ai: ["Dragon"], agent: ["bot"] },
    end_reason: { failed: ["bored", "customer_left"] },
    agent_status: { busy: ["Lunch-Break"] },
    ticket_status: { closed: ["处理中", "pending"] },
    channel: { kakao: ["Kakao 7"] },
  },
  segments: {
    "session.start": { plan: { values: ["7", "Free"] }, service_name: { values: ["bot 31"] } },
    "session.escalate": { reason: { values: ["order 7"] } },
  },
};

const apply = (tenantId: string, definitions: CustomDefinitions) => applyDefinitions(client, [tenantId], definitions);
const verify = (tenantId: string) => verifyTenant(world.database.connectionString, tenantId);

/** What tells rows apart, and what depends on how often they changed. */
const keys = [
  "period_type",
  "period_value",
  "period_start",
  "day",
  "agent_id",
  "dimension",
  "value",
  "event_name",
  "attribute",
];
const passing = /^(id|tenant_id|revision|created_at|updated_at|idle_check_at|prev_.*)$/;

/** All that is counted of a tenant, and its facts; a row of zeros equals a missing one. */
async function countedOf(tenantId: string): Promise<unknown> {
  const tables = [
    "analytics_business_metrics",
    "analytics_agent_metrics",
    "analytics_segment_counters",
    "analytics_attribute_counts",
    "analytics_sessions",
    "analytics_ticket_changes",
    "analytics_agent_states",
    "analytics_duration_histograms",
  ];
  const found = tables.map(async (table) => {
    const { rows } = await world.database.pool.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(t) as row from ${table} t where tenant_id = $1`,
      [tenantId],
    );
    const shown = rows.flatMap(({ row }) => {
      const entries = Object.entries(row).filter(([key, value]) => !passing.test(key) && value !== 0 && value !== null);
      const isFilled = entries.some(([key]) => !keys.includes(key));
      return isFilled ? [JSON.stringify(Object.fromEntries(entries))] : [];
    });
    return [table, shown.toSorted()];
  });
  return Promise.all(found);
}

test("words that are added later mean what they had meant from the start, once the tenant is rebuilt", async () => {
  const scenario = fc.record({
    events: arbitraryEvents(Date.UTC(2025, 11, 31, 16), 100 * 3_600_000),
    before: fc.double({ min: 0.2, max: 1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ events: all, before }) => {
      await emptyTables(world.database.pool);
      const send = (tenantId: string, events: readonly BusinessEvent[]) =>
        Promise.all(events.map((event) => world.ingest.submit(requestOf([changeEvent(event, { tenantId })]), 100)));
      const login = makeEvent({ name: "agent.login", agentId: 1, occurredAtMs: Date.UTC(2025, 11, 1) });
      for (const tenantId of ["early", "late"]) await send(tenantId, [login]);
      await apply("early", ownWords);
      await send("early", all);
      const cut = Math.ceil(all.length * before);
      await send("late", all.slice(0, cut));
      await apply("late", ownWords);
      const { drifts, pendingMetrics } = await verify("late");
      // Never in silence.
      if (drifts > 0)
        expect(pendingMetrics.map(({ metric }) => metric)).toContainEqual(expect.stringMatching(/^(words|segments)\./));
      await Promise.all([rebuildTenant(world.database.connectionString, "late"), send("late", all.slice(cut))]);
      for (const tenantId of ["early", "late"]) {
        expect(await verify(tenantId), tenantId).toMatchObject({ firstDrifts: [], drifts: 0 });
      }
      expect((await verify("late")).pendingMetrics).toEqual([]);
      expect(await countedOf("late")).toEqual(await countedOf("early"));
    }),
    { numRuns: propertyRuns(12) },
  );
}, 600_000);

const noon = Date.UTC(2025, 11, 25, 4);

test("own words wait for a rebuild if the only event that they change is of a test conversation", async () => {
  const { pool, connectionString } = world.database;
  const end = makeEvent({ name: "session.end", sessionId: "s", occurredAtMs: noon, attributes: { reason: "bored" } });
  const mark = makeEvent({ name: "session.start", sessionId: "s", occurredAtMs: noon + 1, attributes: { test: true } });
  for (const events of [[changeEvent(end, { test: true })], [end, changeEvent(mark, { test: true })]]) {
    await emptyTables(pool);
    for (const event of events) {
      await world.ingest.submit(requestOf([changeEvent(event, { tenantId: "trial" })]), 100);
    }
    const pending = (await apply("trial", ownWords)).get("trial");
    expect(pending?.map(({ metric }) => metric)).toContain("words.end_reason");
    expect((await verify("trial")).drifts).toBeGreaterThan(0);
    await rebuildTenant(connectionString, "trial");
    expect(await verify("trial")).toMatchObject({ drifts: 0, pendingMetrics: [] });
  }
});

const conversation = (i: number, role: string): BusinessEvent[] =>
  ["session.start", "session.message", "session.end"].map((name, step) =>
    makeEvent({
      tenantId: "two",
      name,
      sessionId: `s-${i}`,
      occurredAtMs: noon + i * 60_000 + step * 1000,
      attributes:
        name === "session.message" ? { role, user_id: "u-1" } : name === "session.end" ? { reason: "fin" } : {},
    }),
  );
const figures = async (): Promise<unknown> => {
  const { rows } = await world.database.pool.query(`
    select ai_resolved_sessions::int as resolved, outcome_not_resolved::int as failed, outcome_unanswered::int as unanswered
    from analytics_business_metrics where tenant_id = 'two' and period_type = 'day'`);
  return rows[0];
};

test("two receivers count by the words that are stored, whichever of them started last", async () => {
  await emptyTables(world.database.pool);
  const other = openTestIngest(world.database.connectionString);
  const receivers = [world.ingest, other];
  const tell = (from: number) =>
    Promise.all(receivers.map((receiver, n) => receiver.submit(requestOf(conversation(from + n, "dragon")), 100)));
  await tell(0);
  expect(await figures()).toEqual({ resolved: 0, failed: 0, unanswered: 2 });
  const first = { events: {}, metrics: {}, words: { role: { ai: ["dragon"] } } };
  expect(await apply("two", first)).toEqual(new Map([["two", [expect.objectContaining({ metric: "words.role" })]]]));
  await tell(2);
  expect(await figures()).toEqual({ resolved: 2, failed: 0, unanswered: 2 });
  expect(await verify("two")).toMatchObject({ pendingMetrics: [{ metric: "words.role" }] });
  await rebuildTenant(world.database.connectionString, "two");
  expect(await figures()).toEqual({ resolved: 4, failed: 0, unanswered: 0 });
  // A receiver with another file starts: from now on both count by that one.
  const second = { events: {}, metrics: {}, words: { role: { ai: ["dragon"] }, end_reason: { failed: ["fin"] } } };
  const pending = (await apply("two", second)).get("two");
  expect(pending?.map(({ metric }) => metric)).toEqual(["words.end_reason"]);
  await tell(4);
  expect(await figures()).toEqual({ resolved: 4, failed: 2, unanswered: 0 });
  await rebuildTenant(world.database.connectionString, "two");
  expect(await figures()).toEqual({ resolved: 0, failed: 6, unanswered: 0 });
  // An erased conversation keeps what its words mean.
  await erasePerson(client, "two", { sessionId: "s-0" });
  expect(await verify("two")).toMatchObject({ drifts: 0, pendingMetrics: [] });
  expect(await figures()).toEqual({ resolved: 0, failed: 6, unanswered: 0 });
  await other.close();
});
