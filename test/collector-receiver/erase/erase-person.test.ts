import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { sealBefore } from "../../support/seal-before.ts";
import { Censor } from "../../../collector-receiver/src/erase/censor.ts";
import { erasePerson } from "../../../collector-receiver/src/erase/erase-person.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import type { ErasedPerson } from "../../../collector-receiver/src/storage/erase/find-person.ts";
import { payloadNamesPerson } from "../../../collector-receiver/src/erase/payload-names-person.ts";
import {
  keyValue,
  messageField,
  textAttribute,
  encodeVarint,
} from "../../../collector-receiver/src/bytes/write-protobuf.ts";
import { lockDatabaseAlone } from "../../../collector-receiver/src/storage/wire/lock-tenants.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { arbitraryEvents, requestOf } from "../ingest/arbitrary-events.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { changeEvent } from "../../support/make-business-event.ts";
import { propertyRuns } from "../../support/property-runs.ts";

const world = shareTestIngest();

async function erase(connectionString: string, person: ErasedPerson, tenantId = "default", dryRun = false) {
  const client = await openWriterConnection(connectionString);
  try {
    return await erasePerson(client, tenantId, person, { dryRun });
  } finally {
    await client.end();
  }
}

/** Every row of every table as text. */
async function everything(pool: TestDatabase["pool"], tenantId: string): Promise<string> {
  const { rows: tables } = await pool.query(
    `select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`,
  );
  const texts: string[] = [];
  for (const { relname } of tables) {
    const { rows } = await pool.query(`select to_jsonb(t)::text as text from ${relname} t where tenant_id = $1`, [
      tenantId,
    ]);
    texts.push(...rows.map((row) => row.text));
  }
  return texts.join("\n");
}

async function counters(pool: TestDatabase["pool"], tenantId: string): Promise<unknown> {
  const { rows } = await pool.query(
    `select to_jsonb(m) - '{id,revision,created_at,updated_at,unique_customers}'::text[] as row
     from analytics_business_metrics m where tenant_id = $1 order by period_type, period_value`,
    [tenantId],
  );
  return rows;
}

interface Scenario {
  events: BusinessEvent[];
  erased: ({ userId: string } | { sessionId: string })[];
  sealed: boolean;
}

test("erasing a person leaves no trace of the id, drift 0, and every number but distinct customers", async () => {
  const around = Date.UTC(2025, 11, 1);
  const scenario = fc.record({
    events: arbitraryEvents(around, 80 * 3_600_000),
    erased: fc.array(
      fc.oneof(
        fc.constantFrom("u-1", "u-2", "ü-𝒳").map((userId) => ({ userId })),
        fc.integer({ min: 1, max: 4 }).map((n) => ({ sessionId: `s-${n}` })),
      ),
      { minLength: 1, maxLength: 3 },
    ),
    sealed: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ events, erased, sealed }) => {
      await emptyTables(world.database.pool);
      const ours: BusinessEvent[] = events.map((event) => changeEvent(event, { tenantId: "default" }));
      await Promise.all(ours.map((event) => world.ingest.submit(requestOf([event]), 100)));
      if (sealed) {
        const client = await openWriterConnection(world.database.connectionString);
        const bound = Date.UTC(2025, 10, 30, 16);
        await sealBefore(client, "default", bound);
        await client.query({
          text: "delete from analytics_events where occurred_at < to_timestamp($1::float8 / 1000)",
          values: [bound],
        });
        await client.end();
      }
      const before = await counters(world.database.pool, "default");
      for (const person of erased) await erase(world.database.connectionString, person);
      const stored = await everything(world.database.pool, "default");
      for (const person of erased) {
        // In a sealed period only the count of a session stays, under its customer.
        expect(stored).not.toContain(`"${"userId" in person ? person.userId : person.sessionId}"`);
      }
      expect(await counters(world.database.pool, "default")).toEqual(before);
      expect(await verifyTenant(world.database.connectionString, "default")).toMatchObject({
        drifts: 0,
        firstDrifts: [],
      });
    }),
    {
      numRuns: propertyRuns(30),
      // A session names two customers, the first of them in events that retention has taken; either is the lesser one.
      examples: [
        ["u-1", "u-2"],
        ["u-2", "u-1"],
      ].flatMap(([gone, kept]): [Scenario][] => {
        const start = (user_id: string, occurredAtMs: number) =>
          makeEvent({ name: "session.start", sessionId: "s-2", occurredAtMs, attributes: { user_id } });
        const events = [start(gone as string, Date.UTC(2025, 10, 30, 15)), start(kept as string, around)];
        const [first, second] = [{ userId: kept as string }, { userId: gone as string }];
        return [[second], [first, second]].map((erased) => [{ events, erased, sealed: true }]);
      }),
    },
  );
});

test("an erased conversation is cut off from its customer, whose other ones are still found", async () => {
  const tenantId = "cut-off";
  const sessions = ["s-1", "s-2", "s-3"].map((sessionId) =>
    makeEvent({ tenantId, name: "session.start", sessionId, attributes: { session_id: sessionId, user_id: "maria" } }),
  );
  await world.ingest.submit(requestOf(sessions), 100);
  const customers = async (): Promise<unknown> => {
    const { rows } = await world.database.pool.query(
      `select unique_customers::int as customers from analytics_business_metrics
       where tenant_id = $1 and period_type = 'month'`,
      [tenantId],
    );
    return rows[0].customers;
  };
  expect(await customers()).toBe(1);
  await erase(world.database.connectionString, { sessionId: "s-1" }, tenantId);
  expect(await customers()).toBe(2);
  // Both that are left have one pseudonym.
  const found = await erase(world.database.connectionString, { userId: "maria" }, tenantId);
  expect(found).toMatchObject({ sessions: 2 });
  expect(await customers()).toBe(2);
  expect(await verifyTenant(world.database.connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
});

test("a dry run counts while others hold the lock, and changes nothing", async () => {
  const tenantId = "dry";
  const session = (sessionId: string, attributes: BusinessEvent["attributes"]) =>
    makeEvent({ tenantId, name: "session.start", sessionId, attributes: { session_id: sessionId, ...attributes } });
  await world.ingest.submit(
    requestOf([session("s-1", { user_id: "maria" }), session("s-2", { user_id: "otto" })]),
    100,
  );
  const before = await everything(world.database.pool, tenantId);
  const holder = await openWriterConnection(world.database.connectionString);
  await holder.query("begin");
  await lockDatabaseAlone(holder);
  const found = await erase(world.database.connectionString, { userId: "maria" }, tenantId, true);
  await holder.end();
  expect(found).toMatchObject({ tenantId, events: 1, sessions: 1, rejectedEvents: 0 });
  expect(await everything(world.database.pool, tenantId)).toBe(before);
});

test("looking for a person holds no batch back; events that its sessions get meanwhile are anonymised too", async () => {
  const tenantId = "meanwhile";
  const session = (name: string, sessionId: string, user = "maria", minute = 0) =>
    makeEvent({
      tenantId,
      name,
      sessionId,
      occurredAtMs: Date.UTC(2025, 11, 25, 4, minute),
      attributes: { session_id: sessionId, user_id: user },
    });
  await world.ingest.submit(requestOf([session("session.start", "s-1"), session("session.start", "s-2", "otto")]), 100);
  // A look into the rejected events takes as long as this is locked.
  const holder = await world.database.pool.connect();
  await holder.query("begin; lock table analytics_rejected_events in access exclusive mode");
  const erasure = erase(world.database.connectionString, { userId: "maria" }, tenantId);
  await vi.waitUntil(async () => {
    const { rows } = await world.database.pool.query(
      `select from pg_locks where not granted and relation = 'analytics_rejected_events'::regclass`,
    );
    return rows.length === 1;
  });
  const meanwhile = [
    session("session.end", "s-1", "maria", 1),
    session("session.start", "s-3", "maria", 2),
    session("session.end", "s-2", "otto", 3),
  ];
  expect(await world.ingest.submit(requestOf(meanwhile), 100)).toMatchObject({ inserted: 3 });
  await holder.query("commit");
  holder.release();
  expect(await erasure).toMatchObject({ tenantId, events: 3, sessions: 2, rejectedEvents: 0 });
  const stored = await everything(world.database.pool, tenantId);
  for (const gone of ["maria", '"s-1"', '"s-3"']) expect(stored, gone).not.toContain(gone);
  expect(stored).toContain("otto");
  expect(await verifyTenant(world.database.connectionString, tenantId)).toMatchObject({ drifts: 0, firstDrifts: [] });
});

test("erasing a person while events arrive leaves drift 0, and a second run afterwards leaves no trace", async () => {
  const around = Date.UTC(2025, 11, 1);
  const scenario = fc.record({
    events: arbitraryEvents(around, 80 * 3_600_000),
    erased: fc.array(
      fc.oneof(
        fc.constantFrom("u-1", "u-2").map((userId) => ({ userId })),
        fc.integer({ min: 1, max: 4 }).map((n) => ({ sessionId: `s-${n}` })),
      ),
      { minLength: 1, maxLength: 2 },
    ),
  });
  let run = 0;
  await fc.assert(
    fc.asyncProperty(scenario, async ({ events, erased }) => {
      const tenantId = `while-${run++}`;
      const ours = events.map((event) => changeEvent(event, { tenantId }));
      const send = (part: readonly BusinessEvent[]) =>
        Promise.all(part.map((event) => world.ingest.submit(requestOf([event]), 100)));
      const half = Math.ceil(ours.length / 2);
      await send(ours.slice(0, half));
      await Promise.all([
        send(ours.slice(half)),
        ...erased.map((person) => erase(world.database.connectionString, person, tenantId)),
      ]);
      expect(await verifyTenant(world.database.connectionString, tenantId)).toMatchObject({
        drifts: 0,
        firstDrifts: [],
      });
      for (const person of erased) await erase(world.database.connectionString, person, tenantId);
      const stored = await everything(world.database.pool, tenantId);
      for (const person of erased) {
        expect(stored).not.toContain(`"${"userId" in person ? person.userId : person.sessionId}"`);
      }
      expect(await verifyTenant(world.database.connectionString, tenantId)).toMatchObject({
        drifts: 0,
        firstDrifts: [],
      });
    }),
    { numRuns: propertyRuns(12) },
  );
});

test("texts, tickets, traces and what the catalogue does not know go; numbers that were counted stay", async () => {
  const tenantId = "texts";
  const events = [
    makeEvent({
      tenantId,
      name: "session.start",
      sessionId: "s-9",
      traceId: "a".repeat(32),
      attributes: { session_id: "s-9", user_id: "maria", channel: "web", note: "call me", phone: 13_800_000_000 },
    }),
    makeEvent({
      tenantId,
      name: "session.escalate",
      sessionId: "s-9",
      attributes: { session_id: "s-9", reason: "She said that her name is Maria and that she is angry" },
    }),
    makeEvent({
      tenantId,
      name: "query.order",
      sessionId: "s-9",
      attributes: { session_id: "s-9", order_number: "FD12345", success: true, response_time_ms: 120.5 },
    }),
    makeEvent({ tenantId, name: "ticket.created", ticketId: 7, attributes: { ticket_id: 7, user_id: "maria" } }),
    makeEvent({
      tenantId,
      name: "session.start",
      sessionId: "s-10",
      attributes: { session_id: "s-10", user_id: "maria2" },
    }),
  ];
  await world.ingest.submit(requestOf(events), 100);
  expect(await erase(world.database.connectionString, { userId: "maria" }, tenantId, true)).toMatchObject({
    events: 4,
    sessions: 1,
  });
  expect(await everything(world.database.pool, tenantId)).toContain("maria");
  expect(await erase(world.database.connectionString, { userId: "maria" }, tenantId)).toMatchObject({
    events: 4,
    sessions: 1,
  });
  const stored = await everything(world.database.pool, tenantId);
  for (const gone of ['maria"', "Maria", "call me", "13800000000", "FD12345", "aaaaaaaa", '"s-9"']) {
    expect(stored, gone).not.toContain(gone);
  }
  expect(stored).toContain("maria2");
  const { rows } = await world.database.pool.query(
    "select event_name, event_data, ticket_id from analytics_events where tenant_id = $1 and event_data ->> 'user_id' is distinct from 'maria2' order by event_name",
    [tenantId],
  );
  const pseudonym = expect.stringMatching(/^erased-/);
  expect(rows).toEqual([
    {
      event_name: "query.order",
      event_data: { session_id: pseudonym, success: true, response_time_ms: 120.5 },
      ticket_id: null,
    },
    { event_name: "session.escalate", event_data: { session_id: pseudonym, reason: "other" }, ticket_id: null },
    {
      event_name: "session.start",
      event_data: { session_id: pseudonym, user_id: pseudonym, channel: "web" },
      ticket_id: null,
    },
    { event_name: "ticket.created", event_data: { user_id: pseudonym }, ticket_id: -1 },
  ]);
  expect((await verifyTenant(world.database.connectionString, tenantId)).drifts).toBe(0);
  // The original, delivered once more, is a duplicate: what was erased does not come back.
  expect(await world.ingest.submit(requestOf(events), 100)).toMatchObject({ inserted: 0, duplicates: 5 });
  const { rows: audit } = await world.database.pool.query(
    "select action, details from analytics_audit where tenant_id = $1",
    [tenantId],
  );
  expect(audit).toEqual([
    {
      action: "erase",
      details: {
        what: "user",
        events: 4,
        sessions: 1,
        rejectedEvents: 0,
        waitingEvents: 0,
        mentions: 0,
        words: 0,
        shares: 0,
      },
    },
  ]);
});

test("a customer is looked for in one reading of the rows, also one whose id is a number in an event", async () => {
  const { connectionString, pool } = world.database;
  await emptyTables(pool);
  const visit = { name: "session.start", sessionId: "s-1", attributes: { user_id: "471200" } };
  await world.ingest.submit(requestOf([makeEvent(visit), makeEvent({ name: "page.viewed", attributes: {} })]), 100);
  await pool.query(`update analytics_events set event_data = '{"user_id": 471200}' where event_name = 'page.viewed'`);
  const client = await openWriterConnection(connectionString);
  const query = vi.spyOn(client, "query");
  const erasure = await erasePerson(client, "default", { userId: "471200" });
  const calls = query.mock.calls as unknown as [string | { readonly text: string }][];
  const texts = calls.map(([statement]) => (typeof statement === "string" ? statement : statement.text));
  await client.end();
  expect(erasure.events).toBe(2);
  expect(await everything(pool, "default")).not.toContain("471200");
  const scans = texts.filter(
    (text) => /from analytics_events\s+where/.test(text) && !text.includes("session_id = any"),
  );
  expect(scans).toHaveLength(1);
});

test("the tickets of a person get other numbers in every event and in their facts, each its own, and facts stay", async () => {
  const tenantId = "tickets";
  const about = (name: string, ticketId: number, minute: number, attributes: Record<string, string | number> = {}) =>
    makeEvent({
      tenantId,
      name,
      ticketId,
      traceId: "b".repeat(32),
      occurredAtMs: Date.UTC(2025, 11, 25, 4, minute),
      attributes: { ticket_id: ticketId, ...attributes },
    });
  const events = [
    about("ticket.created", 41, 0, { user_id: "lena" }),
    about("ticket.assigned", 41, 1),
    about("ticket.closed", 41, 2, { resolution_duration_hours: 1 }),
    about("ticket.status_changed", 41, 3, { user_id: "lena", from_status: "Resolved", to_status: "Lena called again" }),
    about("ticket.created", 42, 4, { user_id: "lena" }),
    about("ticket.created", 43, 5),
  ];
  const read = async (statement: string) => (await world.database.pool.query(statement, [tenantId])).rows;
  const facts = () =>
    read(`select first_seen_at, created_at, first_assigned_at, first_closed_at, last_closed_at, first_reopened_at,
      last_reopened_at from analytics_tickets where tenant_id = $1 order by created_at`);
  await world.ingest.submit(requestOf(events), 100);
  const before = await facts();
  await erase(world.database.connectionString, { userId: "lena" }, tenantId);
  expect(await facts()).toEqual(before);
  expect(before[0].first_reopened_at).toEqual(new Date(Date.UTC(2025, 11, 25, 4, 3)));
  expect(
    await read(
      "select ticket_id, event_data ->> 'ticket_id' as said, trace_id from analytics_events where tenant_id = $1 order by occurred_at",
    ),
  ).toEqual([
    ...[-1, -1, -1, -1, -2].map((ticket_id) => ({ ticket_id, said: null, trace_id: null })),
    { ticket_id: 43, said: "43", trace_id: "b".repeat(32) },
  ]);
  expect(await everything(world.database.pool, tenantId)).not.toContain("Lena called");
  // Whoever is erased next does not get a number that is taken.
  await world.ingest.submit(requestOf([about("ticket.created", 44, 6, { user_id: "otto" })]), 100);
  await erase(world.database.connectionString, { userId: "otto" }, tenantId);
  expect(await read("select ticket_id from analytics_tickets where tenant_id = $1 order by 1")).toEqual(
    [-3, -2, -1, 43].map((ticket_id) => ({ ticket_id })),
  );
  expect((await verifyTenant(world.database.connectionString, tenantId)).drifts).toBe(0);
});

test("rejected payloads of the person are emptied, and those of a similar id are kept", async () => {
  const { url, database } = await startTestReceiver();
  const bad = (sessionId: string, userId: string | number) => ({
    name: "query.order",
    attributes: { "spanledger.event.id": randomUUID(), session_id: sessionId, user_id: userId, success: 5 },
  });
  const body = tracesWith([bad("s-1", "anna"), bad("s-2", "anna-2"), bad("s-10", 4711), bad("s-11", 47)]);
  const answer = await fetch(`${url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
  });
  expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: "4" } });
  expect(await erase(database.connectionString, { userId: "anna" })).toMatchObject({ rejectedEvents: 1 });
  expect(await erase(database.connectionString, { sessionId: "s-2" })).toMatchObject({ rejectedEvents: 1 });
  expect(await erase(database.connectionString, { userId: "4711" })).toMatchObject({ rejectedEvents: 1 });
  const { rows } = await database.pool.query(
    "select convert_from(payload, 'UTF8') as payload, reason from analytics_rejected_events order by payload",
  );
  expect(rows.map((row) => row.payload === "")).toEqual([true, true, true, false]);
  expect(rows[3].payload).toContain("s-11");
});

test("an identifier is found in a JSON payload as a whole value, as text and as a number", () => {
  const found = (payload: object, id: string) =>
    payloadNamesPerson(Buffer.from(JSON.stringify(payload)), "application/json", [id], new Censor(id, null));
  const attribute = (value: object) => ({ resourceSpans: [{ attributes: [{ key: "user_id", value }] }] });
  expect(found(attribute({ stringValue: "anna" }), "anna")).toBe(true);
  expect(found(attribute({ stringValue: "anna" }), "ann")).toBe(false);
  expect(found(attribute({ intValue: 4711 }), "4711")).toBe(true);
  expect(found(attribute({ intValue: 4711 }), "471")).toBe(false);
  expect(payloadNamesPerson(Buffer.from("{ anna"), "application/json", ["anna"], new Censor("anna", null))).toBe(true);
});

test("an identifier is found in a protobuf payload as a whole value, as text and as a number", () => {
  const text = messageField(1, textAttribute(6, "user_id", "anna"));
  const number = messageField(1, keyValue(6, "user_id", Buffer.concat([Buffer.from([0x18]), encodeVarint(4711)])));
  const other = messageField(1, keyValue(6, "count", Buffer.concat([Buffer.from([0x18]), encodeVarint(4711)])));
  const found = (payload: Buffer, id: string) =>
    payloadNamesPerson(payload, "application/x-protobuf", [id], new Censor(id, null));
  expect([found(text, "anna"), found(text, "ann"), found(text, "anna2")]).toEqual([true, false, false]);
  expect([found(number, "4711"), found(number, "471"), found(other, "4711")]).toEqual([true, false, false]);
});
