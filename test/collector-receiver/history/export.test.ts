import { createHmac } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, onTestFinished, test } from "vitest";
import type { GroupCommit } from "../../../collector-receiver/src/ingest/group-commit.ts";
import { mapRequest } from "../../../collector-receiver/src/mapping/map-request.ts";
import { defaultMappingLimits } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import {
  writeLogRecord,
  writeLogsRequest,
  type PlainEvent,
} from "../../../collector-receiver/src/mapping/write-log-record.ts";
import { countedAttributes } from "../../../collector-receiver/src/metrics/event-counters.ts";
import { exportTables } from "../../../collector-receiver/src/storage/export/export-tables.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { openTestIngest } from "../../support/open-test-ingest.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import { spanledger } from "../cli/run-cli.ts";
import { get, openStatsApp } from "../stats/stats-app.ts";

const first = Date.UTC(2025, 11, 1, 2);
const spacingMs = 5_000;

/** The n-th event of a busy shop: a conversation of many messages, agents, tickets, now and then a test. */
function eventAt(n: number): PlainEvent {
  const occurredAtMs = first + n * spacingMs;
  const session_id = `s-${Math.floor(n / 20)}`;
  const base = { eventId: uuidV7(occurredAtMs, n), occurredAtMs };
  const test = n % 97 === 0 ? [["test", true] as const] : [];
  const own = [["session_id", session_id] as const, ...test];
  switch (n % 20) {
    case 0:
      return { ...base, name: "session.start", attributes: [...own, ["channel", "web"], ["user_id", `u-${n % 500}`]] };
    case 2:
      return {
        ...base,
        name: "query.order",
        attributes: [...own, ["success", n % 3 > 0], ["order_number", `FD${n}`], ["note", "call me"]],
      };
    case 3:
      return {
        ...base,
        name: "agent.session_takeover",
        attributes: [...own, ["agent_id", n % 7], ["wait_duration_seconds", (n % 100) / 4]],
      };
    case 4:
      return { ...base, name: "ticket.created", attributes: [["ticket_id", n], ["agent_id", n % 7], ...test] };
    default:
      return { ...base, name: "session.message", attributes: [...own, ["role", "ai"], ["response_time_ms", n % 3000]] };
  }
}

/** Stores the events of [from, to), each `step`-th. */
async function store(ingest: GroupCommit, from: number, to: number, step = 1): Promise<void> {
  for (let at = from; at < to; at += 5000 * step) {
    const length = Math.min(5000, Math.ceil((to - at) / step));
    await storeEvents(
      ingest,
      Array.from({ length }, (_, i) => eventAt(at + i * step)),
    );
  }
}

/** Stores events of a shop. */
async function storeEvents(ingest: GroupCommit, events: readonly PlainEvent[], serviceName = "shop"): Promise<void> {
  const request = writeLogsRequest(events.map(writeLogRecord), { serviceName, tenantId: "default" });
  const mapped = mapRequest(request, "protobuf", "logs", {
    tenant: { kind: "fixed", tenantId: "default" },
    nowMs: Date.now(),
    retainedFromMs: () => null,
    countedAttributes,
    limits: defaultMappingLimits,
  });
  expect(mapped.rejected).toEqual([]);
  await ingest.submit(mapped, 1000);
}

interface World {
  readonly database: TestDatabase;
  readonly ingest: GroupCommit;
  readonly folder: string;
  /** Runs an export into a folder below `folder`. */
  run(
    to: string,
    ...arguments_: string[]
  ): Promise<{ readonly days: number; readonly unchangedDays: number; readonly rows: number }>;
}

async function makeWorld(events: number, step = 1): Promise<World> {
  const database = await useTestDatabase();
  const ingest = openTestIngest(database.connectionString);
  onTestFinished(() => ingest.close());
  const folder = await mkdtemp(join(tmpdir(), "spanledger-export-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await store(ingest, 0, events, step);
  const environment = { DATABASE_URL: database.connectionString, DATA_FOLDER: join(folder, "data") };
  return {
    database,
    ingest,
    folder,
    run: async (to, ...arguments_) => {
      const outcome = await spanledger(environment, "export", join(folder, to), ...arguments_, "--json");
      expect(outcome, outcome.stderr).toMatchObject({ code: 0 });
      return JSON.parse(outcome.stdout) as never;
    },
  };
}

async function ask(sql: string): Promise<Record<string, unknown>> {
  const connection = await (await DuckDBInstance.create(":memory:")).connect();
  const reader = await connection.runAndReadAll(sql);
  connection.closeSync();
  return reader.getRowObjectsJson()[0] as Record<string, unknown>;
}

test("200,000 events read back by DuckDB give the sums that the API gives", { timeout: 600_000 }, async () => {
  const count = 200_000;
  const { database, folder, run } = await makeWorld(count);
  expect(await run("all")).toMatchObject({ days: 12, unchangedDays: 0 });
  const events = await ask(
    `select count(*)::int as all_events, count(distinct event_id)::int as ids,
       count(*) filter (event_name = 'session.message' and counts)::int as messages,
       count(*) filter (event_name = 'query.order' and counts and (event_data ->> 'success')::boolean)::int as found,
       epoch_ms(min(occurred_at))::text as earliest, epoch_ms(max(occurred_at))::text as latest, min(day)::text as first_day
     from (select *, session_id not in (select session_id from read_parquet('${folder}/all/sessions/*.parquet') where test) as counts
       from read_parquet('${folder}/all/events/*.parquet'))`,
  );
  const sums = await ask(
    `select sum(total_sessions)::int as sessions, sum(total_messages)::int as messages, sum(order_queries_success)::int as found,
       sum(first_wait_ms)::bigint::text as waits, sum(tickets_created)::int as tickets, sum(estimated_cost_saved) as saved
     from read_parquet('${folder}/all/counters/*.parquet')`,
  );
  const agents = await ask(
    `select sum(first_wait_ms)::bigint::text as waits, sum(tickets_created)::int as tickets, count(distinct agent_id)::int as agents
     from read_parquet('${folder}/all/agent_days/*.parquet')`,
  );
  const sessions = await ask(
    `select count(*) filter (not test)::int as sessions, sum(first_wait_ms) filter (not test)::bigint::text as waits,
       count(distinct user_id)::int as users from read_parquet('${folder}/all/sessions/*.parquet')`,
  );
  const tickets = await ask(`select count(*)::int as tickets from read_parquet('${folder}/all/tickets/*.parquet')`);

  const app = await openStatsApp(database.pool, "2026-01-10T00:00:00Z");
  const { current } = (await get(app, "summary?month=2025-12")).body;
  await app.close();
  expect(events).toMatchObject({
    all_events: count,
    ids: count,
    earliest: String(eventAt(0).occurredAtMs),
    latest: String(eventAt(count - 1).occurredAtMs),
    first_day: "2025-12-01",
  });
  expect(events["messages"]).toBe(current.total_messages);
  expect(sums["sessions"]).toBe(current.total_sessions);
  expect(sums["messages"]).toBe(current.total_messages);
  expect(sums["tickets"]).toBe(current.tickets_created);
  expect(Number(sums["saved"])).toBeCloseTo(current.estimated_cost_saved, 6);
  expect(sessions["sessions"]).toBe(current.total_sessions);
  const { rows } = await database.pool.query(
    `select sum(first_wait_ms)::text as waits, sum(order_queries_success)::int as found from analytics_business_metrics where period_type = 'day'`,
  );
  expect([sums["waits"], agents["waits"], sessions["waits"]]).toEqual(Array(3).fill(rows[0].waits));
  expect([sums["found"], events["found"]]).toEqual([rows[0].found, rows[0].found]);
  expect(agents).toMatchObject({ tickets: current.tickets_created, agents: 7 });
  expect(tickets["tickets"]).toBe(current.tickets_created);
  expect(sessions["users"]).toBe(25);
});

test("CSV and JSON lines hold the same; people are hashes of the salt unless they are asked for", async () => {
  const { folder, run } = await makeWorld(1000);
  const salt = join(folder, "salt");
  await writeFile(salt, "a salt of thirty-two characters.");
  const day = "2025-12-01";
  for (const format of ["csv", "jsonl", "parquet"]) await run(format, "--format", format, "--salt", salt, "--to", day);
  await run("named", "--format", "jsonl", "--with-identities", "--tables", "events", "--to", day);
  const hash = (text: string) =>
    createHmac("sha256", "a salt of thirty-two characters.").update(text).digest("hex").slice(0, 32);
  const lines = (await readFile(join(folder, "jsonl", "events", `${day}.jsonl`), "utf8")).trim().split("\n");
  expect(lines).toHaveLength(1000);
  expect(JSON.parse(lines[2]!)).toEqual({
    day,
    event_id: eventAt(2).eventId,
    event_name: "query.order",
    occurred_at: "2025-12-01T02:00:10.000Z",
    session_id: hash("s-0"),
    service_name: "shop",
    test: false,
    event_data: { session_id: hash("s-0"), success: true, order_number: hash("FD2") },
  });
  const [named] = (await readFile(join(folder, "named", "events", `${day}.jsonl`), "utf8")).split("\n").slice(2);
  expect(JSON.parse(named!).event_data).toEqual({
    session_id: "s-0",
    success: true,
    order_number: "FD2",
    note: "call me",
  });
  expect(await readdir(join(folder, "named"))).toEqual(["events", "export.json"]);
  for (const table of ["events", "sessions", "tickets", "agent_days", "counters"]) {
    const file = (format: string) => `'${folder}/${format}/${table}/${day}.${format}'`;
    const difference = await ask(
      `with p as (select * exclude (day) from read_parquet(${file("parquet")})),
         c as (select * exclude (day) from read_csv(${file("csv")}, all_varchar = false))
       select (select count(*) from p)::int as parquet, (select count(*) from c)::int as csv,
         (select count(*) from read_json_auto(${file("jsonl")}))::int as jsonl`,
    );
    expect(difference["parquet"], table).toBeGreaterThan(0);
    expect(new Set(Object.values(difference)).size, table).toBe(1);
    const text = await readFile(join(folder, "csv", table, `${day}.csv`), "utf8");
    expect(text, table).not.toMatch(/\b(?:s-\d|u-\d|FD\d)/);
  }
});

test("an export since the last one has closed days once, and days that changed again", async () => {
  const { ingest, database, folder, run } = await makeWorld(40_000, 101);
  const written = async (): Promise<Map<string, number>> => {
    const path = join(folder, "all", "events");
    const files = await readdir(path);
    return new Map(
      await Promise.all(files.map(async (file) => [file, (await stat(join(path, file))).mtimeMs] as const)),
    );
  };
  expect(await run("all", "--since-export")).toMatchObject({ days: 3, unchangedDays: 0 });
  const before = await written();
  expect(await run("all", "--since-export")).toEqual({ days: 0, unchangedDays: 3, files: 0, rows: 0 });
  // Two more days, and one late event of the first.
  await store(ingest, 40_000, 60_000, 101);
  const late = { ...eventAt(7), eventId: uuidV7(eventAt(7).occurredAtMs, 1_000_001) };
  await storeEvents(ingest, [late]);
  expect(await run("all", "--since-export")).toMatchObject({ days: 3, unchangedDays: 1 });
  const after = await written();
  expect([...after.keys()].filter((file) => after.get(file) !== before.get(file)).toSorted()).toEqual([
    "2025-12-01.parquet",
    "2025-12-03.parquet",
    "2025-12-04.parquet",
  ]);
  // Erasing changes rows in place: all days are written again.
  await database.pool.query(
    "insert into analytics_audit (tenant_id, action, details) values ('default', 'erase', '{}')",
  );
  expect(await run("all", "--since-export")).toMatchObject({ days: 4, unchangedDays: 0 });
  // What retention has dropped stays as it was exported.
  await database.pool.query("update analytics_settings set retained_from = '2025-12-02T16:00:00Z'");
  await database.pool.query(
    "insert into analytics_audit (tenant_id, action, details) values ('default', 'erase', '{}')",
  );
  expect(await run("all", "--since-export", "--from", "2025-12-01")).toMatchObject({ days: 2, unchangedDays: 0 });
});

test("an event of another day that changes a ticket has the ticket's day written again", async () => {
  const { ingest, run } = await makeWorld(0);
  const ticketEvent = (name: string, day: number): PlainEvent => {
    const occurredAtMs = Date.UTC(2025, 11, day, 2);
    return { eventId: uuidV7(occurredAtMs, day), name, occurredAtMs, attributes: [["ticket_id", 7]] };
  };
  await storeEvents(ingest, [ticketEvent("ticket.created", 1), ticketEvent("ticket.closed", 9)]);
  expect(await run("all", "--since-export")).toMatchObject({ days: 2 });
  await storeEvents(ingest, [ticketEvent("ticket.closed", 5)]);
  // The day of the late close, that of the ticket, and that of the close which was the first one.
  expect(await run("all", "--since-export")).toMatchObject({ days: 3 });
  expect(await run("all", "--since-export")).toMatchObject({ days: 0, unchangedDays: 3 });
});

test("with another salt all days are written again, and the files of another tenant are not overwritten", async () => {
  const { database, folder, run } = await makeWorld(40_000, 101);
  const salt = join(folder, "salt");
  await writeFile(salt, "a salt of thirty-two characters.");
  expect(await run("all", "--since-export", "--salt", salt)).toMatchObject({ days: 3 });
  await writeFile(salt, "another one of some characters..");
  expect(await run("all", "--since-export", "--salt", salt)).toMatchObject({ days: 3 });
  expect(await run("all", "--since-export", "--salt", salt)).toMatchObject({ days: 0 });
  await database.pool.query(
    `insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules)
     select 'acme', timezone, currency, idle_timeout_seconds, idle_through, counting_rules from analytics_settings`,
  );
  const environment = { DATABASE_URL: database.connectionString, DATA_FOLDER: join(folder, "data") };
  expect(await spanledger(environment, "export", join(folder, "all"), "--tenant", "acme")).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('holds an export of tenant "default"'),
  });
});

test("no text of a CSV is a formula", async () => {
  const { ingest, folder, run } = await makeWorld(0);
  const names = ["=1+1", " +1", "＝1", "\n@x", "-1", "\tx"];
  for (const [i, name] of names.entries()) await storeEvents(ingest, [eventAt(i)], name);
  await run("all", "--format", "csv", "--tables", "events");
  const { services } = await ask(
    `select list(service_name order by occurred_at) as services
     from read_csv('${folder}/all/events/*.csv', all_varchar = true)`,
  );
  expect(services).toEqual(names.map((name) => `'${name}`));
});

test("a day that is empty since the last export is written once more without rows, at the beginning too and in another way", async () => {
  const { database, folder, run } = await makeWorld(40_000, 101);
  const { pool } = database;
  const rowsOf = async (file: string): Promise<unknown> =>
    (await ask(`select count(*)::int as rows from read_parquet('${folder}/all/${file}.parquet')`))["rows"];
  expect(await run("all", "--since-export")).toMatchObject({ days: 3 });
  expect(await rowsOf("events/2025-12-01")).toBeGreaterThan(0);
  const empty = async (sql: string): Promise<void> => {
    for (const [table, column] of [
      ["analytics_events", "occurred_at"],
      ["analytics_sessions", "first_seen_at"],
      ["analytics_tickets", "first_seen_at"],
    ]) {
      await pool.query(`delete from ${table} where ${column} ${sql}`);
    }
  };
  await empty("< '2025-12-01T16:00:00Z'");
  await pool.query("delete from analytics_business_metrics where period_type = 'day' and period_value = '2025-12-01'");
  await pool.query("delete from analytics_agent_metrics where day = '2025-12-01'");
  expect(await run("all", "--since-export")).toMatchObject({ days: 1, unchangedDays: 2, rows: 0 });
  for (const { name } of exportTables) expect(await rowsOf(`${name}/2025-12-01`), name).toBe(0);
  expect(await run("all", "--since-export")).toMatchObject({ days: 0, unchangedDays: 3, files: 0 });

  await empty("> '2000-01-01'");
  await pool.query("delete from analytics_business_metrics");
  await pool.query("delete from analytics_agent_metrics");
  // With another salt everything is written again: also a day that has nothing any more.
  const salt = join(folder, "salt");
  await writeFile(salt, "a salt of thirty-two characters.");
  expect(await run("all", "--since-export", "--salt", salt)).toMatchObject({ days: 3, rows: 0 });
  for (const { name } of exportTables) expect(await rowsOf(`${name}/*`), name).toBe(0);
  expect(await run("all", "--since-export", "--salt", salt)).toMatchObject({ days: 0, unchangedDays: 3 });
});

test("one person has one hash in all tables and attributes of all exports with one salt, and none without it", async () => {
  const { ingest, folder, run } = await makeWorld(0);
  const at = (n: number): number => first + n * 1000;
  const event = (n: number, name: string, attributes: PlainEvent["attributes"]): PlainEvent => ({
    eventId: uuidV7(at(n), n),
    name,
    occurredAtMs: at(n),
    attributes,
  });
  await storeEvents(ingest, [
    event(1, "session.start", [
      ["session_id", "s-1"],
      ["user_id", "u-1"],
    ]),
    event(2, "agent.login", [
      ["agent_id", 7],
      ["agent_name", "Ada"],
      ["login_id", "l-1"],
    ]),
    event(3, "agent.session_takeover", [
      ["session_id", "s-1"],
      ["agent_id", 7],
      ["wait_duration_seconds", 3],
    ]),
  ]);
  const salt = join(folder, "salt");
  const day = "2025-12-01";
  type Line = Record<string, unknown> & { event_data: Record<string, unknown> };
  const linesOf = async (to: string, table: string): Promise<Line[]> =>
    (await readFile(join(folder, to, table, `${day}.jsonl`), "utf8"))
      .trim()
      .split("\n")
      .map((text) => JSON.parse(text) as Line);
  const seen = async (to: string): Promise<Record<string, Set<unknown>>> => {
    const [start, login, takeover] = await linesOf(to, "events");
    const [session] = await linesOf(to, "sessions");
    const agents = (await linesOf(to, "agent_days")).filter(({ agent_logins }) => agent_logins === 1);
    return {
      session: new Set([
        start!["session_id"],
        start!.event_data["session_id"],
        takeover!["session_id"],
        session!["session_id"],
      ]),
      user: new Set([start!.event_data["user_id"], session!["user_id"]]),
      agent: new Set([
        login!["agent_id"],
        String(login!.event_data["agent_id"]),
        takeover!["agent_id"],
        String(takeover!.event_data["agent_id"]),
        session!["first_takeover_agent_id"],
        agents[0]!["agent_id"],
      ]),
      name: new Set([login!.event_data["agent_name"], agents[0]!["agent_name"]]),
    };
  };
  const secret = "a salt of thirty-two characters.";
  await writeFile(salt, secret);
  await run("one", "--format", "jsonl", "--salt", salt);
  await run("two", "--format", "jsonl", "--salt", salt);
  await writeFile(salt, secret.toUpperCase());
  await run("three", "--format", "jsonl", "--salt", salt);
  await run("plain", "--format", "jsonl", "--with-identities");
  const hash = (text: string) => new Set([createHmac("sha256", secret).update(text).digest("hex").slice(0, 32)]);
  const one = await seen("one");
  expect(one).toEqual({ session: hash("s-1"), user: hash("u-1"), agent: hash("7"), name: hash("Ada") });
  expect(await seen("two")).toEqual(one);
  const three = await seen("three");
  for (const [who, values] of Object.entries(three)) {
    expect(values.size, who).toBe(1);
    expect([...values], who).not.toEqual([...one[who]!]);
  }
  expect(await seen("plain")).toEqual({
    session: new Set(["s-1"]),
    user: new Set(["u-1"]),
    agent: new Set(["7"]),
    name: new Set(["Ada"]),
  });
});
