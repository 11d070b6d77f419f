import { randomBytes } from "node:crypto";
import pg from "pg";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { retentionStart } from "../../../collector-receiver/src/upkeep/apply-retention.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { DatabaseClock } from "../../../collector-receiver/src/storage/wire/database-clock.ts";
import {
  forgetWhatIsNotKept,
  keepRetention,
  type RetentionRound,
} from "../../../collector-receiver/src/upkeep/keep-retention.ts";
import { watchTenants } from "../../../collector-receiver/src/upkeep/watch-tenants.ts";
import { cancelRetention, resumeRetention } from "../../../collector-receiver/src/storage/settings/retention-plans.ts";
import {
  openWriterConnection,
  type WriterConnection,
} from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { requestOf } from "../ingest/arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

const dayMs = 86_400_000;
const yearMs = 366 * dayMs;
const shanghai = "Asia/Shanghai";

let database: TestDatabase;
let client: WriterConnection;
let lines: string[];
const log = {
  warn: (_: unknown, message?: string) => lines.push(`warn: ${message}`),
  info: (_: unknown, message?: string) => lines.push(`info: ${message}`),
} as unknown as Parameters<typeof watchTenants>[0]["log"];

beforeEach(async () => {
  database = await useTestDatabase();
  client = await openWriterConnection(database.connectionString);
  onTestFinished(() => client.end());
  lines = [];
});

/** A session in the middle of each of the months that lie so many months back, for each tenant. */
async function sendHistory(monthsBack: readonly number[], tenantIds: readonly string[] = ["default"]): Promise<void> {
  const ingest = openTestIngest(database.connectionString);
  const middleOf = (back: number) => retentionStart(shanghai, back, Date.now()) + 14 * dayMs;
  const events = tenantIds.flatMap((tenantId) =>
    monthsBack.map((back) =>
      makeEvent({ name: "session.start", sessionId: `s${back}`, tenantId, occurredAtMs: middleOf(back) }),
    ),
  );
  await ingest.submit(requestOf(events), 100);
  await ingest.close();
}

/** One round of a receiver with this RETENTION_MONTHS. */
async function round(months: number | undefined, clock?: DatabaseClock): Promise<RetentionRound> {
  const { rows } = await client.query<{ tenantId: string; timezone: string }>(
    'select tenant_id as "tenantId", timezone from analytics_settings order by 1',
  );
  return keepRetention(client, rows, clock ?? (await DatabaseClock.measure(client)), { log, months });
}

/**
 * Lets time pass by moving what is stored into the past; receivers with these RETENTION_MONTHS run all the while and renew
 * what they want.
 */
async function pass(time: string, renewing: readonly number[]): Promise<void> {
  await database.pool.query(
    `update analytics_retention_plans set announced_at = announced_at - $1::interval,
       wanted_at = case when retention_months = any ($2::int[]) then wanted_at else wanted_at - $1::interval end`,
    [time, renewing],
  );
}

async function months(): Promise<number> {
  const { rows } = await database.pool.query(
    `select count(*)::int as months from analytics_events where tenant_id = 'default'`,
  );
  return rows[0].months as number;
}

async function retainedFrom(tenantId = "default"): Promise<number | null> {
  const { rows } = await database.pool.query("select retained_from from analytics_settings where tenant_id = $1", [
    tenantId,
  ]);
  return (rows[0].retained_from as Date | null)?.getTime() ?? null;
}

async function steps(): Promise<string[]> {
  const { rows } = await database.pool.query(
    "select details->>'step' as step from analytics_audit where action = 'retention' order by performed_at, step",
  );
  return rows.map((row) => row.step as string);
}

const statesOf = ({ announcements }: RetentionRound) => announcements.map((each) => `${each.months} ${each.state}`);

test("retention announces, and a day later by PostgreSQL's clock moves retained_from and drops, in one step", async () => {
  await sendHistory([0, 2, 5]);
  const bound = retentionStart(shanghai, 3, Date.now());
  const first = await round(3);
  expect(first.announcements).toMatchObject([{ tenantId: "default", retainedFromMs: bound, state: "announced" }]);
  expect(lines).toEqual([expect.stringContaining(`rows before ${new Date(bound).toISOString()}`)]);
  // Each round of each receiver renews it, and says nothing new.
  expect((await round(3)).sealed).toEqual([]);
  await pass("23 hours 59 minutes", [3]);
  expect((await round(3)).sealed).toEqual([]);
  expect([await retainedFrom(), await months(), lines.length]).toEqual([null, 3, 1]);

  await pass("1 minute", [3]);
  expect(await round(3)).toEqual({ announcements: [], sealed: [{ tenantId: "default", retainedFromMs: bound }] });
  expect([await retainedFrom(), await months()]).toEqual([bound, 2]);
  expect(await round(3)).toEqual({ announcements: [], sealed: [] });
  expect(await steps()).toEqual(["announced", "applied"]);
  expect((await verifyTenant(database.connectionString, "default")).drifts).toBe(0);
});

test("of the unknown words of sealed days only how many there were stays; those of kept days stay as they are", async () => {
  const ingest = openTestIngest(database.connectionString);
  const message = (back: number, minute: number, role: string) =>
    makeEvent({
      name: "session.message",
      sessionId: `s-${minute}`,
      occurredAtMs: retentionStart(shanghai, back, Date.now()) + 14 * dayMs + minute * 60_000,
      attributes: { role, channel: "web" },
    });
  const sent = [
    ...[message(5, 1, "Maria"), message(5, 2, "Li Wei"), message(5, 3, "Maria")],
    ...[message(2, 4, "Maria"), message(2, 5, "ai")],
  ];
  await ingest.submit(requestOf(sent), 100);
  await ingest.close();
  const ledger = async () => {
    const { rows } = await database.pool.query(
      `select code, detail, events::int from analytics_data_quality where events <> 0 order by day, code, detail`,
    );
    return rows.map(({ code, detail, events }) => `${code} ${detail} ${events}`);
  };
  expect(await ledger()).toEqual(["unknown_word Li Wei 1", "unknown_word Maria 2", "unknown_word Maria 1"]);
  await round(3);
  await pass("1 day", [3]);
  expect((await round(3)).sealed).toHaveLength(1);
  expect(await ledger()).toEqual(["unknown_word other 3", "unknown_word Maria 1"]);
  const { rows } = await database.pool.query("select from analytics_data_quality where detail in ('Maria', 'Li Wei')");
  expect(rows).toHaveLength(1);
  expect((await verifyTenant(database.connectionString, "default")).firstDrifts).toEqual([]);
});

test("a receiver ten years ahead announces by PostgreSQL's clock, drops nothing and ends no session", async () => {
  await sendHistory([0, 2]);
  const bound = retentionStart(shanghai, 1, Date.now());
  const now = Date.now();
  vi.spyOn(Date, "now").mockReturnValue(now + 10 * yearMs);
  onTestFinished(() => void vi.restoreAllMocks());
  const watch = await watchTenants({
    connectionString: database.connectionString,
    onAlarm: (code) => expect(code).toBe("clock_skew"),
    log,
    everyMs: 20,
    switchesRules: false,
    retentionMonths: 1,
    onSwept: () => {},
  });
  await vi.waitUntil(() => watch.announcements().length > 0, { timeout: 30_000 });
  expect(watch.announcements()).toMatchObject([{ retainedFromMs: bound, state: "announced" }]);
  expect(watch.retainedFromMs("default")).toBe(null);
  await watch.close();
  vi.restoreAllMocks();
  expect([await retainedFrom(), await months()]).toEqual([null, 2]);
  const { rows } = await database.pool.query("select idle_through <= now() as swept from analytics_settings");
  expect(rows).toEqual([{ swept: true }]);
});

test("a PostgreSQL ten years ahead of the receiver moves no bound, and no bound is after the previous month", async () => {
  await sendHistory([0, 2]);
  const ahead = { nowMs: () => Date.now() + 10 * yearMs } as DatabaseClock;
  const { announcements } = await round(1, ahead);
  expect(announcements).toMatchObject([{ retainedFromMs: retentionStart(shanghai, 1, Date.now()) }]);
  // The function itself refuses what lies later, whoever asks.
  for (const start of ["now()", "'infinity'", "now() + interval '10 years'"]) {
    await client.query(`select spanledger_announce_retention(7, array['default'], array[${start}]::timestamptz[])`);
  }
  const { rowCount } = await database.pool.query("select from analytics_retention_plans where retention_months = 7");
  expect(rowCount).toBe(0);
});

test("a value that was wrong for one start drops nothing, not even if it is wrong once more much later", async () => {
  await sendHistory([0, 2, 5]);
  await round(1);
  await pass("30 minutes", []);
  // Corrected: the receiver that keeps more holds the announcement up until it lapses.
  expect(statesOf(await round(13))).toEqual(["1 held", "13 announced"]);
  await pass("40 minutes", [13]);
  expect(statesOf(await round(13))).toEqual(["1 lapsed", "13 announced"]);
  await pass("24 hours", [13]);
  expect((await round(13)).sealed).toMatchObject([{ retainedFromMs: retentionStart(shanghai, 13, Date.now()) }]);
  await pass("20 days", [13]);
  await round(13);
  expect(await months()).toBe(3);
  await pass("2 hours", []);
  expect(statesOf(await round(1))).toEqual(["1 announced"]);
  expect(await months()).toBe(3);
});

test("of receivers with different values the one that keeps most decides, one without a value too", async () => {
  await sendHistory([0, 2, 5]);
  await round(1);
  await round(3);
  await pass("25 hours", [1, 3]);
  expect(statesOf(await round(1))).toEqual(["1 held", "3 due"]);
  expect(await months()).toBe(3);
  // One that keeps everything objects to both.
  expect(statesOf(await round(undefined))).toEqual(["1 held", "3 held"]);
  expect((await round(3)).sealed).toEqual([]);
  expect(await months()).toBe(3);
  // It is gone for an hour.
  await pass("61 minutes", [1, 3]);
  expect((await round(3)).sealed).toMatchObject([{ retainedFromMs: retentionStart(shanghai, 3, Date.now()) }]);
  expect(statesOf(await round(1))).toEqual(["1 held"]);
  expect(await months()).toBe(2);
});

test("what was cancelled is not announced again by the same value, not in the next month either, until it is resumed", async () => {
  await sendHistory([0, 2, 5]);
  await round(3);
  expect(await cancelRetention(client, "somebody-else")).toEqual([]);
  expect(await cancelRetention(client, null)).toEqual(["default"]);
  expect(await cancelRetention(client, null)).toEqual([]);
  await pass("25 hours", [3]);
  expect(statesOf(await round(3))).toEqual(["3 cancelled"]);
  // As if the bound had been another month's.
  await database.pool.query("update analytics_retention_plans set retained_from = retained_from - interval '1 month'");
  await pass("25 hours", [3]);
  expect(statesOf(await round(3))).toEqual(["3 cancelled"]);
  await pass("25 hours", []);
  expect(statesOf(await round(3))).toEqual(["3 cancelled"]);
  expect([await retainedFrom(), await months(), lines.length]).toEqual([null, 3, 1]);
  // Another value is another decision.
  expect(statesOf(await round(4))).toEqual(["3 cancelled", "4 announced"]);
  expect(await resumeRetention(client, "default")).toEqual(["default"]);
  expect((await round(3)).sealed).toEqual([]);
  await pass("2 hours", [3]);
  expect((await round(3)).sealed).toEqual([]);
  await pass("22 hours", [3]);
  expect((await round(3)).sealed).toHaveLength(1);
  expect(await steps()).toEqual(["announced", "cancelled", "announced", "resumed", "applied"]);
});

test("an announcement of a database that was restored from a backup begins anew", async () => {
  await sendHistory([0, 5]);
  await round(3);
  await pass("90 days", []);
  const { announcements, sealed } = await round(3);
  expect(sealed).toEqual([]);
  expect(announcements).toMatchObject([{ state: "announced" }]);
  expect(announcements[0]?.dueMs).toBeGreaterThan(Date.now() + 0.9 * dayMs);
  expect(await months()).toBe(2);
});

test("a partition goes when every tenant that has rows in it lets it go; a new tenant without such rows puts nothing off", async () => {
  await sendHistory([0, 2, 5], ["default", "brand-b"]);
  await round(3);
  await cancelRetention(client, "brand-b");
  await pass("25 hours", [3]);
  expect((await round(3)).sealed).toMatchObject([{ tenantId: "default" }]);
  // Sealed for one tenant, and still there for the other.
  const bound = retentionStart(shanghai, 3, Date.now());
  expect([await retainedFrom(), await retainedFrom("brand-b"), await months()]).toEqual([bound, null, 3]);
  await resumeRetention(client, "brand-b");
  await pass("25 hours", [3]);
  await sendHistory([0], ["brand-c"]);
  expect((await round(3)).sealed).toMatchObject([{ tenantId: "brand-b" }]);
  expect([await retainedFrom("brand-c"), await months()]).toEqual([null, 2]);
});

test("a new tenant with old rows keeps their partition for its own day", async () => {
  await sendHistory([0, 5]);
  await round(3);
  await pass("25 hours", [3]);
  await sendHistory([5], ["brand-b"]);
  expect((await round(3)).sealed).toMatchObject([{ tenantId: "default" }]);
  expect(await months()).toBe(2);
  await pass("25 hours", [3]);
  expect((await round(3)).sealed).toMatchObject([{ tenantId: "brand-b" }]);
  expect(await months()).toBe(1);
});

test("if a reader holds the table, retained_from waits with the drop", async () => {
  await sendHistory([0, 5]);
  await round(3);
  await pass("25 hours", [3]);
  const reader = new pg.Client({ connectionString: database.connectionString });
  await reader.connect();
  onTestFinished(() => reader.end());
  await reader.query("begin");
  await reader.query("select count(*) from analytics_events");
  await expect(round(3)).rejects.toMatchObject({ code: "55P03" });
  expect([await retainedFrom(), await months()]).toEqual([null, 2]);
  await reader.query("commit");
  expect((await round(3)).sealed).toHaveLength(1);
  expect(await months()).toBe(1);
});

test("the receiver's role cannot drop what was not announced a day ago, whatever it writes", async () => {
  await sendHistory([0, 2, 5]);
  const name = `role_${randomBytes(6).toString("hex")}`;
  await database.pool.query(`create role ${name} login password 'secret' in role spanledger_receiver`);
  const url = new URL(database.connectionString);
  url.username = name;
  url.password = "secret";
  const role = new pg.Client({ connectionString: url.href });
  await role.connect();
  const administrator = new pg.Client({ connectionString: database.connectionString });
  await administrator.connect();
  onTestFinished(async () => {
    await role.end();
    await administrator.query(`drop role ${name}`);
    await administrator.end();
  });
  for (const denied of [
    "insert into analytics_retention_plans (tenant_id, retention_months, applied_from) values ('default', 1, now())",
    "update analytics_retention_plans set announced_at = now() - interval '2 days'",
    "delete from analytics_retention_plans",
  ]) {
    await expect(role.query(denied), denied).rejects.toMatchObject({ code: "42501" });
  }
  await role.query("update analytics_settings set retained_from = now()");
  await role.query(
    "select spanledger_announce_retention(1, array['default'], array[date_trunc('month', now()) - interval '2 months'])",
  );
  await role.query("select * from spanledger_apply_retention(1)");
  const { rows: forgotten } = await role.query("select spanledger_forget_old_rows(100) as rows");
  expect(forgotten).toEqual([{ rows: 0 }]);
  const { rows } = await role.query("select spanledger_drop_old_partitions() as dropped");
  expect(rows).toEqual([{ dropped: [] }]);
  expect(await months()).toBe(3);
});

test("what is older than what is kept goes with it: rejected events, sessions, customers, sources, expired shares", async () => {
  const tenantIds = ["default", "keeping"];
  await sendHistory([0, 2, 5], tenantIds);
  const bound = retentionStart(shanghai, 3, Date.now());
  const before = new Date(bound - 1000);
  const after = new Date(bound + 1000);
  // Of the customers, `early` came before the week that goes on after the bound.
  const { rows: weeks } = await database.pool.query(
    "select date_trunc('week', ($1::timestamptz at time zone 'Asia/Shanghai'))::date::text as week",
    [new Date(bound)],
  );
  const week = String(weeks[0].week);
  for (const tenantId of tenantIds) {
    for (const at of [before, after]) {
      const name = at === before ? "old" : "new";
      const token = randomBytes(32);
      for (const [text, values] of [
        [
          `insert into analytics_rejected_events (tenant_id, content_hash, code, reason, signal, payload_type, payload, rejected_at)
            values ($1, $2, 'invalid_type', 'reason', 'traces', 'application/json', '{}', $3)`,
          [tenantId, token, at],
        ],
        [
          "insert into analytics_sources (tenant_id, source_id, last_seen_at) values ($1, $2, $3)",
          [tenantId, name, at],
        ],
        [
          `insert into analytics_report_shares (tenant_id, token_hash, month, page_zh, page_en, expires_at)
            values ($1, $2, '2025-01', '', '', $3)`,
          [tenantId, token, at],
        ],
        [
          `insert into analytics_report_share_files (tenant_id, token_hash, locale, name, content)
            values ($1, $2, 'en', 'report.pdf', '')`,
          [tenantId, token],
        ],
        // Began before the bound, and went on behind it.
        [
          `insert into analytics_sessions (tenant_id, session_id, first_seen_at, last_activity_at)
            values ($1, $2, $3, $4)`,
          [tenantId, `long-${name}`, before, at],
        ],
        // Events of two agents with a session, of which that of `new` goes on behind the bound.
        [
          `insert into analytics_agent_states (tenant_id, agent_id, changed_at, event_id, kind, session_id)
            select $1, agent, at, gen_random_uuid(), 'takeover', $2
            from unnest(array[7, 8], array[$3::timestamptz - interval '1 hour', $4]) as event (agent, at)`,
          [tenantId, `held-${name}`, before, at],
        ],
        [
          `insert into analytics_customers (tenant_id, month, user_id, days)
            select $1, date_trunc('month', day)::date, $2,
              1::bigint << (day - date_trunc('month', day)::date + 3) from (select $3::date as day) as d`,
          [tenantId, name, at === before ? new Date(Date.parse(week) - 12 * 3_600_000) : week],
        ],
        // Of months long ago, on every day: `days` has 64 bits, and shifting wraps.
        [
          `insert into analytics_customers (tenant_id, month, user_id, days)
            select $1, date_trunc('month', $3::date - n * interval '1 month')::date, $2 || '-' || n, (1::bigint << 34) - 8
            from generate_series(2, 6) as n`,
          [tenantId, name, week],
        ],
      ] as const) {
        await database.pool.query(text, [...values]);
      }
    }
  }
  await database.pool.query(
    "insert into analytics_retention_plans (tenant_id, retention_months, applied_from) values ('default', 3, $1)",
    [new Date(bound)],
  );
  const countRows = async (tenantId: string) => {
    const { rows } = await database.pool.query(
      `select (select count(*)::int from analytics_rejected_events where tenant_id = $1) as rejected,
        (select array_agg(source_id::text order by 1) from analytics_sources where tenant_id = $1) as sources,
        (select count(*)::int from analytics_report_shares where tenant_id = $1) as shares,
        (select count(*)::int from analytics_report_share_files where tenant_id = $1) as files,
        (select array_agg(session_id::text order by 1) from analytics_sessions where tenant_id = $1) as sessions,
        (select array_agg(user_id::text order by 1) from analytics_customers where tenant_id = $1) as customers,
        (select array_agg(regexp_replace(session_id, '^forgotten-[-0-9a-f]{36}$', 'forgotten') || ' ' || n order by 1)
          from (select session_id, count(*) as n from analytics_agent_states where tenant_id = $1 group by 1) as held) as held`,
      [tenantId],
    );
    return rows[0] as unknown;
  };
  const kept = await countRows("keeping");
  await forgetWhatIsNotKept(client, { log, isClosing: () => false });
  expect(await countRows("default")).toEqual({
    rejected: 1,
    sources: ["new"],
    shares: 1,
    files: 1,
    sessions: ["long-new", "s0", "s2"],
    customers: ["new"],
    held: ["forgotten 2", "held-new 2"],
  });
  expect(await countRows("keeping")).toEqual(kept);
  expect(kept).toMatchObject({
    rejected: 2,
    sessions: ["long-new", "long-old", "s0", "s2", "s5"],
    held: ["held-new 2", "held-old 2"],
  });
  expect(lines).toEqual(["info: retention has deleted rejected events, sessions and other rows"]);
  // Nothing is left, and nobody looks again.
  await forgetWhatIsNotKept(client, { log, isClosing: () => false });
  expect(lines).toHaveLength(1);
});
