import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readMapping } from "../../../collector-receiver/src/history/read-mapping.ts";
import { useTestDatabase, type TestDatabase } from "../../support/create-test-database.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { program } from "../cli/run-cli.ts";
import { makeImportWorld, verifyImported } from "./import-world.ts";

const helpDesk = {
  source: "help-desk",
  key: "Ticket",
  service: "help-desk",
  events: [
    {
      event: "ticket.created",
      as: "created",
      time: { column: "Opened", format: "DD/MM/YYYY HH:mm" },
      attributes: {
        ticket_id: "Ticket",
        priority: { column: "Prio", values: { "1": "urgent", "2": "low" } },
        source: { value: "email" },
        user_id: "Requester",
        note: "Subject",
      },
    },
    {
      event: "ticket.closed",
      as: "closed",
      when: "Solved",
      time: { column: "Solved", format: "DD/MM/YYYY HH:mm" },
      attributes: {
        ticket_id: "Ticket",
        resolution_duration_hours: { from: "Opened", to: "Solved" },
        sla_met: "SLA",
      },
    },
  ],
};

const tickets = [
  "Ticket;Opened;Solved;Prio;SLA;Requester;Subject",
  '7;26/10/2025 02:30;26/10/2025 05:00;1;yes;u-1;"Broken ""bolt""; twice"',
  "8;30/03/2025 02:30;;2;;u-2;",
  '9;01/12/2025 09:00;02/12/2025 09:00;3;No;;"two\nlines"',
  "x;01/12/2025 09:00;;1;;u-3;a ticket number that is not one",
  "10;31/11/2025 09:00;;1;;u-3;no such day",
  "11;01/12/2025 09:00",
  ";01/12/2025 09:00;;1;;;no key",
].join("\r\n");

test("a help desk's CSV is counted once, and what is wrong is named by line", async () => {
  const world = await makeImportWorld();
  const mapping = await world.write("mapping.json", { ...helpDesk, delimiter: ";" });
  const file = await world.write("tickets.csv", `\uFEFF${tickets}\r\n`);
  const command = [file, "--mapping", mapping];
  const refused = await world.run(...command);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("[zone_needed]") });

  const dry = await world.run(...command, "--zone", "Europe/Berlin", "--dry-run");
  const expected = {
    rows: 7,
    imported: 5,
    unreadable: 3,
    rejected: 1,
    repeatedTimes: 1,
    skippedTimes: 1,
    events: { "ticket.created": 3, "ticket.closed": 2 },
    unknownEvents: [],
    problems: [
      { place: 6, text: expect.stringContaining("ticket_id") },
      { place: 7, text: expect.stringContaining("31/11/2025") },
      { place: 8, text: "has 2 fields, and the header has 7" },
      { place: 9, text: "Ticket is empty, and it is the key" },
    ],
  };
  expect(dry).toMatchObject({ code: 1, report: expected });
  const { pool } = world.database;
  expect((await pool.query("select from analytics_events")).rowCount).toBe(0);

  expect(await world.run(...command, "--zone", "Europe/Berlin")).toMatchObject({ code: 1, report: expected });
  const { rows } = await pool.query(
    "select event_name, occurred_at, service_name, event_data from analytics_events order by ticket_id, occurred_at",
  );
  expect(rows).toMatchObject([
    {
      event_name: "ticket.created",
      // The first of the two 02:30, in summer time.
      occurred_at: new Date("2025-10-26T00:30:00Z"),
      service_name: "help-desk",
      event_data: { ticket_id: 7, priority: "urgent", source: "email", user_id: "u-1", note: 'Broken "bolt"; twice' },
    },
    { event_name: "ticket.closed", event_data: { ticket_id: 7, resolution_duration_hours: 3.5, sla_met: true } },
    { event_name: "ticket.created", occurred_at: new Date("2025-03-30T01:30:00Z"), event_data: { priority: "low" } },
    { event_name: "ticket.created", event_data: { priority: "3", note: "two\nlines" } },
    { event_name: "ticket.closed", event_data: { sla_met: false, resolution_duration_hours: 24 } },
  ]);
  await verifyImported(world);

  // A second time, with one row changed: nothing counts again, and the change is named.
  await world.write("tickets.csv", tickets.replace("30/03/2025 02:30;;2", "30/03/2025 04:30;;2"));
  const again = await world.run(...command, "--zone", "Europe/Berlin");
  expect(again.report).toMatchObject({ imported: 0, known: 5, changed: 1, rejected: 1 });
  expect(again.report.problems[0]).toMatchObject({
    place: 3,
    text: expect.stringContaining("ticket.created is known"),
  });
  const counted = await pool.query(
    "select tickets_created from analytics_business_metrics where period_value = '2025-12'",
  );
  expect(counted.rows).toEqual([{ tickets_created: "1" }]);
  expect((await pool.query("select from analytics_rejected_events")).rowCount).toBe(1);
  await verifyImported(world);
});

test("JSON lines of several kinds of events are read by their own times; wrong words, skipped kinds and own names are told", async () => {
  const world = await makeImportWorld();
  const mapping = await world.write("mapping.json", {
    source: "chats",
    key: ["chat", "seq"],
    time: { column: "meta.at", format: "unix_ms" },
    events: [
      {
        event: {
          column: "type",
          values: { open: "session.start", say: "session.message", ping: null, sale: "shop.sale" },
        },
        spread: "data",
        attributes: { session_id: "chat", response_time_ms: { column: "seconds", scale: 1000 }, channel: "via" },
      },
    ],
  });
  const at = Date.UTC(2025, 11, 25, 2);
  const line = (value: object): string => JSON.stringify(value);
  const file = await world.write(
    "chats.jsonl",
    [
      line({ chat: 5, seq: 1, type: "open", meta: { at }, via: "web" }),
      line({
        chat: 5,
        seq: 2,
        type: "say",
        meta: { at: at + 1000 },
        seconds: 1.255,
        data: { role: "ai", message_length: -3 },
      }),
      line({ chat: 5, seq: 3, type: "ping", meta: { at } }),
      line({ chat: 5, seq: 4, type: "sale", meta: { at }, data: { amount: 3, "spanledger.event.id": "mine" } }),
      line({ chat: 5, seq: 5, type: "shout", meta: { at } }),
      line({ chat: 5, seq: 6, type: "say", meta: {} }),
      "{",
      // The same key again, with another content.
      line({ chat: 5, seq: 1, type: "open", meta: { at }, via: "app" }),
    ].join("\n"),
  );
  const { code, report } = await world.run(file, "--mapping", mapping);
  expect(code).toBe(1);
  expect(report).toMatchObject({
    rows: 8,
    imported: 3,
    known: 1,
    changed: 1,
    unreadable: 3,
    unknownEvents: ["shop.sale"],
    leftOut: { "session.message message_length (out_of_range)": 1 },
  });
  expect(report.problems.map(({ place }) => place)).toEqual([5, 6, 7, 8]);
  const { rows } = await world.database.pool.query(
    "select session_id, event_data from analytics_events order by occurred_at, event_name",
  );
  expect(rows).toMatchObject([
    { session_id: "5", event_data: { session_id: "5", channel: "web" } },
    { session_id: "5", event_data: { session_id: "5", amount: 3 } },
    { session_id: "5", event_data: { session_id: "5", role: "ai", response_time_ms: 1255 } },
  ]);
  await verifyImported(world);
});

test("once a tenant has live events the cut-over is asked for, and later rows are left out; imports alone ask for none", async () => {
  const { url, database } = await startTestReceiver();
  const world = await makeImportWorld(database);
  const rows = (from: number) =>
    Array.from({ length: 5 }, (_, i) => `${from + i},session.start,s${from + i},2025-12-0${i + 1} 10:00:00,{}`).join(
      "\n",
    );
  const header = "id,event_name,session_id,created_at,event_data,agent_id,ticket_id";
  const file = await world.write("rows.csv", `${header}\n${rows(1).replaceAll(/$/gm, ",,")}\n`);
  const more = await world.write("more.csv", `${header}\n${rows(11).replaceAll(/$/gm, ",,")}\n`);
  const zone = ["--zone", "Asia/Shanghai"];
  expect((await world.run(file, ...zone)).report).toMatchObject({ imported: 5 });
  expect((await world.run(file, ...zone)).report).toMatchObject({ imported: 0, known: 5, changed: 0 });
  const body = tracesWith([{ name: "session.start", attributes: { session_id: "live" }, atMs: Date.UTC(2025, 11, 6) }]);
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
  expect(await world.run(more, ...zone)).toMatchObject({ code: 1, stderr: expect.stringContaining("[until_needed]") });
  const { report } = await world.run(more, ...zone, "--until", "2025-12-04");
  expect(report).toMatchObject({ imported: 3, afterCutOver: 2 });
  await verifyImported(world);
});

const planTable = `
  create table analytics_events (
    id bigserial primary key, event_name varchar(50) not null, session_id varchar(64), agent_id int, ticket_id int,
    event_data jsonb not null, created_at timestamp default now())`;

/** The plan's own table in a database of its own, with `count` events. */
async function fillPlanTable(count: number): Promise<TestDatabase> {
  const database = await useTestDatabase({ migrated: false });
  await database.pool.query(planTable);
  await database.pool.query(
    `insert into analytics_events (event_name, session_id, agent_id, event_data, created_at)
     select case n % 4 when 0 then 'session.start' when 1 then 'session.message' when 2 then 'query.order' else 'agent.login' end,
       case when n % 4 < 3 then 's' || n / 4 end, case n % 4 when 3 then n % 7 end,
       case n % 4
         when 0 then jsonb_build_object('session_id', 's' || n / 4, 'channel', 'api')
         when 1 then jsonb_build_object('session_id', 's' || n / 4, 'role', 'ai', 'response_time_ms', n % 3000)
         when 2 then jsonb_build_object('session_id', 's' || n / 4, 'success', n % 3 > 0)
         else jsonb_build_object('agent_id', n % 7) end,
       timestamp '2025-11-01' + n * interval '7 seconds'
     from generate_series(0, $1::int - 1) as n`,
    [count],
  );
  return database;
}

test("the plan's own tables are imported without a mapping, by a role that may only read", async () => {
  const source = await fillPlanTable(5000);
  const world = await makeImportWorld();
  await source.pool.query(`alter database ${source.name} set default_transaction_read_only = on`);
  const { code, report } = await world.run(source.connectionString, "--zone", "UTC");
  expect(code).toBe(0);
  expect(report).toMatchObject({
    rows: 5000,
    imported: 5000,
    events: { "session.start": 1250, "session.message": 1250, "query.order": 1250, "agent.login": 1250 },
  });
  const { pool } = world.database;
  const { rows } = await pool.query(
    `select total_sessions, total_messages, order_queries_success, order_queries_failed, agent_logins
     from analytics_business_metrics where period_type = 'month'`,
  );
  const { rows: expected } = await source.pool.query(
    "select count(*) filter (where (event_data ->> 'success')::bool) as ok from analytics_events",
  );
  const ok = Number(expected[0].ok);
  expect(rows).toEqual([
    {
      total_sessions: "1250",
      total_messages: "1250",
      order_queries_success: String(ok),
      order_queries_failed: String(1250 - ok),
      agent_logins: "1250",
    },
  ]);
  expect((await pool.query("select details from analytics_audit where action = 'import'")).rows).toEqual([
    { details: { source: "analytics_events", imported: 5000, known: 0, changed: 0, rejected: 0 } },
  ]);
  expect((await world.run(source.connectionString, "--zone", "UTC")).report).toMatchObject({ known: 5000, changed: 0 });
  const missing = await world.run(source.connectionString, "--zone", "UTC", "--table", "nothing");
  expect(missing).toMatchObject({
    code: 1,
    stderr: expect.stringContaining("Table nothing of the source cannot be read"),
  });
  await verifyImported(world);
});

test.each([["table"], ["file"]])(
  "an import from a %s that is killed goes on where it stopped, and counts each event once",
  async (kind) => {
    const count = 20_000;
    const source = await fillPlanTable(count);
    const world = await makeImportWorld();
    let from = source.connectionString;
    if (kind === "file") {
      const { rows } = await source.pool.query("select * from analytics_events order by id");
      const lines = rows.map((row) => JSON.stringify({ ...row, created_at: row.created_at.toISOString() }));
      from = await world.write("events.jsonl", lines.join("\n"));
    }
    const { pool } = world.database;
    // So it cannot end before it is killed.
    await pool.query(`
      create function hold() returns trigger language plpgsql as $$ begin perform pg_sleep(600); return new; end $$;
      create trigger hold before insert on analytics_events for each row when (new.session_id = 's4500')
        execute function hold()`);
    const child = spawn(process.execPath, [program, "import", from, "--zone", "UTC"], {
      env: { PATH: process.env["PATH"] ?? "", ...world.environment },
      stdio: "ignore",
    });
    const exited = once(child, "exit");
    const position = join(world.folder, "imports", "analytics_events-default.json");
    // Killed as soon as some of it is stored.
    await expect.poll(() => isThere(position), { timeout: 60_000 }).toBe(true);
    child.kill("SIGKILL");
    await exited;
    await pool.query(
      "select pg_terminate_backend(pid, 60000) from pg_stat_activity where application_name = 'spanledger-writer' and datname = current_database()",
    );
    await pool.query("drop function hold cascade");
    const stored = Number((await pool.query("select count(*) from analytics_events")).rows[0].count);
    expect(stored).toBeGreaterThan(0);
    // What one cut-over has left out, another one may not.
    expect(await world.run(from, "--zone", "UTC", "--resume", "--until", "2030-01-01")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("[cannot_resume]"),
    });
    const { code, report } = await world.run(from, "--zone", "UTC", "--resume");
    expect(code).toBe(0);
    expect(report.rows).toBe(count);
    // What was noted as done is not read again.
    expect(report.imported + report.known).toBeLessThan(count);
    expect(report.imported + stored).toBe(count);
    expect(report.changed).toBe(0);
    expect(Number((await pool.query("select count(*) from analytics_events")).rows[0].count)).toBe(count);
    expect(await readdir(join(world.folder, "imports"))).toEqual([]);
    await verifyImported(world);
  },
);

const isThere = async (file: string): Promise<boolean> =>
  readdir(join(file, "..")).then(
    (names) => names.some((name) => file.endsWith(name)),
    () => false,
  );

test.each<[object, string]>([
  [{}, "source"],
  [{ ...helpDesk, events: [] }, "1 to 50 events"],
  [{ ...helpDesk, events: [helpDesk.events[0], { ...helpDesk.events[1], as: "created" }] }, 'has the "as" of another'],
  [
    {
      ...helpDesk,
      events: [
        { event: "a.b", time: "x" },
        { event: "a.c", time: "x" },
      ],
    },
    'without "as"',
  ],
  [{ ...helpDesk, time: { column: "Opened", format: "HH:mm" } }, "has no year"],
  [{ ...helpDesk, time: { column: "Opened", zone: "Nowhere" } }, "not a known timezone"],
  [{ ...helpDesk, encoding: "klingon" }, "not a known encoding"],
  [{ ...helpDesk, colour: "red" }, "is not known here"],
  [{ ...helpDesk, events: [{ event: "session.start" }] }, "has no time"],
  [{ ...helpDesk, events: [{ event: "a.b", time: "x", attributes: { a: { colum: "y" } } }] }, '{ "value": "zendesk" }'],
])("the mapping %j is refused by name", async (mapping, words) => {
  const world = await makeImportWorld();
  const file = await world.write("mapping.json", mapping);
  await expect(readMapping(file)).rejects.toThrow(words);
});

test("columns that the source has not, and files that are not there, are named", async () => {
  const world = await makeImportWorld();
  const mapping = await world.write("mapping.json", helpDesk);
  const source = await world.write("other.csv", "Ticket,Opened\n1,x\n");
  const refused = await world.run(source, "--mapping", mapping);
  expect(refused.stderr).toContain('has no column "Prio", "Requester", "Subject", "Solved", "SLA"');
  expect((await world.run(join(world.folder, "none.csv"))).stderr).toContain("[source_unreadable]");
  expect((await world.run(mapping, "--zone", "Nowhere")).stderr).toContain("Name a timezone");
  const unknown = await world.run(source, "--mapping", mapping, "--tenant", "nobody");
  expect(unknown.stderr).toContain("[unknown_tenant]");
});
