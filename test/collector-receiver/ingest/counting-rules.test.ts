import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import type { GroupCommit } from "../../../collector-receiver/src/ingest/group-commit.ts";
import { RefusedTenants } from "../../../collector-receiver/src/ingest/refused-tenants.ts";
import type {
  BusinessEvent,
  MappedRequest,
  RejectedEvent,
} from "../../../collector-receiver/src/mapping/business-event.ts";
import { countingRules } from "../../../collector-receiver/src/metrics/counting-rules.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { locateInRepository } from "../../../docs/generate-documents.ts";
import { requestOf } from "./arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";
import { propertyRuns } from "../../support/property-runs.ts";

const start = (tenantId: string, sessionId = "s-1"): BusinessEvent =>
  makeEvent({ name: "session.start", tenantId, sessionId });

function rejection(tenantId: string, text: string): RejectedEvent {
  const payload = Buffer.from(text);
  const contentHash = createHash("sha256").update(payload).digest();
  const known = {
    code: "missing_attribute",
    reason: "session_id is missing",
    eventName: "session.start",
    occurredAtMs: null,
  };
  return { tenantId, ...known, payload, payloadType: "application/json", signal: "traces", contentHash, source: null };
}

const report = (tenantId: string) => ({
  tenantId,
  sourceId: "source-1",
  serviceName: "shop",
  lastSeq: 9,
  dropped: 0,
  reportedAtMs: Date.UTC(2025, 11, 25),
});

interface World extends TestDatabase {
  readonly ingest: GroupCommit;
  readonly alarms: string[];
  /** Sends and says what the sender is told: rows added and known, or the code of the refusal. */
  send(request: MappedRequest, ingest?: GroupCommit): Promise<string>;
  setRules(tenantId: string, rules: number): Promise<unknown>;
  /** Everything that is stored of a tenant and could have moved. */
  stored(tenantId: string): Promise<unknown>;
}

async function openWorld(tenantIds: readonly string[]): Promise<World> {
  const database = await useTestDatabase();
  const alarms: string[] = [];
  const ingest = openTestIngest(database.connectionString, { onAlarm: (code) => alarms.push(code) });
  onTestFinished(() => ingest.close());
  await ingest.submit(requestOf(tenantIds.map((tenantId) => start(tenantId, "seed"))), 100);
  const tables = ["events", "rejected_events", "sessions", "sources", "business_metrics", "event_counts"];
  const counts = tables.map(
    (table) => `(select json_agg(t) from analytics_${table} t where tenant_id = $1) as ${table}`,
  );
  return {
    ...database,
    ingest,
    alarms,
    send: (request, through = ingest) =>
      through.submit(request, 100).then(
        ({ inserted, duplicates }) => `${inserted} new, ${duplicates} known`,
        (error: { code: string; retryAfterSeconds: number }) => `${error.code}, again in ${error.retryAfterSeconds} s`,
      ),
    setRules: (tenantId, rules) =>
      database.pool.query("update analytics_settings set counting_rules = $2 where tenant_id = $1", [tenantId, rules]),
    stored: async (tenantId) => (await database.pool.query(`select ${counts.join(", ")}`, [tenantId])).rows[0],
  };
}

const refused = "counting_rules_unknown, again in 5 s";

test("a tenant of other rules is refused and nothing of it is written; the tenant beside it in the batch is counted", async () => {
  const { send, setRules, stored, alarms } = await openWorld(["a", "b"]);
  await setRules("b", 3);
  const before = await stored("b");
  // Together, so that one transaction meets both.
  const answers = await Promise.all([send(requestOf([start("a")])), send(requestOf([start("b")]))]);
  expect(answers).toEqual(["1 new, 0 known", refused]);
  expect(await stored("b")).toEqual(before);
  expect(new Set(alarms)).toEqual(new Set(["counting_rules_unknown"]));
});

test.each([
  ["a rejected event", { ...requestOf([]), rejected: [rejection("b", "{}")], rejectedCarriers: 1 }],
  ["a report of a source", { ...requestOf([]), sourceReports: [report("b")] }],
])("%s of such a tenant is not written either", async (_, request) => {
  const { send, setRules, stored } = await openWorld(["a", "b"]);
  await setRules("b", 3);
  const before = await stored("b");
  expect(await send(request)).toBe(refused);
  expect(await send({ ...request, events: [start("a")] })).toBe(refused);
  expect(await stored("b")).toEqual(before);
  expect(await stored("a")).toMatchObject({ events: [{}, {}] });
});

test("a request of several tenants is refused as a whole, and the others' events are counted once when it comes again", async () => {
  const { send, setRules, pool, connectionString } = await openWorld(["a", "b", "c"]);
  await setRules("b", 7);
  const request = {
    ...requestOf([start("a"), start("b"), start("c")]),
    rejected: [rejection("a", "{1}"), rejection("b", "{2}")],
    rejectedCarriers: 2,
  };
  expect(await send(request)).toBe(refused);
  const eventsOf = async () =>
    (await pool.query("select tenant_id, count(*)::int as n from analytics_events group by 1 order by 1")).rows;
  const rejectedOf = async () => (await pool.query("select tenant_id from analytics_rejected_events order by 1")).rows;
  expect(await eventsOf()).toEqual([
    { tenant_id: "a", n: 2 },
    { tenant_id: "b", n: 1 },
    { tenant_id: "c", n: 2 },
  ]);
  expect(await rejectedOf()).toEqual([{ tenant_id: "a" }]);
  expect(await send(request), "while it is remembered").toBe(refused);

  // Another receiver, whose rules are the tenant's again.
  await setRules("b", 2);
  const other = openTestIngest(connectionString);
  onTestFinished(() => other.close());
  expect(await send(request, other)).toBe("1 new, 2 known");
  expect(await eventsOf()).toEqual(["a", "b", "c"].map((tenant_id) => ({ tenant_id, n: 2 })));
  expect(await rejectedOf()).toEqual([{ tenant_id: "a" }, { tenant_id: "b" }]);
  for (const tenantId of ["a", "b", "c"]) expect((await verifyTenant(connectionString, tenantId)).drifts).toBe(0);
});

test("a new tenant gets this version's rules, and a receiver of other rules leaves it alone", async () => {
  const { pool } = await openWorld(["a"]);
  const { rows } = await pool.query("select counting_rules from analytics_settings");
  expect(rows).toEqual([{ counting_rules: 2 }]);
});

test("a refused tenant is asked for again after a while, and the others are not held up meanwhile", () => {
  let nowMs = 0;
  const tenants = new RefusedTenants(() => nowMs);
  const waiting = {
    tenantId: "b",
    request: requestOf([start("b")]),
    bytes: 1,
    sinceMs: 0,
    resolve: () => {},
    reject: () => {},
  };
  expect(tenants.leaveOut([waiting])).toEqual([waiting]);
  tenants.add(["b"]);
  expect(tenants.leaveOut([waiting])[0]?.request.events).toEqual([]);
  nowMs = 4_999;
  expect(tenants.leaveOut([waiting])[0]?.request.events).toEqual([]);
  nowMs = 5_000;
  expect(tenants.leaveOut([waiting])[0]).toBe(waiting);
});

test("a schema that has gone further stops ingest by name until the receiver is replaced", async () => {
  const { send, pool, alarms } = await openWorld(["a"]);
  await pool.query("update spanledger_schema set oldest_receiver = 9999");
  expect(await send(requestOf([start("a")]))).toBe("receiver_too_old, again in 5 s");
  expect(alarms).toEqual(["receiver_too_old"]);
  await pool.query("update spanledger_schema set oldest_receiver = 1");
  expect(await send(requestOf([start("a")]))).toBe("1 new, 0 known");
});

test("whatever tenants' rules are, what a sender is told was committed is stored, and nothing else of a refused tenant", async () => {
  const names = ["a", "b", "c", "d"];
  const world = await openWorld(names);
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(fc.constantFrom(...names)),
      fc.array(fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 6 }),
      async (others, tenantsOfRequests) => {
        await world.pool.query(
          "update analytics_settings set counting_rules = case when tenant_id = any ($1) then 3 else 2 end",
          [others],
        );
        const ingest = openTestIngest(world.connectionString);
        const requests = tenantsOfRequests.map((tenantIds) => requestOf(tenantIds.map((tenantId) => start(tenantId))));
        const answers = await Promise.all(requests.map((request) => world.send(request, ingest)));
        await ingest.close();
        const expected = tenantsOfRequests.map((tenantIds) =>
          tenantIds.some((tenantId) => others.includes(tenantId)) ? refused : `${tenantIds.length} new, 0 known`,
        );
        expect(answers).toEqual(expected);
        const sent = requests.flatMap(({ events }) => events);
        const { rows } = await world.pool.query<{ event_id: string }>(
          "select event_id from analytics_events where event_id = any ($1)",
          [sent.map(({ eventId }) => eventId)],
        );
        const wanted = sent.filter(({ tenantId }) => !others.includes(tenantId)).map(({ eventId }) => eventId);
        expect(rows.map((row) => row.event_id).toSorted()).toEqual(wanted.toSorted());
      },
    ),
    { numRuns: propertyRuns(30) },
  );
  await world.pool.query("update analytics_settings set counting_rules = 2");
  for (const tenantId of names) expect((await verifyTenant(world.connectionString, tenantId)).drifts).toBe(0);
});

test("docs/upgrading.md says what each number of the rules changed", async () => {
  const text = await readFile(locateInRepository("docs/upgrading.md"), "utf8");
  const rows = [...text.matchAll(/^\| (\d+) +\| \d+\.\d+\.\d+ /gm)].map(([, number]) => Number(number));
  expect(rows).toEqual(Array.from({ length: countingRules }, (_, index) => index + 1));
});
