import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkDefinitions } from "../../../collector-receiver/src/catalogue/check-definitions.ts";
import { reservedMetricKeys } from "../../../collector-receiver/src/metrics/reserved-metric-keys.ts";
import type { CustomDefinitions } from "../../../collector-receiver/src/catalogue/custom-definitions.ts";
import type { PendingMetric } from "../../../collector-receiver/src/storage/settings/store-custom-definitions.ts";
import { applyDefinitions } from "../../../collector-receiver/src/upkeep/apply-definitions.ts";
import { sealBefore } from "../../support/seal-before.ts";
import { erasePerson } from "../../../collector-receiver/src/erase/erase-person.ts";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import type { WriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { arbitraryEvents, requestOf } from "./arbitrary-events.ts";
import { countOwnFromScratch, ownDefinitions, storedOwnNumbers } from "./count-own-from-scratch.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import type { EventFields } from "../../support/make-business-event.ts";
import { propertyRuns } from "../../support/property-runs.ts";

const timezone = "Asia/Shanghai";
const hour = 3_600_000;

const world = shareTestIngest();
let client: WriterConnection;
beforeAll(async () => {
  client = await openWriterConnection(world.database.connectionString);
});
afterAll(() => client.end());

const none: CustomDefinitions = { events: {}, metrics: {} };
const apply = async (definitions: CustomDefinitions): Promise<PendingMetric[]> =>
  (await applyDefinitions(client, ["default"], definitions)).get("default") ?? [];
const send = (events: readonly BusinessEvent[]) =>
  Promise.all(events.map((event) => world.ingest.submit(requestOf([event]), 100)));
const verify = () => verifyTenant(world.database.connectionString, "default");
const numbers = () => storedOwnNumbers(world.database.pool);
const pendingOf = async () => (await verify()).pendingMetrics.map(({ metric }) => metric);

async function empty(): Promise<void> {
  await emptyTables(world.database.pool);
}

/** An event of ours; what products send is its data. */
function custom(attributes: Record<string, string | number | boolean>, more: Partial<EventFields> = {}): BusinessEvent {
  return makeEvent({ name: "acme.custom", attributes, ...more });
}

/** Ways to break the counters of a product's own metrics. */
const damages = [
  "truncate analytics_custom_counters",
  "truncate analytics_custom_sessions",
  "truncate analytics_custom_session_counts",
  "update analytics_custom_counters set total = total + 1, events = events + 2",
  "update analytics_custom_session_counts set sessions = sessions + 3 where period_type <> 'week'",
  "delete from analytics_custom_sessions where session_id < 's-3'",
  "insert into analytics_custom_session_counts values ('default', 'day', '2020-01-01', '2020-01-01', 'never', '', 4)",
];

test("rebuild counts earlier events for a metric added later, while ingest goes on and from any state", async () => {
  const scenario = fc.record({
    events: arbitraryEvents(Date.UTC(2025, 11, 31, 16), 100 * hour),
    before: fc.double({ min: 0.2, max: 1, noNaN: true }),
    during: fc.double({ min: 0, max: 1, noNaN: true }),
    damage: fc.option(fc.constantFrom(...damages)),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ events: all, before, during, damage }) => {
      await empty();
      const events = all.filter(({ tenantId }) => tenantId === "default");
      fc.pre(events.length > 0);
      const cut = Math.ceil(events.length * before);
      await send(events.slice(0, cut));
      await apply(ownDefinitions);
      const end = cut + Math.floor((events.length - cut) * during);
      await send(events.slice(cut, end));
      const { pendingMetrics, drifts } = await verify();
      if (drifts > 0) expect(pendingMetrics.length).toBeGreaterThan(0);
      if (damage !== null) await world.database.pool.query(damage);
      // The same session, the same day: what is met for the first time on both sides of the snapshot counts once.
      await Promise.all([rebuildTenant(world.database.connectionString, "default"), send(events.slice(end))]);
      const after = await verify();
      expect(after.firstDrifts).toEqual([]);
      expect(after.pendingMetrics).toEqual([]);
      expect(await numbers()).toEqual(countOwnFromScratch(events, timezone));
    }),
    { numRuns: propertyRuns(15) },
  );
});

test("only what changes the counting needs a rebuild: not a name, not a metric without events before", async () => {
  await empty();
  await send([custom({ amount: 1, vip: true })]);
  const metrics = { ...ownDefinitions.metrics };
  expect((await apply(ownDefinitions)).map(({ metric }) => metric)).toEqual([
    "acme_events",
    "acme_sessions",
    "acme_time",
    "vip_amount",
  ]);
  await rebuildTenant(world.database.connectionString, "default");
  expect(await pendingOf()).toEqual([]);

  const { acme_events: renamed, vip_amount: summed, complaints, ...rest } = metrics;
  const other = {
    ...ownDefinitions,
    metrics: {
      ...rest,
      acme_events: { ...renamed, en: "Another name" },
      vip_amount: { ...summed, where: { vip: [false] } },
    },
  } as CustomDefinitions;
  expect(complaints).toBeDefined();
  expect((await apply(other)).map(({ metric }) => metric)).toEqual(["vip_amount"]);
  expect(await apply(other)).toHaveLength(1);
  expect((await verify()).drifts).toBe(2);
  await rebuildTenant(world.database.connectionString, "default");
  expect(await verify()).toMatchObject({ drifts: 0, pendingMetrics: [] });

  const pending = await apply(none);
  expect(pending.find(({ metric }) => metric === "acme_events")).toMatchObject({ removed: true });
  await rebuildTenant(world.database.connectionString, "default");
  expect(await verify()).toMatchObject({ drifts: 0, pendingMetrics: [] });
  expect(await numbers()).toEqual({});
  const { rows } = await world.database.pool.query(
    "select count(*)::int as n from analytics_audit where action = 'definitions'",
  );
  expect(rows[0].n).toBe(3);
});

test("a receiver that does not know the definitions yet counts by them: the database says what they are", async () => {
  await empty();
  await send([custom({}, { name: "session.start", sessionId: "s-0" })]);
  await apply(ownDefinitions);
  const data = { amount: 2.5, vip: true, kind: "plus", took: 3, note: "…" };
  const event = custom({}, { sessionId: "s-1", eventData: new TextEncoder().encode(JSON.stringify(data)) });
  await send([event]);
  expect(await numbers()).toMatchObject({
    "default|2025-12-25|acme_events|plus|events": 1,
    "default|2025-12-25|vip_amount||total": 2.5,
    "default|2025-12|acme_sessions|true|sessions": 1,
  });
  expect((await verify()).drifts).toBe(0);
});

test("sealed periods keep their counters, and an erased person keeps counting under another name", async () => {
  await empty();
  const bound = Date.UTC(2025, 11, 31, 16);
  await send([custom({}, { name: "session.end", sessionId: "s-9" })]);
  await apply(ownDefinitions);
  const at = (days: number, sessionId: string) =>
    custom(
      { kind: "basic", vip: true, amount: 1.25, took: 2, secret: "text of theirs", user_id: "u-1" },
      { occurredAtMs: bound + days * 24 * hour, sessionId },
    );
  // 2026-01-01 is a Thursday: its week is sealed in part.
  // Whose a session is, the chatbot's own events say.
  const named = (days: number, sessionId: string) =>
    custom({ user_id: "u-1" }, { name: "session.message", occurredAtMs: bound + days * 24 * hour, sessionId });
  await send([at(-40, "s-1"), at(-2, "s-1"), at(-2, "s-2"), named(-2, "s-2"), at(0, "s-1"), at(1, "s-3")]);
  const before = await numbers();
  expect(before).toMatchObject({ "default|2026-W01|acme_sessions|true|sessions": 3 });
  await sealBefore(client, "default", bound);
  expect((await verify()).firstDrifts).toEqual([]);
  await world.database.pool.query("delete from analytics_events where occurred_at < $1", [new Date(bound)]);
  expect((await verify()).firstDrifts).toEqual([]);
  await world.database.pool.query("delete from analytics_custom_counters where day >= '2026-01-01'");
  await rebuildTenant(world.database.connectionString, "default");
  expect((await verify()).firstDrifts).toEqual([]);
  expect(await numbers()).toEqual(before);

  await erasePerson(client, "default", { userId: "u-1" });
  expect((await verify()).firstDrifts).toEqual([]);
  expect(await numbers()).toEqual(before);
  const { rows } = await world.database.pool.query(
    "select (select json_agg(s) from analytics_custom_sessions s)::text || (select json_agg(e) from analytics_events e where event_name = 'acme.custom')::text as text",
  );
  expect(rows[0].text).not.toMatch(/"s-[123]"|u-1|text of theirs/);
  expect(rows[0].text).toMatch(/"kind" ?: ?"basic"/);
});

test("events that are older than the definition are counted where they can be: no number, no sum", async () => {
  await empty();
  const strange = [
    custom({ amount: "12", vip: true, took: -1, kind: 7 }),
    custom({ amount: 1e300, vip: true, took: "3" }),
    custom({ amount: -0.0005, vip: true }),
  ];
  await send(strange);
  await apply(ownDefinitions);
  await rebuildTenant(world.database.connectionString, "default");
  expect(await numbers()).toEqual({
    "default|2025-12-25|acme_events|other|events": 3,
    "default|2025-12-25|vip_amount||events": 1,
    "default|2025-12-25|vip_amount||total": -0.001,
  });
  expect((await verify()).drifts).toBe(0);
});

test("groups beyond the declared values are `other`: the counters are as many as the definition says", () => {
  const { definitions, problems } = checkDefinitions(
    {
      metrics: { by_reason: { kind: "count", event: "session.escalate", groupBy: "reason", en: "a", zh: "a" } },
    },
    reservedMetricKeys,
  );
  expect(definitions.metrics).toEqual({ by_reason: expect.not.objectContaining({ groupBy: expect.anything() }) });
  expect(problems).toEqual([expect.objectContaining({ path: ["metrics", "by_reason", "groupBy"] })]);
});
