import fc from "fast-check";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { erasePerson } from "../../../collector-receiver/src/erase/erase-person.ts";
import { commitBatch } from "../../../collector-receiver/src/ingest/commit-batch.ts";
import { gatherBatch } from "../../../collector-receiver/src/ingest/gather-batch.ts";
import { RecentEvents } from "../../../collector-receiver/src/ingest/recent-events.ts";
import type { GroupCommit, IngestOptions } from "../../../collector-receiver/src/ingest/group-commit.ts";
import type { MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { applyDueRetention } from "../../../collector-receiver/src/upkeep/apply-retention.ts";
import { forgetEventIds } from "../../../collector-receiver/src/storage/events/forget-event-ids.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { createTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import { context, encodeJson, logsOf, nanos, nowMs, spanOf, text, tracesOf } from "../mapping/otlp-messages.ts";
import { requestOf } from "./arbitrary-events.ts";

const secondMs = 1000;
const dayMs = 86_400_000;
const baseMs = nowMs - 10 * dayMs;

let database: TestDatabase;
let receivers: readonly GroupCommit[];
const alarms: unknown[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await emptyTables(database.pool);
  receivers = [openReceiver(), openReceiver()];
});
afterEach(() => closeAll(receivers));
afterAll(() => database.drop());

/** A receiver that has just started: it knows nothing of any tenant. Its batches are small, so that many transactions meet. */
function openReceiver(options: Partial<IngestOptions> = {}): GroupCommit {
  return openTestIngest(database.connectionString, {
    batchMaxEvents: 6,
    onAlarm: (code, message, error) => alarms.push({ code, message, error }),
    ...options,
  });
}

async function closeAll(opened: readonly GroupCommit[]): Promise<void> {
  await Promise.all(opened.map((receiver) => receiver.close()));
}

interface Attempt {
  /** As it stands on the wire. */
  readonly id: string;
  readonly tenant?: string;
  readonly wireMs: number;
  readonly asLog?: boolean;
  readonly session?: string;
}

/** One request with these attempts, as the wire has them. */
function mapped(attempts: readonly Attempt[]): MappedRequest {
  const parts = attempts.map(({ id, tenant = "default", wireMs, asLog = false, session = "s-1" }) => {
    const attributes = [text("spanledger.event.id", id), text("session_id", session)];
    const name = "session.message";
    const resource = [text("spanledger.tenant", tenant)];
    const message = asLog
      ? logsOf([{ eventName: name, timeUnixNano: nanos(wireMs), attributes }], "test", resource)
      : tracesOf([spanOf([{ name, timeUnixNano: nanos(wireMs), attributes }])], "test", resource);
    return mapRequest(encodeJson(message), "json", asLog ? "logs" : "traces", context);
  });
  expect(parts.flatMap(({ rejected }) => rejected)).toEqual([]);
  return requestOf(parts.flatMap(({ events }) => events));
}

/** Sends a request again if its tenant is busy, as senders do. */
async function send(receiver: number, attempts: readonly Attempt[]): ReturnType<GroupCommit["submit"]> {
  for (;;) {
    try {
      return await receivers[receiver]!.submit(mapped(attempts), 1000);
    } catch (error) {
      if ((error as { code?: string }).code !== "tenant_busy") throw error;
    }
  }
}

const insertedOf = (answers: readonly { readonly inserted: number }[]): number =>
  answers.reduce((sum, { inserted }) => sum + inserted, 0);

async function rows(): Promise<{ tenant_id: string; event_id: string; n: number; session_id: string }[]> {
  const { rows: found } = await database.pool.query(
    `select tenant_id, event_id, count(*)::int as n, min(session_id) as session_id from analytics_events
     group by tenant_id, event_id order by tenant_id, event_id`,
  );
  return found;
}

async function count(sql: string): Promise<number> {
  const { rows: found } = await database.pool.query(`select count(*)::int as n from ${sql}`);
  return found[0].n as number;
}

async function expectSound(tenants: readonly string[] = ["default"]): Promise<void> {
  for (const tenant of tenants) {
    const { drifts, firstDrifts, ids } = await verifyTenant(database.connectionString, tenant);
    expect({ drifts, firstDrifts, ids }).toEqual({ drifts: 0, firstDrifts: [], ids: { unclaimed: 0, repeated: 0 } });
  }
  expect(alarms).toEqual([]);
}

const owners = ["default", "brand-b"];
/** Times at which the same event may come: its id's own, within a second of it, and far off, in another partition too. */
const offsets = [0, 1, 999, 1000, 1001, 5 * secondMs, 3_600_000, -3_600_000, -40 * dayMs];
const anyHex = (length: number) =>
  fc
    .array(fc.constantFrom(..."0123456789abcdef"), { minLength: length, maxLength: length })
    .map((digits) => digits.join(""));
/** Versions 1 to 8, with variants that RFC 9562 has and has not. */
const anyUuid = fc
  .tuple(
    anyHex(8),
    anyHex(4),
    fc.constantFrom(..."0145678f"),
    anyHex(3),
    fc.constantFrom(..."089c"),
    anyHex(3),
    anyHex(12),
  )
  .map(([a, b, version, c, variant, d, e]) => `${a}-${b}-${version}${c}-${variant}${d}-${e}`);
const anyId = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 5 }).map((n) => uuidV7(baseMs + n, n)) },
  { weight: 3, arbitrary: anyUuid },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      "ffffffff-ffff-ffff-ffff-ffffffffffff",
      "00000000-0000-7000-8000-000000000001",
      "ffffffff-ffff-7fff-bfff-ffffffffffff",
      uuidV7(0, 1),
      uuidV7(baseMs + 400 * dayMs, 1),
    ),
  },
);

describe("an id is one event", () => {
  test("whatever its version, its times, the order of deliveries, and the receivers; an erase beside them changes nothing", async () => {
    const attempts = fc.array(anyId, { minLength: 1, maxLength: 8 }).chain((ids) =>
      fc.array(
        fc.record({
          id: fc.constantFrom(...ids).chain((id) => fc.constantFrom(id, id.toUpperCase())),
          tenant: fc.constantFrom(...owners),
          wireMs: fc.constantFrom(...offsets).map((offset) => baseMs + offset),
          asLog: fc.boolean(),
          session: fc.constantFrom("s-1", "s-2"),
        }),
        { minLength: 1, maxLength: 40, size: "max" },
      ),
    );
    const cuts = fc.array(fc.record({ size: fc.integer({ min: 1, max: 6 }), receiver: fc.nat(1) }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(attempts, cuts, fc.double({ min: 0, max: 1, noNaN: true }), async (all, sizes, erasedAt) => {
        await emptyTables(database.pool);
        await closeAll(receivers);
        receivers = [openReceiver(), openReceiver()];
        const deliveries: (() => ReturnType<typeof send>)[] = [];
        for (let at = 0, i = 0; at < all.length; i++) {
          const { size, receiver } = sizes[i % sizes.length]!;
          const part = all.slice(at, at + size);
          deliveries.push(() => send(receiver, part));
          at += size;
        }
        const half = Math.floor(deliveries.length * erasedAt);
        const answers = await Promise.all(deliveries.slice(0, half).map((deliver) => deliver()));
        const erased = half > 0 ? eraseSession("s-1") : undefined;
        answers.push(...(await Promise.all(deliveries.slice(half).map((deliver) => deliver()))));
        await erased;

        const distinct = new Set(all.map(({ tenant, id }) => `${tenant} ${id.toLowerCase()}`));
        expect(insertedOf(answers)).toBe(distinct.size);
        const stored = await rows();
        expect(stored.map(({ tenant_id: tenant, event_id: id, n }) => `${tenant} ${id} ${n}`)).toEqual(
          [...distinct].toSorted().map((key) => `${key} 1`),
        );
        await expectSound([...new Set(all.map(({ tenant }) => tenant))]);
        // Once more, all of it, after everything: nothing is new.
        const again = await Promise.all(deliveries.map((deliver) => deliver()));
        expect(insertedOf(again)).toBe(0);
        expect(await rows()).toEqual(stored);
      }),
      { numRuns: propertyRuns(25) },
    );
  });

  test.each([
    ["of a tenant that is known to have such ids", 1, 300],
    ["of tenants whose first such ids they are", 12, 20],
  ])(
    "its first attempt is on time, the product's own retry 5 s later reaches another receiver at once: %s",
    async (_, tenants, events) => {
      const owned = Array.from({ length: tenants }, (_unused, n) => (tenants === 1 ? "default" : `owner-${n}`));
      if (tenants === 1) await send(0, [{ id: uuidV7(baseMs, "ff"), wireMs: baseMs + 5 * secondMs }]);
      const ids = Array.from({ length: events }, (_unused, n) => [uuidV7(baseMs + n, n), baseMs + n] as const);
      await Promise.all(
        ids.flatMap(([id, wireMs]) =>
          owned.flatMap((tenant) => [
            send(0, [{ tenant, id, wireMs }]),
            send(1, [{ tenant, id, wireMs: wireMs + 5 * secondMs }]),
          ]),
        ),
      );
      expect(await count("analytics_events")).toBe(tenants === 1 ? events + 1 : tenants * events);
      await expectSound(owned);
    },
  );

  test("whatever a receiver that has just started asks with all of its writers at once", async () => {
    const attempts = Array.from({ length: 6 }, (_, n) => ({ id: uuidV7(baseMs + n, n), wireMs: baseMs + n }));
    await send(
      0,
      attempts.map(({ id, wireMs }) => ({ id, wireMs: wireMs + 5 * secondMs })),
    );
    for (let start = 0; start < 10; start++) {
      const started = openReceiver({ batchMaxEvents: 1 });
      await started.open();
      const answers = await Promise.all(attempts.map((attempt) => started.submit(mapped([attempt]), 1000)));
      await started.close();
      expect(insertedOf(answers)).toBe(0);
    }
    expect(await count("analytics_events")).toBe(attempts.length);
    await expectSound();
  });

  test("whatever another writer learns while a batch is under way that was planned without it", async () => {
    const [id, wireMs] = [uuidV7(baseMs, 1), baseMs];
    await send(0, [{ id, wireMs: wireMs + 5 * secondMs }]);
    const client = await openWriterConnection(database.connectionString);
    onTestFinished(() => client.end());
    const offTimeTenants = new Set<string>();
    const options = { strategy: "copy", locking: "try", recent: new RecentEvents(), offTimeTenants } as const;
    const committed = commitBatch(client, gatherBatch([mapped([{ id, wireMs }])]), options);
    // Its statements have left; their answer is yet to come.
    offTimeTenants.add("default");
    await expect(committed).rejects.toMatchObject({ name: "OffTimeIdsError", tenantIds: ["default"], noted: true });
    expect(await count("analytics_events")).toBe(1);
  });

  test("wherever a deadline cuts a batch off, if it is committed all the same, and sent again", async () => {
    const cutOff = [1, 2, 4, 8, 16, 32].map((deadlineMs) => openReceiver({ deadlineMs, onAlarm: () => {} }));
    onTestFinished(() => closeAll(cutOff));
    const attempts = Array.from({ length: 60 }, (_, n): Attempt => {
      const ms = baseMs + n;
      const id = n % 3 === 0 ? `4b0a1f6e-3c55-4c0e-9a41-${String(n).padStart(12, "0")}` : uuidV7(ms, n);
      return { id, wireMs: n % 3 === 1 ? ms : ms + 5 * secondMs, tenant: n % 2 === 0 ? "default" : "brand-b" };
    });
    const answered: { readonly inserted: number }[] = [];
    let refused = 0;
    const deliver = async (n: number): Promise<void> => {
      const attempt = attempts[n]!;
      const other = { ...attempt, wireMs: attempt.wireMs === baseMs + n ? baseMs + 5 * secondMs : baseMs + n };
      for (const [place, receiver] of [...cutOff, receivers[0]!].entries()) {
        const answer = receiver.submit(mapped([place % 2 === 0 ? attempt : other]), 1000);
        await answer.then(
          (taken) => answered.push(taken),
          () => refused++,
        );
      }
    };
    await Promise.all(attempts.map((_, n) => deliver(n)));
    expect(refused).toBeGreaterThan(0);
    // Less, if the answer to a commit was lost: the event is then a duplicate.
    expect(insertedOf(answered)).toBeLessThanOrEqual(attempts.length);
    expect((await rows()).map(({ n }) => n)).toEqual(attempts.map(() => 1));
    await expectSound(owners);
  });

  test("the first delivery wins, in one request too", async () => {
    const [v4, v7] = ["4b0a1f6e-3c55-4c0e-9a41-0d8f7f3f6a10", uuidV7(baseMs, 7)];
    const result = await send(0, [
      { id: v4, wireMs: baseMs + secondMs, session: "first" },
      { id: v4, wireMs: baseMs, session: "second" },
      { id: v7, wireMs: baseMs + 9 * secondMs, session: "first" },
      { id: v7, wireMs: baseMs, session: "second" },
      { id: v7, wireMs: baseMs + 9 * secondMs, session: "second" },
    ]);
    expect(result).toMatchObject({ inserted: 2, duplicates: 3 });
    expect((await rows()).map(({ session_id: session }) => session)).toEqual(["first", "first"]);
    await expectSound();
  });

  test("ids that hold their time, and ids that we derive, are never claimed", async () => {
    const derived = mapRequest(
      encodeJson(
        tracesOf([
          spanOf([{ name: "session.message", timeUnixNano: nanos(baseMs), attributes: [text("session_id", "s")] }]),
        ]),
      ),
      "json",
      "traces",
      context,
    );
    await receivers[0]!.submit(derived, 100);
    await send(0, [{ id: uuidV7(baseMs, 1), wireMs: baseMs + 400 }]);
    expect(await count("analytics_event_ids")).toBe(0);
    await send(0, [
      { id: uuidV7(baseMs, 2), wireMs: baseMs + 4000 },
      { id: uuidV7(baseMs, 3), wireMs: baseMs },
    ]);
    expect(await count("analytics_event_ids")).toBe(1);
    await receivers[1]!.submit(derived, 100);
    expect(await count("analytics_events")).toBe(4);
    await expectSound();
  });

  test("an event that PostgreSQL refuses leaves no claim, and the others of its batch keep theirs", async () => {
    const json = new TextEncoder().encode('{"note":"\\u0000"}');
    const id = (n: number) => `4b0a1f6e-3c55-4c0e-9a41-${String(n).padStart(12, "0")}`;
    const events = Array.from({ length: 40 }, (_, n) =>
      makeEvent({ name: "acme.event", eventId: id(n), ...(n === 17 ? { eventData: json } : {}) }),
    );
    expect(await receivers[0]!.submit(requestOf(events), 100)).toMatchObject({ inserted: 39, refused: [{}] });
    expect(await count("analytics_event_ids")).toBe(39);
    const mended = makeEvent({ name: "acme.event", eventId: id(17) });
    expect(await receivers[1]!.submit(requestOf([mended, ...events.slice(20)]), 100)).toMatchObject({ inserted: 1 });
    await expectSound();
  });
});

test("beside retention: what is kept counts once; what is gone is refused with its old time, and new with another", async () => {
  const id = (n: number) => `4b0a1f6e-3c55-4c0e-9a41-${String(n).padStart(12, "0")}`;
  const oldMs = baseMs - 40 * dayMs;
  const kept = Array.from({ length: 40 }, (_, n) => (n % 2 === 0 ? id(n) : uuidV7(baseMs + n, n)));
  await send(0, [{ id: id(99), wireMs: oldMs }, ...kept.slice(0, 20).map((each) => ({ id: each, wireMs: baseMs }))]);
  await database.pool.query(
    `insert into analytics_retention_plans (tenant_id, retention_months, retained_from, announced_at)
     values ('default', 1, '2025-12-01Z', now() - interval '2 days')`,
  );
  const client = await openWriterConnection(database.connectionString);
  onTestFinished(() => client.end());
  const sending = kept.flatMap((each, n) =>
    [0, 7 * secondMs, -dayMs].map((offset) => send(n % 2, [{ id: each, wireMs: baseMs + offset }])),
  );
  const { dropped } = await applyDueRetention(client, 1);
  // Claims without a row are not drift until they are gone as well.
  await expectSound();
  for await (const _ of forgetEventIds(client));
  await Promise.all(sending);
  expect(dropped).toEqual(["analytics_events_2025_11"]);
  expect(await count("analytics_events")).toBe(kept.length);
  expect(await count("analytics_event_ids where occurred_at < '2025-12-01Z'")).toBe(0);
  await expectSound();
  await expect(send(0, [{ id: id(99), wireMs: oldMs }])).rejects.toMatchObject({ code: "period_sealed" });
  expect(await send(0, [{ id: id(99), wireMs: baseMs }])).toMatchObject({ inserted: 1 });
  await expectSound();
});

async function eraseSession(sessionId: string): Promise<void> {
  const client = await openWriterConnection(database.connectionString);
  try {
    const { rows: tenants } = await database.pool.query("select tenant_id from analytics_settings");
    for (const { tenant_id: tenant } of tenants) await erasePerson(client, tenant as string, { sessionId });
  } finally {
    await client.end();
  }
}

describe("rows that a receiver before 0.3.0 stored", () => {
  const [first, second, offTime] = [1, 2, 3].map((n) => `4b0a1f6e-3c55-4c0e-9a41-00000000000${n}`) as [
    string,
    string,
    string,
  ];

  /** As such a receiver does it: no claims. */
  async function storeUnclaimed(): Promise<void> {
    await send(0, [
      { id: first, wireMs: baseMs },
      { id: second, wireMs: baseMs - 35 * dayMs },
      { id: uuidV7(baseMs, 9), wireMs: baseMs + dayMs },
    ]);
    await database.pool.query("truncate analytics_event_ids");
    await database.pool.query("update analytics_settings set v7_claims = false");
  }

  test("verify names them, rebuild claims them, and from then on they count once", async () => {
    await storeUnclaimed();
    expect(await verifyTenant(database.connectionString, "default")).toMatchObject({
      drifts: 0,
      ids: { unclaimed: 3, repeated: 0 },
    });
    await rebuildTenant(database.connectionString, "default");
    await expectSound();
    expect(await count("analytics_settings where v7_claims")).toBe(1);
    const answer = await send(1, [
      { id: first, wireMs: baseMs + 1 },
      { id: second, wireMs: baseMs },
      { id: uuidV7(baseMs, 9), wireMs: baseMs },
    ]);
    expect(answer).toMatchObject({ inserted: 0, duplicates: 3 });
  });

  test("sent again as they were, they are claimed and not counted again", async () => {
    await storeUnclaimed();
    expect(
      await send(1, [
        { id: first, wireMs: baseMs },
        { id: offTime, wireMs: baseMs },
      ]),
    ).toMatchObject({ inserted: 1 });
    expect(await count("analytics_event_ids")).toBe(2);
    await rebuildTenant(database.connectionString, "default");
    await expectSound();
  });

  test("verify finds an event that was counted twice, and a claim without a row, which rebuild removes", async () => {
    await storeUnclaimed();
    await send(0, [{ id: first, wireMs: baseMs + secondMs }]);
    expect(await verifyTenant(database.connectionString, "default")).toMatchObject({ drifts: 0, ids: { repeated: 1 } });
    await database.pool.query("insert into analytics_event_ids values ('default', $1, $2)", [
      offTime,
      new Date(baseMs),
    ]);
    expect(await verifyTenant(database.connectionString, "default")).toMatchObject({
      drifts: 1,
      firstDrifts: [
        { table: "analytics_event_ids", row: offTime, stored: new Date(baseMs).toISOString(), expected: null },
      ],
    });
    await rebuildTenant(database.connectionString, "default");
    expect(await verifyTenant(database.connectionString, "default")).toMatchObject({
      drifts: 0,
      ids: { unclaimed: 0 },
    });
    expect(await send(0, [{ id: offTime, wireMs: baseMs + dayMs }])).toMatchObject({ inserted: 1 });
    const claims = await count("analytics_event_ids");
    await database.pool.query(
      `insert into analytics_event_ids
       select tenant, gen_random_uuid(), $1::timestamptz from unnest(array['default', 'brand-b']) as tenant`,
      [new Date(baseMs)],
    );
    await rebuildTenant(database.connectionString, "default");
    expect(await count("analytics_event_ids where tenant_id = 'default'")).toBe(claims);
    expect(await count("analytics_event_ids where tenant_id = 'brand-b'")).toBe(1);
  });

  test("of two rows of a day rebuild claims the first one written; ids that hold their time are not looked for without need", async () => {
    for (const wireMs of [baseMs + secondMs, baseMs]) {
      await send(0, [{ id: first, wireMs }]);
      await database.pool.query("truncate analytics_event_ids");
    }
    await rebuildTenant(database.connectionString, "default");
    const { rows: claims } = await database.pool.query("select occurred_at from analytics_event_ids");
    expect(claims).toEqual([{ occurred_at: new Date(baseMs + secondMs) }]);
    expect(await count("analytics_settings where v7_claims")).toBe(0);
  });
});
