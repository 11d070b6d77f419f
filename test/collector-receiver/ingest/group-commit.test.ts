import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import type { IngestOptions, GroupCommit } from "../../../collector-receiver/src/ingest/group-commit.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import type { WriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { requestOf } from "./arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await useTestDatabase();
});

function open(options: Partial<IngestOptions> = {}): GroupCommit {
  const ingest = openTestIngest(database.connectionString, options);
  onTestFinished(() => ingest.close());
  return ingest;
}

const one = async (sql: string): Promise<Record<string, unknown>> => (await database.pool.query(sql)).rows[0];

describe("acknowledged means committed", () => {
  test("when a request is answered, another connection sees its rows and its counters", async () => {
    const ingest = open();
    for (let i = 1; i <= 20; i++) {
      await ingest.submit(requestOf([makeEvent({ name: "session.start", sessionId: `s-${i}` })]), 100);
      expect(await one("select count(*)::int as n from analytics_events")).toEqual({ n: i });
      expect(
        await one("select total_sessions::int as n from analytics_business_metrics where period_type = 'month'"),
      ).toEqual({ n: i });
    }
  });

  test("where the counters cannot be written, nothing is committed and the sender is told to try again", async () => {
    const alarms: string[] = [];
    const ingest = open({ onAlarm: (code) => alarms.push(code) });
    await database.pool.query(
      "alter table analytics_business_metrics add constraint broken check (total_messages < 1)",
    );
    const event = makeEvent({ name: "session.message", sessionId: "s-1" });
    await expect(ingest.submit(requestOf([event]), 100)).rejects.toMatchObject({
      name: "UnavailableError",
      code: expect.stringMatching(/counter_error|partition_missing/),
    });
    expect(alarms).toHaveLength(1);
    expect(await one("select count(*)::int as n from analytics_events")).toEqual({ n: 0 });
    expect(await one("select count(*)::int as n from analytics_rejected_events")).toEqual({ n: 0 });
    await database.pool.query("alter table analytics_business_metrics drop constraint broken");
    expect(await ingest.submit(requestOf([event]), 100)).toMatchObject({ inserted: 1 });
  });

  test("a missing partition is made on demand, also where the process believed it was there", async () => {
    const ingest = open();
    await ingest.submit(requestOf([makeEvent({ name: "acme.first" })]), 100);
    await database.pool.query("drop table analytics_events_2025_12");
    expect(await ingest.submit(requestOf([makeEvent({ name: "acme.second" })]), 100)).toMatchObject({ inserted: 1 });
    expect(await one("select count(*)::int as n from analytics_events_2025_12")).toEqual({ n: 1 });
  });
});

describe("one bad event hurts itself alone", () => {
  // Mapping never lets such bytes through; this is what happens if it did.
  test.each([
    ["a NUL that jsonb does not take", '{"note":"\\u0000"}'],
    ["bytes that are not JSON", '{"note":'],
  ])("PostgreSQL refuses one of 200, %s: it is kept with the reason, 199 are counted", async (_, json) => {
    const ingest = open();
    const bad = makeEvent({ name: "acme.bad", eventData: new TextEncoder().encode(json) });
    const events = Array.from({ length: 200 }, (_unused, i) => (i === 77 ? bad : makeEvent({ name: "acme.good" })));
    expect(await ingest.submit(requestOf(events), 1000)).toMatchObject({
      inserted: 199,
      duplicates: 0,
      refused: [{ code: "refused_by_database" }],
    });
    expect(await one("select count(*)::int as n from analytics_events")).toEqual({ n: 199 });
    expect(await one("select events::int as n from analytics_event_counts where event_name = 'acme.good'")).toEqual({
      n: 199,
    });
    expect(await one("select code, event_name from analytics_rejected_events")).toEqual({
      code: "refused_by_database",
      event_name: "acme.bad",
    });
  });

  test("a rejected event that is sent again is one row, and is seen once by its source", async () => {
    const ingest = open();
    const rejected = {
      tenantId: "default",
      code: "wrong_type",
      reason: 'agent_id is the text "7": send an integer',
      eventName: "agent.login",
      occurredAtMs: null,
      payload: new Uint8Array([1, 2, 3]),
      payloadType: "application/x-protobuf",
      signal: "traces" as const,
      contentHash: new Uint8Array(32).fill(7),
      source: { sourceId: "source-1", seq: 1 },
    };
    const request = { ...requestOf([]), rejected: [rejected], rejectedCarriers: 1 };
    await ingest.submit(request, 100);
    await Promise.all([ingest.submit(request, 100), ingest.submit(request, 100)]);
    expect(await one("select count(*)::int as n from analytics_rejected_events")).toEqual({ n: 1 });
    expect(await one("select highest_seq::int, events_seen::int from analytics_sources")).toEqual({
      highest_seq: 1,
      events_seen: 1,
    });
  });
});

describe("group commit", () => {
  test("requests that wait share transactions; each is told what became of its own events", async () => {
    let commits = 0;
    const ingest = open({ onCommitted: () => commits++ });
    const shared = makeEvent({ name: "acme.shared" });
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => ingest.submit(requestOf([makeEvent({ name: "acme.own" }), shared]), 100)),
    );
    expect(answers.reduce((sum, { inserted }) => sum + inserted, 0)).toBe(301);
    expect(answers.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(299);
    expect(commits).toBeLessThan(100);
  });

  test("senders that are answered together share the next transaction too, though some come back later", async () => {
    let commits = 0;
    const ingest = open({ onCommitted: () => commits++ });
    const rounds = 40;
    const send = async (later: boolean): Promise<void> => {
      for (let round = 0; round < rounds; round++) {
        if (later) await setImmediate();
        await ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 100);
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, sender) => send(sender % 2 === 1)));
    expect(commits).toBeLessThan(rounds * 1.25);
  });

  /** A transaction that holds others up until it is rolled back. */
  async function block(sql: string): Promise<WriterConnection> {
    const blocker = await openWriterConnection(database.connectionString);
    onTestFinished(() => blocker.end());
    await blocker.query("begin");
    await blocker.query(sql);
    return blocker;
  }

  const submitTo = (ingest: GroupCommit) => (events: number) =>
    ingest.submit(requestOf(Array.from({ length: events }, () => makeEvent({ name: "acme.event" }))), 100);

  const waitingFor = async (table: string): Promise<number> => {
    const waits = await database.pool.query(
      `select from pg_locks where not granted and relation = '${table}'::regclass`,
    );
    return waits.rows.length;
  };

  test("while a transaction counts, another one begins when as many events wait; a few wait for its end", async () => {
    const committed: number[] = [];
    const ingest = open({ onCommitted: ({ inserted }) => committed.push(inserted.length) });
    const submit = submitTo(ingest);
    await submit(1);
    const blocker = await block("lock table analytics_event_counts in exclusive mode");
    const first = submit(1000);
    await expect.poll(() => waitingFor("analytics_event_counts"), { timeout: 30_000 }).toBe(1);
    // The transaction has just begun, however long this machine took: it counts, or another one would still wait for its COPY.
    const clock = vi.spyOn(performance, "now").mockReturnValue(0);
    onTestFinished(() => clock.mockRestore());
    const few = submit(600);
    await setImmediate();
    expect(ingest.queueLength).toBe(1);
    const enough = submit(400);
    await setImmediate();
    expect(ingest.queueLength).toBe(0);
    clock.mockRestore();
    const late = submit(10);
    await blocker.query("rollback");
    await Promise.all([first, few, enough, late]);
    expect(committed.toSorted((a, b) => a - b)).toEqual([1, 10, 1000, 1000]);
  });

  test("the next transaction begins as soon as the events of the one before are written", async () => {
    const ingest = open({});
    const submit = submitTo(ingest);
    await submit(1);
    const blocker = await block("lock table analytics_event_counts in exclusive mode");
    // Without the look at transactions that take long.
    const timers = vi.spyOn(globalThis, "setInterval").mockReturnValue(undefined as never);
    const first = submit(1000);
    await setImmediate();
    const second = submit(1000);
    timers.mockRestore();
    await expect.poll(() => waitingFor("analytics_event_counts"), { timeout: 30_000 }).toBe(2);
    await blocker.query("rollback");
    await Promise.all([first, second]);
  });

  test("one transaction after the other writes its events, unless that takes long", async () => {
    const committed: number[] = [];
    const ingest = open({ onCommitted: ({ inserted }) => committed.push(inserted.length) });
    const submit = submitTo(ingest);
    await submit(1);
    const blocker = await block("lock table analytics_events in exclusive mode");
    const first = submit(1000);
    await setImmediate();
    const second = submit(1000);
    const third = submit(1000);
    await setImmediate();
    expect(ingest.queueLength).toBe(2);
    await expect.poll(() => ingest.queueLength, { timeout: 30_000 }).toBe(0);
    await expect.poll(() => waitingFor("analytics_events"), { timeout: 30_000 }).toBe(2);
    await blocker.query("rollback");
    await Promise.all([first, second, third]);
    expect(committed.toSorted((a, b) => a - b)).toEqual([1, 1000, 2000]);
  });

  test("a full queue refuses with a hint when to come back, and takes requests again later", async () => {
    const ingest = open({ maxQueueBytes: 1000, isQueueDivided: false, writers: 1 });
    const submit = () => ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 600);
    const answers = await Promise.allSettled([submit(), submit(), submit()]);
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected"]);
    expect(answers[1]).toMatchObject({ reason: { code: "queue_full", retryAfterSeconds: 2 } });
    await expect(submit()).resolves.toMatchObject({ inserted: 1 });
    expect(ingest.queueBytes).toBe(0);
  });

  test("a tenant that has its share is refused with its own answer, and another tenant is not", async () => {
    const ingest = open({ maxQueueBytes: 2000, writers: 1 });
    const submit = (tenantId: string, bytes = 600) =>
      ingest.submit(requestOf([makeEvent({ tenantId, name: "acme.event" })]), bytes);
    const answers = await Promise.allSettled([
      submit("brand-a"),
      submit("brand-a"),
      submit("brand-b"),
      submit("brand-c"),
    ]);
    expect(answers.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
    expect(answers[1]).toMatchObject({
      reason: { code: "tenant_queue_full", message: expect.stringMatching(/^600 bytes of tenant "brand-a" wait/) },
    });
    expect(answers[3]).toMatchObject({ reason: { code: "queue_full" } });
    await expect(submit("brand-a")).resolves.toMatchObject({ inserted: 1 });
    // If nothing waits, a request may be larger than a share.
    const large = submit("brand-a", 1500);
    await expect(submit("brand-b")).rejects.toMatchObject({ code: "queue_full" });
    await expect(large).resolves.toMatchObject({ inserted: 1 });
    expect(ingest.queueBytes).toBe(0);
  });

  test("a request of two tenants, one of them over its share: the other's part is committed, and all of it is to be sent again", async () => {
    const ingest = open({ maxQueueBytes: 2000, writers: 1 });
    const of = (tenantId: string) => makeEvent({ tenantId, name: "acme.event" });
    const flood = ingest.submit(requestOf([of("flooding")]), 900);
    const both = [of("flooding"), of("quiet")];
    await expect(ingest.submit(requestOf(both), 400)).rejects.toMatchObject({ code: "tenant_queue_full" });
    await flood;
    const stored = "select tenant_id, count(*)::int as n from analytics_events group by 1 order by 1";
    expect((await database.pool.query(stored)).rows).toEqual([
      { tenant_id: "flooding", n: 1 },
      { tenant_id: "quiet", n: 1 },
    ]);
    await expect(ingest.submit(requestOf(both), 400)).resolves.toEqual({ inserted: 1, duplicates: 1, refused: [] });
    expect(ingest.queueBytes).toBe(0);
  });

  test("a tenant's request does not wait for the many that another one has sent before", async () => {
    const batches: string[][] = [];
    const ingest = open({
      writers: 1,
      batchMaxEvents: 10,
      onCommitted: ({ inserted }) => batches.push(inserted.map(({ tenantId }) => tenantId)),
    });
    const submit = (tenantId: string) => ingest.submit(requestOf([makeEvent({ tenantId, name: "acme.event" })]), 100);
    await Promise.all([...Array.from({ length: 300 }, () => submit("flooding")), submit("quiet")]);
    expect(batches[0]).toHaveLength(10);
    expect(batches[0]).toContain("quiet");
    expect(batches.flat()).toHaveLength(301);
  });

  test("there is room for more until two batches wait, and again when the first of them is taken", async () => {
    const ingest = open({ batchMaxEvents: 3, writers: 1 });
    const submit = () => ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 100);
    const answers = Array.from({ length: 5 }, submit);
    expect(ingest.whenRoom?.()).toBeUndefined();
    answers.push(submit());
    const room = ingest.whenRoom?.();
    expect(room).toBeInstanceOf(Promise);
    await room;
    expect(ingest.whenRoom?.()).toBeUndefined();
    expect(await Promise.all(answers)).toHaveLength(6);
  });

  test("closing commits queued requests and refuses later ones", async () => {
    const ingest = openTestIngest(database.connectionString);
    const waiting = Array.from({ length: 50 }, () =>
      ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 100),
    );
    const closed = ingest.close();
    await expect(ingest.submit(requestOf([makeEvent({ name: "acme.late" })]), 100)).rejects.toMatchObject({
      code: "draining",
    });
    await closed;
    expect(await Promise.all(waiting)).toHaveLength(50);
    expect(await one("select count(*)::int as n from analytics_events")).toEqual({ n: 50 });
  });

  test("an unreachable database is a refusal that may pass, at once", async () => {
    const url = new URL(database.connectionString);
    url.port = "1";
    const ingest = openTestIngest(url.href);
    onTestFinished(() => ingest.close());
    await expect(ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 100)).rejects.toMatchObject({
      code: "database_unavailable",
    });
  });

  test("a connection that is cut in the middle is replaced, and the event counts once", async () => {
    const ingest = open({ writers: 1 });
    await ingest.submit(requestOf([makeEvent({ name: "acme.event" })]), 100);
    await database.pool.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'spanledger-writer'",
    );
    const event = makeEvent({ name: "acme.event" });
    for (let attempt = 1; ; attempt++) {
      try {
        await ingest.submit(requestOf([event]), 100);
        break;
      } catch (error) {
        expect(error).toMatchObject({ name: "UnavailableError" });
        expect(attempt).toBeLessThan(5);
      }
    }
    expect(await one("select events::int as n from analytics_event_counts")).toEqual({ n: 2 });
  });
});
