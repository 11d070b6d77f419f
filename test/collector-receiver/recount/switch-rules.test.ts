import type pg from "pg";
import { expect, onTestFinished, test, vi } from "vitest";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { switchRules } from "../../../collector-receiver/src/recount/switch-rules.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";
import { sealBefore } from "../../support/seal-before.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";

const day = 86_400_000;
const noon = Date.UTC(2025, 11, 25, 4);

function conversation(i: number, atMs = noon + i * 1000): BusinessEvent[] {
  const of = (name: string, afterMs: number, attributes: Record<string, string | number | boolean> = {}) =>
    makeEvent({
      name,
      sessionId: name.startsWith("ticket.") ? null : `s-${i}`,
      ticketId: name.startsWith("ticket.") ? i : null,
      agentId: name.startsWith("agent.") ? 1 + (i % 3) : null,
      occurredAtMs: atMs + afterMs,
      test: attributes["test"] === true,
      attributes,
    });
  return [
    of("session.start", 0, { user_id: `u-${i % 7}` }),
    ...(i % 2 === 0 ? [of("session.message", 1000, { role: "ai", response_time_ms: 900 + i })] : []),
    ...(i % 3 === 0 ? [of("agent.session_takeover", 2000, { wait_duration_seconds: i })] : []),
    ...(i % 3 === 0 ? [of("agent.session_release", 3000, { handle_duration_seconds: 60 })] : []),
    ...(i % 5 === 0 ? [of("session.message", 4000, { role: "user", test: true })] : []),
    of("ticket.created", 6000),
    of("ticket.closed", 7000, { resolution_duration_hours: i + 1, sla_met: i % 2 === 0 }),
    ...(i % 2 === 0 ? [of("ticket.closed", 8000, { resolution_duration_hours: i + 2, sla_met: false })] : []),
    ...(i % 3 === 0 ? [of("ticket.status_changed", 9000, { from_status: "closed", to_status: "open" })] : []),
    of("session.end", 5000, { reason: i % 4 === 0 ? "failed" : "resolved" }),
  ];
}

/** Puts the default tenant into a state that rules 1 could have left: without the columns of rules 2, and with other sums. */
async function backToRules1(pool: pg.Pool): Promise<void> {
  await pool.query(`
    update analytics_settings set counting_rules = 1;
    update analytics_sessions set marks = 0, end_outcome = null, rating = null, first_takeover_event_id = null,
      first_takeover_agent_id = null, first_wait_ms = null, user_id_at = null, user_id = 'u-0';
    update analytics_business_metrics set ai_resolved_sessions = sessions_ended, estimated_cost_saved = sessions_ended * 10,
      ai_resolved_assumed = 0, outcome_ai_assisted = 0, outcome_human_only = 0, outcome_unanswered = 0,
      outcome_not_resolved = 0, outcome_escalated_untaken = 0, outcome_open = 0, first_takeovers = 0, first_waits_known = 0,
      first_wait_ms = 0, waits_known = 0, handles_known = 0, handle_ms = 0, unique_customers = unique_customers + 2,
      tickets_resolved = 0, resolutions_timed = 0, resolution_ms = 0, sla_known = 0, resolved_in_sla = 0, first_resolutions = 0,
      first_resolutions_timed = 0, first_resolution_ms = 0, tickets_reopened = 0, tickets_closed_again = 0,
      backlog_change = 0, backlog_unassigned_change = 0;
    update analytics_agent_metrics set first_takeovers = 0, first_waits_known = 0, first_wait_ms = 0, waits_known = 0,
      handles_known = 0, handle_ms = 0, tickets_resolved = 0, resolutions_timed = 0, resolution_ms = 0, sla_known = 0,
      resolved_in_sla = 0;
    delete from analytics_ticket_changes;
    delete from analytics_duration_counters where metric in ('first_response', 'resolution_time')`);
}

async function figuresOf(pool: pg.Pool): Promise<unknown[]> {
  const { rows } = await pool.query(`
    select period_type, period_value, to_jsonb(m) - array['id', 'revision', 'updated_at', 'created_at'] as counters
    from analytics_business_metrics m order by 1, 2`);
  return rows;
}

async function openWorld(sessions: number) {
  const database = await useTestDatabase();
  const ingest = openTestIngest(database.connectionString);
  onTestFinished(() => ingest.close());
  await ingest.submit(requestOf(Array.from({ length: sessions }, (_, i) => conversation(i)).flat()), 100);
  return { ...database, ingest };
}

test("a tenant of rules 1 is counted anew from its rows, and a second call finds nothing to do", async () => {
  const { pool, connectionString } = await openWorld(30);
  const right = await figuresOf(pool);
  await backToRules1(pool);
  expect(await figuresOf(pool)).not.toEqual(right);
  const told: number[] = [];
  const { rows } = await pool.query("select count(*)::int as events from analytics_events");
  expect(await switchRules(connectionString, "default", (events) => told.push(events))).toBe(rows[0].events);
  expect(told.at(-1)).toBe(rows[0].events);
  expect(await figuresOf(pool)).toEqual(right);
  expect((await verifyTenant(connectionString, "default")).firstDrifts).toEqual([]);
  const { rows: settings } = await pool.query("select counting_rules, rules_since from analytics_settings");
  expect(settings).toEqual([{ counting_rules: 2, rules_since: null }]);
  expect(await switchRules(connectionString, "default")).toBeNull();
});

test("senders that go on meanwhile are told to wait, and each event counts once", async () => {
  const { pool, connectionString, ingest } = await openWorld(40);
  await backToRules1(pool);
  const others = [ingest, openTestIngest(connectionString)];
  onTestFinished(() => others[1]?.close());
  let refusals = 0;
  const sending = others.flatMap((receiver, n) =>
    Array.from({ length: 6 }, async (_, i) => {
      const request = requestOf(conversation(1000 + n * 100 + i));
      const send = async (): Promise<boolean> => {
        try {
          await receiver.submit(request, 100);
          return true;
        } catch (error) {
          expect(["counting_rules_unknown", "tenant_busy"]).toContain((error as { code: string }).code);
          refusals++;
          return false;
        }
      };
      await vi.waitUntil(send, { timeout: 30_000, interval: 200 });
    }),
  );
  // Some are refused for the old rules, the others meet the switch.
  await vi.waitUntil(() => refusals > 0, { timeout: 30_000, interval: 1 });
  await switchRules(connectionString, "default");
  await Promise.all(sending);
  expect((await verifyTenant(connectionString, "default")).firstDrifts).toEqual([]);
  const { rows } = await pool.query("select count(distinct session_id)::int as sessions from analytics_events");
  expect(rows).toEqual([{ sessions: 40 + 12 }]);
});

test("a switch that fails leaves the numbers and the rules of before", async () => {
  const { pool, connectionString } = await openWorld(10);
  await backToRules1(pool);
  const before = await figuresOf(pool);
  await pool.query(`
    create function refuse() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$;
    create trigger refuse before update of counting_rules on analytics_settings execute function refuse()`);
  await expect(switchRules(connectionString, "default")).rejects.toThrow("the disk is full");
  expect(await figuresOf(pool)).toEqual(before);
  const { rows } = await pool.query("select counting_rules from analytics_settings");
  expect(rows).toEqual([{ counting_rules: 1 }]);
});

test("with the switch, ids that receivers of the older rules stored are claimed", async () => {
  const { pool, connectionString, ingest } = await openWorld(4);
  const ids = ["4b0a1f6e-3c55-4c0e-9a41-0d8f7f3f6a10", "4b0a1f6e-3c55-4c0e-9a41-0d8f7f3f6a11", uuidV7(noon, "ff")];
  const at = (offsets: readonly number[]) =>
    requestOf(
      ids.map((eventId, n) => makeEvent({ name: "acme.event", eventId, occurredAtMs: noon + (offsets[n] ?? 0) })),
    );
  await ingest.submit(at([0, -40 * day, 5000]), 100);
  await pool.query("truncate analytics_event_ids");
  await pool.query("insert into analytics_event_ids values ('default', gen_random_uuid(), '2025-12-25Z')");
  await pool.query("update analytics_settings set v7_claims = false");
  await backToRules1(pool);
  await switchRules(connectionString, "default");
  const { drifts, ids: claims } = await verifyTenant(connectionString, "default");
  expect({ drifts, claims }).toEqual({ drifts: 0, claims: { unclaimed: 0, repeated: 0 } });
  const started = openTestIngest(connectionString);
  onTestFinished(() => started.close());
  expect(await started.submit(at([1, 0, 0]), 100)).toMatchObject({ inserted: 0, duplicates: 3 });
});

test("sealed periods keep the figures of the rules that they were counted by, and later ones begin where they end", async () => {
  const { pool, connectionString, ingest } = await openWorld(0);
  const late = Array.from({ length: 6 }, (_, i) => conversation(i + 100, noon - 40 * day + i * 1000)).flat();
  await ingest.submit(requestOf([...late, ...conversation(1)]), 100);
  await backToRules1(pool);
  await sealBefore(pool, "default", Date.parse("2025-12-01T00:00:00+08:00"));
  // Of a sealed ticket, after the switch as before it.
  const reopened = (ticketId: number): BusinessEvent =>
    makeEvent({
      name: "ticket.status_changed",
      ticketId,
      occurredAtMs: noon + day,
      attributes: { from_status: "closed", to_status: "open" },
    });
  const backlog = async (): Promise<unknown> => {
    const { rows } = await pool.query(`
      select sum(backlog_change) filter (where period_value < '2025-12-01')::int as sealed, sum(backlog_change)::int as now
      from analytics_business_metrics where period_type = 'day'`);
    return rows[0];
  };
  const sealed = "select * from analytics_business_metrics where period_value = '2025-11'";
  const { rows: before } = await pool.query(sealed);
  await switchRules(connectionString, "default");
  const { rows: after } = await pool.query(sealed);
  for (const column of ["total_sessions", "ai_resolved_sessions", "estimated_cost_saved", "sessions_handled"]) {
    expect(Number(after[0][column]), column).toBe(Number(before[0][column]));
  }
  const { total_first_response_ms: waits, total_handle_time_sec: seconds, sessions_handled: takeovers } = before[0];
  expect(Number(after[0].avg_first_response_ms)).toBe(waits / takeovers);
  expect(Number(after[0].avg_handle_time_sec)).toBe(seconds / takeovers);
  // Of 6 tickets 3 were closed twice, which rules 1 counted, and 2 are open again.
  expect(after[0]).toMatchObject({ tickets_resolved: "9", first_resolutions: "6", tickets_reopened: "2" });
  expect(Number(after[0].sla_met_rate)).toBe((before[0].tickets_sla_met * 100) / 9);
  expect(await backlog()).toEqual({ sealed: 2, now: 2 });
  await ingest.submit(requestOf([reopened(100)]), 100);
  expect(await backlog()).toEqual({ sealed: 2, now: 3 });
  expect((await verifyTenant(connectionString, "default")).firstDrifts).toEqual([]);
  const { rows } = await pool.query("select rules_since::text as since from analytics_settings");
  expect(rows).toEqual([{ since: "2025-12-01" }]);
});

test("a receiver counts tenants of older rules anew by itself, unless it is told not to", async () => {
  const { pool, connectionString, ingest } = await openWorld(10);
  const right = await figuresOf(pool);
  await ingest.close();
  await backToRules1(pool);
  const rulesOf = async (): Promise<number> =>
    (await pool.query("select counting_rules from analytics_settings")).rows[0].counting_rules;
  const database = { pool, connectionString } as Parameters<typeof startTestReceiver>[1];
  const told = await startTestReceiver({ AUTO_REBUILD: "false" }, database);
  const send = () =>
    fetch(`${told.url}/v1/traces`, { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  expect((await send()).status).toBe(200);
  await told.close();
  expect(await rulesOf()).toBe(1);
  const receiver = await startTestReceiver({}, database);
  await vi.waitUntil(async () => (await rulesOf()) === 2, { timeout: 30_000 });
  expect(await figuresOf(pool)).toEqual(right);
  await vi.waitUntil(() => receiver.log.some(({ msg }) => msg === "the tenant is counted anew"), { timeout: 10_000 });
});
