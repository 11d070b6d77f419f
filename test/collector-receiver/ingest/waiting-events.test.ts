import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { erasePerson } from "../../../collector-receiver/src/erase/erase-person.ts";
import type { GroupCommit } from "../../../collector-receiver/src/ingest/group-commit.ts";
import { keepWaiting } from "../../../collector-receiver/src/ingest/keep-waiting.ts";
import type { MappedRequest } from "../../../collector-receiver/src/mapping/business-event.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import type { MappingContext } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { NextDays } from "../../../collector-receiver/src/metrics/next-days.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { emptyRejectedEvents } from "../../../collector-receiver/src/storage/erase/anonymise-rows.ts";
import { inTransaction } from "../../../collector-receiver/src/storage/wire/in-transaction.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { countDueEvents } from "../../../collector-receiver/src/upkeep/count-due-events.ts";
import { watchTenants } from "../../../collector-receiver/src/upkeep/watch-tenants.ts";
import { createTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { openTestIngest } from "../../support/open-test-ingest.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { propertyRuns } from "../../support/property-runs.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import {
  context,
  encodeJson,
  encodeProtobuf,
  eventOf,
  int,
  nanos,
  nowMs,
  spanOf,
  text,
  tracesOf,
  type Attribute,
} from "../mapping/otlp-messages.ts";

const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** 20:00 in Shanghai. */
const nextDayMs = Date.UTC(2025, 11, 25, 16);

/** One event at an instant, mapped by the clock `at`. */
function mapEvent(
  atMs: number,
  {
    attributes = [text("session_id", "s-1")],
    encoding = "protobuf",
    over = {},
  }: {
    readonly attributes?: Attribute[];
    readonly encoding?: "protobuf" | "json";
    readonly over?: Partial<MappingContext>;
  } = {},
): MappedRequest {
  const message = tracesOf([spanOf([eventOf("session.start", attributes, nanos(atMs))])]);
  const body = encoding === "json" ? encodeJson(message) : encodeProtobuf("traces", message);
  return mapRequest(body, encoding, "traces", { ...context, ...over });
}

describe("mapping", () => {
  test.each([
    ["an hour ahead", nowMs + hourMs, {}, "counts"],
    ["an hour and a millisecond ahead", nowMs + hourMs + 1, {}, "waits"],
    ["three days ahead", nowMs + 3 * dayMs, {}, "waits"],
    ["next month", nowMs + 31 * dayMs, {}, "waits"],
    ["the last instant of today", nextDayMs - 1, { nowMs: nextDayMs - 1000, nextDayMs: () => nextDayMs }, "counts"],
    ["the first of tomorrow", nextDayMs, { nowMs: nextDayMs - 1000, nextDayMs: () => nextDayMs }, "waits"],
    ["a year and a day ahead", nowMs + 367 * dayMs, {}, "in_the_future"],
  ])("%s", (_, atMs, over, becomes) => {
    for (const encoding of ["protobuf", "json"] as const) {
      const { events, waiting = [], rejected, rejectedCarriers } = mapEvent(atMs, { encoding, over });
      expect(events).toHaveLength(becomes === "counts" ? 1 : 0);
      expect(waiting.map(({ occurredAtMs }) => occurredAtMs)).toEqual(becomes === "waits" ? [atMs] : []);
      expect(rejected.map(({ code }) => code)).toEqual(becomes === "in_the_future" ? [becomes] : []);
      expect(rejectedCarriers).toBe(rejected.length);
    }
  });

  test("an event that can never count is rejected at once, however far ahead", () => {
    const { waiting, rejected } = mapEvent(nowMs + dayMs, { attributes: [text("session_id", ""), int("a", 1)] });
    expect(waiting).toBeUndefined();
    expect(rejected.map(({ code }) => code)).toEqual(["missing_attribute"]);
  });

  test("the next day is that of the tenant's timezone, also across a change of clocks, and of the default for new tenants", () => {
    const days = new NextDays("Asia/Shanghai");
    days.learn([{ tenantId: "berlin", timezone: "Europe/Berlin" }]);
    expect(days.nextDayMs("new", nowMs)).toBe(nextDayMs);
    expect(days.nextDayMs("berlin", nowMs)).toBe(Date.UTC(2025, 11, 25, 23));
    expect(days.nextDayMs("berlin", Date.UTC(2025, 11, 25, 23))).toBe(Date.UTC(2025, 11, 26, 23));
    // The day of 23 hours, and back again.
    expect(days.nextDayMs("berlin", Date.UTC(2026, 2, 28, 23))).toBe(Date.UTC(2026, 2, 29, 22));
    expect(days.nextDayMs("berlin", nowMs)).toBe(Date.UTC(2025, 11, 25, 23));
    expect(new NextDays().nextDayMs("new", nowMs)).toBeNull();
  });
});

describe("kept until their time", () => {
  let database: TestDatabase;
  let receivers: readonly GroupCommit[];
  let tenants = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    receivers = [1, 2].map(() => openTestIngest(database.connectionString));
  });
  afterAll(async () => {
    await Promise.all(receivers.map((receiver) => receiver.close()));
    await database.drop();
  });

  async function openClient() {
    const client = await openWriterConnection(database.connectionString);
    onTestFinished(() => client.end());
    return client;
  }

  const of = (tenantId: string): Partial<MappingContext> => ({ tenant: { kind: "fixed", tenantId } });
  const mark = (atMs: number): Attribute => text("spanledger.event.id", uuidV7(atMs, 1));
  const waitingOf = async (tenantId: string): Promise<number> => {
    const { rows } = await database.pool.query("select from analytics_waiting_events where tenant_id = $1", [tenantId]);
    return rows.length;
  };

  test("each counts exactly once when its time has come: sent again, to two receivers, by two upkeeps, and after an end in between", async () => {
    const client = await openClient();
    const sent = fc.record({
      aheadHours: fc.integer({ min: -30, max: 80 }),
      marked: fc.boolean(),
      asJson: fc.boolean(),
      session: fc.integer({ min: 0, max: 5 }),
    });
    const delivery = fc.record({ event: fc.nat(), receiver: fc.integer({ min: 0, max: 1 }) });
    const look = fc.record({ hours: fc.integer({ min: 0, max: 90 }), ends: fc.boolean(), twice: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(sent, { minLength: 1, maxLength: 8 }),
        fc.array(delivery, { maxLength: 12 }),
        fc.array(look, { maxLength: 3 }),
        async (events, again, looks) => {
          const tenantId = `waits-${++tenants}`;
          const wanted = events.map(({ aheadHours, marked, asJson, session }, i) => {
            const atMs = nowMs + aheadHours * hourMs + i;
            const attributes = [text("session_id", `s-${session}`), ...(marked ? [mark(atMs)] : [])];
            const encoding = asJson ? ("json" as const) : ("protobuf" as const);
            return { atMs, map: () => mapEvent(atMs, { attributes, encoding, over: of(tenantId) }) };
          });
          const deliver = async (place: number, receiver: number): Promise<void> => {
            const mapped = (wanted[place % wanted.length] as (typeof wanted)[number]).map();
            await receivers[receiver]?.submit(mapped, 1000);
          };
          await Promise.all([
            ...wanted.map((_, place) => deliver(place, place % 2)),
            ...again.map(({ event, receiver }) => deliver(event, receiver)),
          ]);
          const storedBy = async (): Promise<number> => {
            const { rows } = await database.pool.query<{ n: number; ahead: number }>(
              `select count(*)::int as n, count(*) filter (where occurred_at > to_timestamp($2::double precision / 1000))::int as ahead
               from analytics_events where tenant_id = $1`,
              [tenantId, clockMs + hourMs],
            );
            expect(rows[0]?.ahead).toBe(0);
            return rows[0]?.n as number;
          };
          let clockMs = nowMs;
          const dueBy = (ms: number) => wanted.filter(({ atMs }) => atMs <= Math.max(ms, nowMs + hourMs)).length;
          expect(await storedBy()).toBe(dueBy(nowMs));
          for (const { hours, ends, twice } of [...looks, { hours: 100, ends: false, twice: false }]) {
            clockMs = Math.max(clockMs, nowMs + hours * hourMs);
            // Ends after the commit, before the event is noted as counted.
            const ending = {
              submit: async (...args: Parameters<GroupCommit["submit"]>) => {
                await receivers[0]?.submit(...args);
                throw new Error("ends here");
              },
            };
            if (ends) await countDueEvents(client, ending, tenantId, clockMs).catch(() => {});
            const other = await openWriterConnection(database.connectionString);
            await Promise.all([
              countDueEvents(client, receivers[0] as GroupCommit, tenantId, clockMs),
              ...(twice ? [countDueEvents(other, receivers[1] as GroupCommit, tenantId, clockMs)] : []),
            ]).finally(() => other.end());
            expect(await storedBy()).toBe(dueBy(clockMs));
            // A sender that has had no answer sends all of it once more.
            await Promise.all(again.map(({ event, receiver }) => deliver(event, receiver)));
          }
          // What a receiver whose clock is behind has taken once more counts no second time.
          await countDueEvents(client, receivers[0] as GroupCommit, tenantId, clockMs);
          expect(await waitingOf(tenantId)).toBe(0);
          const { rows } = await database.pool.query<{ n: number }>(
            "select sum(events)::int as n from analytics_event_counts where tenant_id = $1",
            [tenantId],
          );
          expect(rows[0]?.n).toBe(wanted.length);
          expect(await verifyTenant(database.connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
        },
      ),
      { numRuns: propertyRuns(15) },
    );
  }, 300_000);

  test("a person's are deleted by an erasure, and do not bring the id back; the others wait on", async () => {
    const client = await openClient();
    const tenantId = "erased";
    const dueMs = nowMs + 5 * hourMs;
    for (const session of ["anna", "annamaria"]) {
      for (const atMs of [nowMs, dueMs]) {
        const mapped = mapEvent(atMs, { attributes: [text("session_id", session)], over: of(tenantId) });
        await receivers[0]?.submit(mapped, 1000);
      }
    }
    const look = await erasePerson(client, tenantId, { sessionId: "anna" }, { dryRun: true });
    expect(look).toMatchObject({ events: 1, waitingEvents: 1 });
    expect(await waitingOf(tenantId)).toBe(2);
    expect(await erasePerson(client, tenantId, { sessionId: "anna" })).toMatchObject({ events: 1, waitingEvents: 1 });
    await countDueEvents(client, receivers[0] as GroupCommit, tenantId, dueMs);
    const { rows } = await database.pool.query<{ session_id: string; n: number }>(
      "select session_id, count(*)::int as n from analytics_events where tenant_id = $1 group by 1 order by 2",
      [tenantId],
    );
    expect(rows).toEqual([
      { session_id: expect.stringMatching(/^erased-/), n: 1 },
      { session_id: "annamaria", n: 2 },
    ]);
    expect(await verifyTenant(database.connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
  });

  /** The ids of a tenant's stored sessions, in order. */
  const sessionsOf = async (tenantId: string): Promise<string[]> => {
    const { rows } = await database.pool.query<{ session_id: string }>(
      "select session_id from analytics_events where tenant_id = $1 order by session_id",
      [tenantId],
    );
    return rows.map((row) => row.session_id);
  };

  test("an erasure between reading and committing a due event takes that one, and the others count", async () => {
    const [client, other] = [await openClient(), await openClient()];
    const tenantId = "erased-meanwhile";
    const dueMs = nowMs + 5 * hourMs;
    for (const session of ["anna", "bert"]) {
      const mapped = mapEvent(dueMs, { attributes: [text("session_id", session)], over: of(tenantId) });
      await receivers[0]?.submit(mapped, 1000);
    }
    let erasing: Promise<unknown> | undefined;
    const afterErasure = {
      submit: async (...args: Parameters<GroupCommit["submit"]>) => {
        await (erasing ??= erasePerson(other, tenantId, { sessionId: "anna" }));
        return (receivers[0] as GroupCommit).submit(...args);
      },
    };
    expect(await countDueEvents(client, afterErasure, tenantId, dueMs)).toBe(1);
    expect(await sessionsOf(tenantId)).toEqual(["bert"]);
    expect(await waitingOf(tenantId)).toBe(0);
    expect(await verifyTenant(database.connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
  });

  test("what was counted while an erasure looked for the person is erased as well", async () => {
    const [client, other] = [await openClient(), await openClient()];
    const tenantId = "counted-meanwhile";
    const dueMs = nowMs + 5 * hourMs;
    const send = (atMs: number, session: string, userId: string) =>
      receivers[0]?.submit(
        mapEvent(atMs, { attributes: [text("session_id", session), text("user_id", userId)], over: of(tenantId) }),
        1000,
      );
    await send(dueMs, "s-1", "anna");
    // The last word on whose session it is: only a look at the events finds that the first one names somebody else.
    await send(dueMs + 1, "s-1", "bert");
    await send(dueMs + 2, "s-1", "carl");
    const query = client.query.bind(client);
    let looks = 0;
    const watched = Object.assign(Object.create(client) as typeof client, {
      query: async (...args: Parameters<typeof query>) => {
        const [statement] = args as unknown as [{ text?: string } | string];
        const isLock = JSON.stringify(statement).includes("spanledger_lock_tenant_alone");
        if (isLock && ++looks === 1) await countDueEvents(other, receivers[0] as GroupCommit, tenantId, dueMs + 2);
        return query(...args);
      },
    });
    expect(await erasePerson(watched, tenantId, { userId: "anna" })).toMatchObject({ waitingEvents: 0 });
    expect(looks).toBe(2);
    const { rows } = await database.pool.query<{ n: number }>(
      "select count(*)::int as n from analytics_events where tenant_id = $1 and event_data::text like '%anna%'",
      [tenantId],
    );
    expect(rows).toEqual([{ n: 0 }]);
    expect(await verifyTenant(database.connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
  });

  test("a rejected event that is erased while it is replayed counts nothing; requests beside it count", async () => {
    const client = await openClient();
    const tenantId = "replayed-meanwhile";
    const stranger = () => mapEvent(nowMs, { attributes: [text("session_id", ""), int("a", 1)], over: of(tenantId) });
    await receivers[0]?.submit(stranger(), 1000);
    const kept = { as: "rejected", tenantId, contentHash: stranger().rejected[0]?.contentHash as Uint8Array } as const;
    const submit = (session: string, over: Partial<MappedRequest> = {}) =>
      (receivers[0] as GroupCommit).submit(
        { ...mapEvent(nowMs, { attributes: [text("session_id", session)], over: of(tenantId) }), ...over },
        1000,
      );
    expect(await submit("replayed", { kept })).toEqual({ inserted: 1, duplicates: 0, refused: [] });
    await emptyRejectedEvents(client, tenantId, [Buffer.from(kept.contentHash)]);
    const [forgotten, beside] = await Promise.all([submit("late", { kept }), submit("beside")]);
    expect(forgotten).toMatchObject({ inserted: 0, isForgotten: true });
    expect(beside).toEqual({ inserted: 1, duplicates: 0, refused: [] });
    expect(await sessionsOf(tenantId)).toEqual(["beside", "replayed"]);
    expect(await verifyTenant(database.connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
  });

  test("one whose time is no longer kept when it comes is a rejected event, not a lost one", async () => {
    const client = await openClient();
    const tenantId = "sealed";
    await receivers[0]?.submit(mapEvent(nowMs, { over: of(tenantId) }), 1000);
    await receivers[0]?.submit(mapEvent(nowMs + 2 * hourMs, { over: of(tenantId) }), 1000);
    await database.pool.query("update analytics_settings set retained_from = '2026-01-01' where tenant_id = $1", [
      tenantId,
    ]);
    expect(await countDueEvents(client, receivers[0] as GroupCommit, tenantId, nowMs + 100 * dayMs)).toBe(1);
    const { rows } = await database.pool.query("select code from analytics_rejected_events where tenant_id = $1", [
      tenantId,
    ]);
    expect(rows).toEqual([{ code: "too_old" }]);
  });

  test("beyond the tenant's bound of the day they are handed on as rejected events; other tenants have their own", async () => {
    const client = await openClient();
    const three = [1, 2, 3].flatMap(
      (hours) => mapEvent(nowMs + (hours + 1) * hourMs, { over: of("bound") }).waiting ?? [],
    );
    const other = mapEvent(nowMs + 2 * hourMs, { over: of("bound-too") }).waiting ?? [];
    const size = (three[0]?.payload.length ?? 0) + 512;
    const keep = () => inTransaction(client, {}, () => keepWaiting(client, [...three, ...other], 2 * size));
    const first = await keep();
    expect(first.added.map(({ tenantId }) => tenantId)).toEqual(["bound", "bound", "bound-too"]);
    expect(first.rejected.map(({ tenantId, code }) => [tenantId, code])).toEqual([["bound", "in_the_future"]]);
    // What is kept already is known, and takes nothing more.
    expect((await keep()).added).toEqual([]);
    // Tenants without settings are not tenants that upkeep could visit.
    await database.pool.query("delete from analytics_waiting_events where tenant_id like 'bound%'");
  });

  test("upkeep counts one when PostgreSQL's clock says that its time has come", async () => {
    const tenantId = "watched";
    const watching = await watchTenants({
      connectionString: database.connectionString,
      onAlarm: (code) => expect.unreachable(code),
      log: { warn: () => {}, info: () => {} } as never,
      everyMs: 50,
      switchesRules: false,
      retentionMonths: undefined,
      ingest: receivers[0] as GroupCommit,
      onSwept: () => {},
    });
    onTestFinished(() => watching.close());
    const atMs = watching.nowMs() + 1500;
    // As a receiver of hours ago saw it.
    await receivers[0]?.submit(mapEvent(atMs, { over: { ...of(tenantId), nowMs: atMs - 3 * hourMs } }), 1000);
    await vi.waitFor(
      async () => {
        const { rows } = await database.pool.query<{ early: boolean }>(
          "select created_at < occurred_at - interval '100 milliseconds' as early from analytics_events where tenant_id = $1",
          [tenantId],
        );
        expect(rows).toEqual([{ early: false }]);
        expect(await waitingOf(tenantId)).toBe(0);
      },
      { timeout: 120_000, interval: 50 },
    );
  }, 180_000);
});

test("a receiver accepts one, shows no month of it, and names the service whose clock is ahead until it is set", async () => {
  const { url, database } = await startTestReceiver();
  const send = async (aheadMs: number, service: string, session: string) => {
    const atMs = Date.now() + aheadMs;
    const body = tracesWith([{ name: "session.start", attributes: { session_id: session }, atMs }], {
      resource: { "service.name": service },
    });
    const answer = await fetch(`${url}/v1/traces`, {
      method: "POST",
      body,
      headers: { "content-type": "application/json" },
    });
    expect([answer.status, await answer.json()]).toEqual([200, {}]);
  };
  const clocks = async () => {
    const { evidence } = (await (await fetch(`${url}/api/analytics/data-quality`)).json()) as {
      evidence: { clocks_ahead: { service_name: string; ahead_ms: number; waiting: number }[] };
    };
    return evidence.clocks_ahead;
  };
  await send(0, "right", "s-0");
  await send(40 * dayMs, "weeks ahead", "s-1");
  await send(41 * dayMs, "weeks ahead", "s-2");
  expect(await clocks()).toEqual([
    { service_name: "weeks ahead", ahead_ms: expect.any(Number), arrived_at: expect.any(String), waiting: 2 },
  ]);
  expect((await clocks())[0]?.ahead_ms).toBeGreaterThan(40.9 * dayMs);
  const page = await (await fetch(`${url}/data-quality?lang=en`)).text();
  expect(page).toContain("Clocks that run ahead");
  expect(page).toMatch(/weeks ahead[^]*41 days/);
  const { rows } = await database.pool.query<{ n: number }>(
    "select count(*)::int as n from analytics_business_metrics where period_start > now() + interval '1 day'",
  );
  expect(rows).toEqual([{ n: 0 }]);
  // The clock is set; what it sent waits on.
  await send(0, "weeks ahead", "s-3");
  expect(await clocks()).toEqual([]);
  expect(await (await fetch(`${url}/data-quality?lang=en`)).text()).not.toContain("Clocks that run ahead");
  const { rows: waiting } = await database.pool.query("select from analytics_waiting_events");
  expect(waiting).toHaveLength(2);
  // And it runs ahead again.
  await send(2 * dayMs, "weeks ahead", "s-4");
  expect(await clocks()).toMatchObject([{ service_name: "weeks ahead", waiting: 3 }]);
}, 120_000);
