import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { bucketOf } from "../../../collector-receiver/src/metrics/duration-histogram.ts";
import {
  applyCustomerCorrections,
  stageCustomerCorrections,
} from "../../../collector-receiver/src/storage/recount/correct-customers.ts";
import { counterTables, customerTable } from "../../../collector-receiver/src/storage/recount/derived-tables.ts";
import { createShadowTables, dropShadowTables } from "../../../collector-receiver/src/storage/recount/shadow-tables.ts";
import {
  applyCorrections,
  stageCorrections,
} from "../../../collector-receiver/src/storage/recount/stage-corrections.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { emptyTables } from "../../support/empty-tables.ts";
import { changeEvent } from "../../support/make-business-event.ts";
import { arbitraryEvents, requestOf } from "../ingest/arbitrary-events.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { propertyRuns } from "../../support/property-runs.ts";

/** Ways to break what is derived from the rows. */
const damages = [
  "truncate analytics_business_metrics",
  "truncate analytics_sessions",
  "truncate analytics_customers, analytics_event_counts",
  "truncate analytics_agent_metrics, analytics_duration_counters",
  "update analytics_duration_counters set c00 = c00 + 3, c31 = 0",
  "insert into analytics_duration_counters (tenant_id, day, metric, first_bucket, c07) values ('default', '2020-01-01', 'never_was', 640, 2)",
  "update analytics_business_metrics set total_messages = total_messages + 7, estimated_cost_saved = 1.25 where period_type = 'day'",
  "update analytics_business_metrics set unique_customers = 99, revision = 1 where period_type <> 'day'",
  "update analytics_sessions set first_start_at = first_start_at + interval '3 days', user_id = 'somebody'",
  "update analytics_sessions set escalated_at = null, taken_over_at = now(), channel = 'wrong'",
  "insert into analytics_sessions (tenant_id, session_id, first_seen_at, last_activity_at, first_start_at) values ('default', 'never-was', now(), now(), now())",
  "delete from analytics_sessions where session_id < 's-4'",
  "update analytics_customers set days = days + 2, repeats = null",
  "update analytics_customers set repeats = array_fill(-2, array[37]) where user_id > 'u-1'",
  "update analytics_agent_metrics set agent_name = 'nobody', sessions_handled = 0",
  "update analytics_attribute_counts set value = value || '!', events = events + 1",
  "update analytics_attribute_counts set succeeded = succeeded + 1",
  "truncate analytics_segment_counters",
  "update analytics_segment_counters set value = value || '!', total_sessions = 4, first_wait_ms = 1",
  "insert into analytics_segment_counters (tenant_id, day, dimension, value, total_sessions) values ('default', '2020-01-01', 'plan', 'x', 3)",
  "update analytics_sessions set segments = 'channel=phone' where session_id > 's-2'",
  "update analytics_sessions set segments = null",
  "truncate analytics_ai_tokens",
  "update analytics_ai_tokens set model = model || '!', calls = calls + 1, output_tokens = 0",
  "insert into analytics_ai_tokens (tenant_id, day, provider, model, service_tier, calls) values ('default', '2020-01-01', 'nobody', 'none', '', 3)",
  "truncate analytics_hour_counters",
  "update analytics_hour_counters set hour = (hour + 7) % 24, conversations = conversations + 1, wait_ms = 0",
  "insert into analytics_hour_counters (tenant_id, day, hour, escalations) values ('default', '2020-01-01', 23, 3)",
  "truncate analytics_tickets, analytics_agent_states",
  "update analytics_tickets set first_closed_at = null, last_reopened_at = now(), created_at = created_at - interval '1 day'",
  "insert into analytics_tickets (tenant_id, ticket_id, first_seen_at, created_at) values ('default', 99, now(), now())",
  "truncate analytics_ticket_changes",
  "update analytics_ticket_changes set kind = 'reopened', resolution_ms = null where ticket_id = 1",
  "update analytics_ticket_changes set ticket_id = ticket_id + 7, changed_at = changed_at + interval '2 days'",
  "update analytics_business_metrics set tickets_resolved = 9, backlog_change = -3, resolution_ms = 1",
  "update analytics_agent_states set state = 'away' where agent_id = 1",
  "insert into analytics_agent_states values ('default', 1, '2025-12-30', '00000000-0000-7000-8000-000000000000', 'busy')",
  "update analytics_agent_states set session_id = 'another', kind = null, login_id = 'desk' where kind <> 'login'",
  "truncate analytics_data_quality",
  "update analytics_data_quality set events = events + 2, detail = detail || '!', example = 'none'",
  "insert into analytics_event_counts values ('default', '2020-01-01', 'never.was', 5)",
];

const world = shareTestIngest();

test("rebuild makes the drift zero from any state, and verify had found it, while ingest goes on", async () => {
  const scenario = fc.record({
    events: arbitraryEvents(Date.UTC(2025, 11, 30), 100 * 3_600_000),
    damages: fc.uniqueArray(fc.constantFrom(...damages), { minLength: 1, maxLength: 3 }),
    beforeDamage: fc.double({ min: 0.2, max: 1, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(scenario, async ({ events, damages: chosen, beforeDamage }) => {
      await emptyTables(world.database.pool);
      const cut = Math.ceil(events.length * beforeDamage);
      await send(events.slice(0, cut));
      const clean = await verifyTenant(world.database.connectionString, "default").catch(() => null);
      expect(clean?.drifts ?? 0).toBe(0);
      let changed = 0;
      for (const damage of chosen) {
        const { rowCount } = await world.database.pool.query(damage);
        changed += rowCount ?? 0;
      }
      const tenants = new Set(events.slice(0, cut).map((event) => event.tenantId));
      for (const tenant of tenants) {
        if (tenant === "default" && changed > 0 && chosen.includes(damages.at(-1) as string)) {
          expect((await verifyTenant(world.database.connectionString, tenant)).drifts).toBeGreaterThan(0);
        }
      }
      // What arrives while the rebuild runs is counted by both, or by neither.
      const [rebuilds] = await Promise.all([
        Promise.all([...tenants].map((tenant) => rebuildTenant(world.database.connectionString, tenant))),
        send(events.slice(cut)),
      ]);
      expect(rebuilds).toHaveLength(tenants.size);
      for (const tenant of new Set(events.map((event) => event.tenantId))) {
        // A tenant whose first events came during the rebuild was not rebuilt itself.
        if (!tenants.has(tenant)) continue;
        expect(await verifyTenant(world.database.connectionString, tenant)).toMatchObject({
          drifts: 0,
          firstDrifts: [],
        });
      }
    }),
    { numRuns: propertyRuns(25) },
  );
  // Each run verifies and rebuilds several tenants: four seconds beside other work.
}, 600_000);

async function send(events: readonly BusinessEvent[]): Promise<void> {
  await Promise.all(events.map((event) => world.ingest.submit(requestOf([event]), 100)));
}

test("a customer who comes again between a rebuild's snapshot and its corrections is counted once in each period", async () => {
  const visit = (day: string, userId: string, session = "first") =>
    makeEvent({
      tenantId: "again",
      name: "session.start",
      sessionId: `${day} ${userId} ${session}`,
      occurredAtMs: Date.parse(`${day}T04:00:00Z`),
      attributes: { user_id: userId },
    });
  // 2025-12-29 to 31 lie in the first week of 2026; 2026-05-01 lies in the last week of April.
  await send([
    visit("2025-12-28", "u-1"),
    visit("2025-12-29", "u-1"),
    visit("2025-12-29", "u-2"),
    visit("2026-05-01", "u-4"),
  ]);
  const counted = async () => {
    const { rows } = await world.database.pool.query(
      `select period_value, unique_customers::int from analytics_business_metrics
       where tenant_id = 'again' and unique_customers <> 0 order by period_type, period_value`,
    );
    return Object.fromEntries(rows.map((row) => [row.period_value, row.unique_customers]));
  };
  expect(await counted()).toEqual({
    "2025-12-28": 1,
    "2025-12-29": 2,
    "2025-12": 2,
    "2025-W52": 1,
    "2026-W01": 2,
    "2026-05-01": 1,
    "2026-05": 1,
    "2026-W18": 1,
  });
  const writer = await openWriterConnection(world.database.connectionString);
  const tables = [...counterTables, customerTable];
  await writer.query("begin isolation level repeatable read");
  // An empty recount: everything that is stored is to be taken back.
  await createShadowTables(writer, tables);
  await stageCorrections(writer, counterTables, "again");
  await stageCustomerCorrections(writer, "again");
  await dropShadowTables(writer, tables);
  await writer.query("commit");
  // Meanwhile they come on the same day, on others of the week and of the month, and in another month of the week.
  await send([
    visit("2025-12-31", "u-1"),
    visit("2026-01-01", "u-1"),
    visit("2026-01-01", "u-3"),
    visit("2026-04-29", "u-4"),
    visit("2025-12-28", "u-1", "later"),
  ]);
  await writer.query("begin");
  await applyCorrections(writer, counterTables, "again");
  await applyCustomerCorrections(writer, "again");
  await writer.query("commit");
  await writer.end();
  expect(await counted()).toEqual({
    "2025-12-31": 1,
    "2026-01-01": 2,
    "2025-12": 1,
    "2026-01": 2,
    "2026-W01": 2,
    "2026-04-29": 1,
    "2026-04": 1,
    "2026-W18": 1,
    "2025-12-28": 1,
    "2025-W52": 1,
  });
});

test("of two rebuilds of a tenant at once the second waits, and each difference is added once", async () => {
  const { connectionString, pool } = world.database;
  await send([makeEvent({ tenantId: "twice", name: "session.message", occurredAtMs: Date.UTC(2025, 11, 30, 4) })]);
  await pool.query(
    "update analytics_business_metrics set total_messages = total_messages + 7 where tenant_id = 'twice'",
  );
  const batch = await openWriterConnection(connectionString);
  await batch.query("begin");
  // What rebuilds wait for before they add what they found.
  await batch.query("select spanledger_lock_tenant_alone('twice')");
  let waiting = 0;
  const rebuilds = [1, 2].map(() => rebuildTenant(connectionString, "twice", undefined, () => waiting++));
  await vi.waitFor(
    async () => {
      const { rows } = await pool.query(
        "select 1 from pg_locks join pg_database on pg_database.oid = database where datname = current_database() and not granted",
      );
      expect(rows).toHaveLength(2);
    },
    { timeout: 30_000, interval: 20 },
  );
  expect(waiting).toBe(1);
  await batch.query("commit");
  await batch.end();
  await Promise.all(rebuilds);
  expect(await verifyTenant(connectionString, "twice")).toMatchObject({ drifts: 0, firstDrifts: [] });
});

test("verify names a bucket that drifts as the histogram is read, and rebuild mends it", async () => {
  const message = { tenantId: "durations", name: "session.message", occurredAtMs: Date.UTC(2025, 11, 30, 4) };
  await send([
    makeEvent({ ...message, attributes: { response_time_ms: 0 } }),
    makeEvent({ ...message, attributes: { response_time_ms: 1480 } }),
    makeEvent({ ...message, attributes: { response_time_ms: 1480 } }),
  ]);
  const stored = async () =>
    (
      await world.database.pool.query(
        "select * from analytics_duration_histograms where tenant_id = 'durations' order by bucket",
      )
    ).rows;
  const right = await stored();
  const bucket = bucketOf(1480);
  expect(right.map((row) => [row.metric, row.bucket, row.count])).toEqual([
    ["response_time", 0, "1"],
    ["response_time", bucket, "2"],
  ]);
  const ofBucket = (of: number, more: object) => ({
    table: "analytics_duration_histograms",
    row: `2025-12-30 response_time ${of}`,
    column: "count",
    ...more,
  });
  for (const [damage, ...drifts] of [
    [
      "update analytics_duration_counters set c00 = 5 where first_bucket = 0",
      ofBucket(0, { stored: "5", expected: "1" }),
    ],
    [
      `delete from analytics_duration_counters where first_bucket > 0`,
      ofBucket(bucket, { stored: "0", expected: "2" }),
    ],
    [
      `insert into analytics_duration_counters (tenant_id, day, metric, first_bucket, c00, c31)
       values ('durations', '2025-12-30', 'response_time', 640, 7, 8)`,
      ofBucket(640, { stored: "7", expected: "0" }),
      ofBucket(671, { stored: "8", expected: "0" }),
    ],
  ] as const) {
    await world.database.pool.query(damage);
    expect(await verifyTenant(world.database.connectionString, "durations"), damage).toMatchObject({
      drifts: drifts.length,
      firstDrifts: drifts,
    });
    await rebuildTenant(world.database.connectionString, "durations");
    expect(await stored(), damage).toEqual(right);
    expect(await verifyTenant(world.database.connectionString, "durations"), damage).toMatchObject({ drifts: 0 });
  }
}, 180_000);

test("verify names each fact of an agent or a ticket that is not what the events say, and rebuild mends it", async () => {
  const at = (minute: number) => Date.UTC(2025, 11, 30, 4, minute);
  const agent = { tenantId: "operations", agentId: 1, attributes: { agent_id: 1 } };
  const ticket = { tenantId: "operations", ticketId: 5, attributes: { ticket_id: 5 } };
  await send([
    makeEvent({ ...agent, name: "agent.login", occurredAtMs: at(0) }),
    makeEvent({ ...agent, name: "agent.session_message", occurredAtMs: at(20), sessionId: "s" }),
    makeEvent({ ...agent, name: "agent.logout", occurredAtMs: at(50) }),
    makeEvent({ ...ticket, name: "ticket.created", occurredAtMs: at(1) }),
    makeEvent({ ...ticket, name: "ticket.closed", occurredAtMs: at(2), agentId: 1 }),
  ]);
  const tables = ["analytics_tickets", "analytics_ticket_changes", "analytics_agent_states"];
  const stored = () =>
    Promise.all(
      tables.map(
        async (table) =>
          (await world.database.pool.query(`select * from ${table} where tenant_id = 'operations' order by 1, 2, 3`))
            .rows,
      ),
    );
  const right = await stored();
  expect(right.map((rows) => rows.length)).toEqual([1, 1, 4]);
  for (const [table, damage] of [
    ["analytics_tickets", "delete from analytics_tickets"],
    ["analytics_tickets", "update analytics_tickets set first_closed_at = first_closed_at - interval '1 hour'"],
    [
      "analytics_tickets",
      "insert into analytics_tickets (tenant_id, ticket_id, first_seen_at) values ('operations', 6, now())",
    ],
    ["analytics_ticket_changes", "delete from analytics_ticket_changes"],
    ["analytics_ticket_changes", "update analytics_ticket_changes set sla_met = true, agent_id = 7"],
    [
      "analytics_ticket_changes",
      `insert into analytics_ticket_changes
       select tenant_id, ticket_id, changed_at + interval '1 day', event_id, 'reopened' from analytics_ticket_changes
       where tenant_id = 'operations'`,
    ],
    ["analytics_agent_states", "delete from analytics_agent_states"],
    ["analytics_agent_states", "update analytics_agent_states set state = 'busy'"],
    [
      "analytics_agent_states",
      "insert into analytics_agent_states select tenant_id, 2, changed_at, event_id, state from analytics_agent_states where tenant_id = 'operations'",
    ],
    ["analytics_agent_states", "update analytics_agent_states set session_id = 'another' where kind = 'message'"],
    ["analytics_agent_states", "update analytics_agent_states set kind = null"],
    ["analytics_agent_states", "update analytics_agent_states set login_id = 'desk' where kind = 'login'"],
  ] as const) {
    await world.database.pool.query(damage);
    const { drifts, firstDrifts } = await verifyTenant(world.database.connectionString, "operations");
    expect(drifts, damage).toBeGreaterThan(0);
    expect(new Set(firstDrifts.map((drift) => drift.table)), damage).toEqual(new Set([table]));
    await rebuildTenant(world.database.connectionString, "operations");
    expect(await stored(), damage).toEqual(right);
    expect(await verifyTenant(world.database.connectionString, "operations"), damage).toMatchObject({ drifts: 0 });
  }
}, 180_000);

test("a test mark takes back what a conversation counted although its facts were lost, but not twice", async () => {
  const { pool, connectionString } = world.database;
  const event = (name: string, second: number, test = false) => {
    const occurredAtMs = Date.UTC(2025, 11, 25, 4, 0, second);
    return changeEvent(makeEvent({ name, sessionId: "s", occurredAtMs, attributes: test ? { test } : {} }), {
      tenantId: "lost",
      test,
    });
  };
  const counted = async () => {
    const { rows } = await pool.query(
      "select coalesce(sum(events), 0)::int as events from analytics_event_counts where tenant_id = 'lost'",
    );
    return rows[0].events;
  };
  await emptyTables(pool);
  await send([event("session.start", 0), event("session.message", 1)]);
  await pool.query("delete from analytics_sessions where tenant_id = 'lost'");
  await send([event("session.end", 2, true)]);
  expect(await counted()).toBe(0);
  // The mark is known from the rows now.
  await pool.query("delete from analytics_sessions where tenant_id = 'lost'");
  await send([event("session.end", 3, true)]);
  expect(await counted()).toBe(0);
  await rebuildTenant(connectionString, "lost");
  expect(await verifyTenant(connectionString, "lost")).toMatchObject({ drifts: 0, events: 4 });
});
