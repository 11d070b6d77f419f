import { beforeEach, expect, test } from "vitest";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { fieldsOf, makeBusinessEvent } from "../../support/make-business-event.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { context, encodeJson, int, logsOf, nanos, nowMs, text, type Attribute } from "../mapping/otlp-messages.ts";
import { requestOf } from "./arbitrary-events.ts";

const world = shareTestIngest();
beforeEach(() => emptyTables(world.database.pool));

/** Log records of one session, one millisecond apart, of a process that this resource names or not. */
function recordsOf(
  count: number,
  resource: Attribute[],
  more: Attribute[] = [],
  fromMs = nowMs - 1000,
): BusinessEvent[] {
  const records = Array.from({ length: count }, (_, n) => ({
    timeUnixNano: nanos(fromMs + n),
    eventName: "session.message",
    attributes: [text("session_id", "s-1"), ...more],
  }));
  return [...mapRequest(encodeJson(logsOf(records, "x", resource)), "json", "logs", context).events];
}
const send = (...events: BusinessEvent[]) => world.ingest.submit(requestOf(events), 100);
const replica = (n: number) => [text("service.name", "shop"), text("service.instance.id", `r-${n}`)];
const anyReplica = [text("service.name", "shop")];

/** As a receiver before 0.3.0 stores it. */
function earlierOf(event: BusinessEvent): BusinessEvent {
  return makeBusinessEvent({ ...fieldsOf(event), eventId: event.earlierId as string, idKind: 2 });
}

async function count(table: string): Promise<number> {
  const { rows } = await world.database.pool.query(`select count(*)::int as n from ${table}`);
  return rows[0].n as number;
}

test("replicas that name themselves all count; of others, what may be lost is counted as ambiguous", async () => {
  const named = await Promise.all([0, 1, 2].map((n) => send(...recordsOf(50, replica(n)))));
  expect(named.map(({ inserted }) => inserted)).toEqual([50, 50, 50]);
  // A retry, and one that holds the first attempt as well.
  const retried = await send(...recordsOf(50, replica(0)), ...recordsOf(50, replica(0)));
  expect(retried).toEqual({ inserted: 0, duplicates: 100, refused: [] });

  expect(await send(...recordsOf(50, anyReplica))).toEqual({ inserted: 50, duplicates: 0, refused: [] });
  expect(await send(...recordsOf(60, anyReplica))).toEqual({
    inserted: 10,
    duplicates: 50,
    ambiguous: 50,
    refused: [],
  });
  expect(await count("analytics_events")).toBe(210);
  expect(await count("analytics_event_ids")).toBe(0);
});

test("what a receiver before 0.3.0 stored under another id is found, by every way of writing", async () => {
  const events = recordsOf(30, replica(0));
  await send(...events.map(earlierOf));
  // COPY; then with a duplicate that it does not expect; then one row after the other, because PostgreSQL refuses one.
  expect(await send(...events.slice(0, 10))).toMatchObject({ inserted: 0, duplicates: 10 });
  const stored = makeEvent({ name: "acme.event" });
  await world.database.pool.query(
    "insert into analytics_events (tenant_id, event_id, event_name, event_data, occurred_at) values ('default', $1, 'e', '{}', $2)",
    [stored.eventId, new Date(stored.occurredAtMs)],
  );
  expect(await send(stored, ...events.slice(0, 20))).toMatchObject({ inserted: 0, duplicates: 21 });
  const bad = makeEvent({ name: "acme.event", eventData: new TextEncoder().encode('{"note":"\\u0000"}') });
  const others = recordsOf(5, replica(1));
  expect(await send(bad, ...events, ...others)).toMatchObject({ inserted: 5, duplicates: 30, refused: [{}] });
  expect(await send(...others)).toMatchObject({ inserted: 0, duplicates: 5 });
  expect(await count("analytics_events where event_name = 'session.message'")).toBe(35);
});

test("log.record.uid is an identity whatever the time, and finds what was stored before under another id", async () => {
  const uid = (n: number) => [text("log.record.uid", `01JFXZ4M2W8Q6T9N3B7V5C1D0${n}`)];
  const [first] = recordsOf(1, anyReplica, uid(1));
  expect(await send(first!)).toMatchObject({ inserted: 1 });
  const elsewhere = recordsOf(1, replica(5), [...uid(1), int("n", 5)], nowMs - 9000);
  expect(await send(...elsewhere)).toEqual({ inserted: 0, duplicates: 1, refused: [] });

  const [second] = recordsOf(1, anyReplica, uid(2));
  await send(earlierOf(second!));
  expect(await send(second!)).toMatchObject({ inserted: 0, duplicates: 1 });
  expect([await count("analytics_events"), await count("analytics_event_ids")]).toEqual([2, 1]);
  expect(await verifyTenant(world.database.connectionString, "default")).toMatchObject({
    drifts: 0,
    ids: { unclaimed: 0, repeated: 0 },
  });
});

test("the metric says how many duplicates were ambiguous", async () => {
  const database = await useTestDatabase();
  const receiver = await startTestReceiver({ DATABASE_URL: database.connectionString });
  const body = encodeJson(
    logsOf(
      [{ timeUnixNano: nanos(Date.now()), eventName: "session.start", attributes: [text("session_id", "s")] }],
      "x",
      anyReplica,
    ),
  );
  for (let i = 0; i < 3; i++) {
    const headers = { "content-type": "application/json" };
    expect((await fetch(`${receiver.url}/v1/logs`, { method: "POST", headers, body })).status).toBe(200);
  }
  const metrics = await (await fetch(`${receiver.url}/metrics`)).text();
  expect(metrics).toMatch(/^spanledger_ambiguous_duplicates_total 2$/m);
  expect(metrics).toMatch(/^spanledger_events_duplicate_total 2$/m);
});
