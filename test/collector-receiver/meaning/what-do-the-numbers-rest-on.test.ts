import { expect, test } from "vitest";
import { noteReplayed } from "../../../collector-receiver/src/ingest/count-rejections.ts";
import { qualityCodeNames } from "../../../collector-receiver/src/metrics/quality-codes.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { openWriterConnection } from "../../../collector-receiver/src/storage/wire/writer-connection.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { uuidV7 } from "../../support/uuid-v7.ts";
import { openScenario } from "./open-scenario.ts";
import type { Scenario } from "./open-scenario.ts";

const mark = "spanledger.event.id";
let ids = 0;
const marked = () => ({ [mark]: uuidV7(Date.parse("2025-10-13T01:00:00Z"), ++ids) });

/** Sends what `tell` cannot: a request that is answered with rejections. */
async function post({ receiver }: Scenario, body: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body });
  expect(await answer.json()).toHaveProperty("partialSuccess");
}

async function ledger({ receiver }: Scenario, query = "month=2025-10&locale=en"): Promise<any> {
  const answer = await fetch(`${receiver.url}/api/analytics/data-quality?${query}`);
  expect(answer.status).toBe(200);
  return answer.json();
}

/** `code event attribute detail: events` of all entries, sorted. */
const linesOf = (document: any): string[] =>
  document.entries
    .map((entry: any) => `${entry.code} ${entry.event} ${entry.attribute} ${entry.detail}: ${entry.events}`)
    .toSorted();

test("every doubtful event is counted once under its kind, and leads to its events", async () => {
  const scenario = await openScenario();
  const { tell, october, receiver } = scenario;
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1", channel: "Kakao 7", ...marked() }],
    ["09:00:01", "session.message", { session_id: "s-1", role: "Robot", ...marked() }],
    ["09:00:02", "session.message", { session_id: "s-1", role: "Robot", ...marked() }],
    ["09:00:03", "session.message", { session_id: "s-1", role: "ai", user_id: " NULL ", ...marked() }],
    [
      "09:00:04",
      "session.message",
      { session_id: "s-1", role: "ai", first_token_ms: 900, response_time_ms: 300, ...marked() },
    ],
    [
      "09:01:00",
      "agent.session_takeover",
      { session_id: "s-1", agent_id: 7, wait_duration_seconds: -0.4, ...marked() },
    ],
    ["09:02:00", "session.end", { session_id: "s-1", reason: "resolved", resolved: false, ...marked() }],
    // Without an id; nothing else is wrong with it.
    ["09:03:00", "agent.login", { agent_id: 7 }],
    ["09:04:00", "agent.status_change", { agent_id: 7, from_status: "nap", to_status: "siesta", ...marked() }],
    ["09:05:00", "ticket.status_changed", { ticket_id: 1, from_status: "open", to_status: "geparkt", ...marked() }],
  );
  const atMs = Date.parse("2025-10-13T01:10:00Z");
  const bad = ["yes", "no"].map((success) => ({ name: "query.order", attributes: { success, ...marked() }, atMs }));
  await post(scenario, tracesWith(bad));
  const document = await ledger(scenario);
  expect(linesOf(document)).toEqual([
    "contradicting_durations session.message first_token_ms : 1",
    "contradicting_end session.end resolved : 1",
    "derived_id agent.login  : 1",
    "out_of_range agent.session_takeover wait_duration_seconds : 1",
    "placeholder session.message user_id : 1",
    "rejected query.order  wrong_type: 2",
    "unknown_word agent.status_change from_status nap: 1",
    "unknown_word agent.status_change to_status siesta: 1",
    "unknown_word session.message role Robot: 2",
    "unknown_word session.start channel Kakao #: 1",
    "unknown_word ticket.status_changed to_status geparkt: 1",
  ]);
  expect(document.events).toBe(10);
  expect(document.kinds.map(({ kind, events }: any) => [kind, events])).toEqual([
    ["rejection", 2],
    ["invalid_value", 1],
    ["contradiction", 2],
    ["unknown_word", 6],
    ["placeholder", 1],
    ["derived_id", 1],
  ]);
  // The case study says the same, in words, for the period that it belongs to.
  const study = await october();
  const notes = study.document.notes.filter(({ code }: any) => document.kinds.some(({ kind }: any) => kind === code));
  expect(notes.map(({ code, count }: any) => [code, count])).toEqual(
    document.kinds.map(({ kind, events }: any) => [kind, events]),
  );
  expect((await ledger(scenario, "month=2025-11")).entries).toEqual([]);
  // Each line leads to as many events as it counts, and its examples are among them.
  for (const entry of document.entries) {
    const { code, event, attribute, detail, events, examples, rejections } = entry;
    const query = new URLSearchParams({ month: "2025-10", lang: "en", code, event, attribute, detail });
    const page = await (await fetch(`${receiver.url}/data-quality/events?${query.toString()}`)).text();
    expect(page.match(/<th scope="row">/g), code).toHaveLength(events);
    expect(page).toContain(`${events} of ${events} shown`);
    if (code === "rejected") {
      expect(rejections).toHaveLength(1);
      expect(page).toContain(rejections[0].slice(0, 16));
      continue;
    }
    expect(examples).toHaveLength(1);
    const found = await receiver.database.pool.query("select event_name from analytics_events where event_id = $1", [
      examples[0].event_id,
    ]);
    expect(found.rows).toEqual([{ event_name: event }]);
  }
  const wait = document.entries.find(({ code }: any) => code === "out_of_range");
  expect(wait.examples[0].value).toBe(-0.4);
});

test.each(["en", "zh-CN"])("the page stands behind the report, in %s", async (lang) => {
  const scenario = await openScenario();
  await scenario.tell(["09:00:01", "session.message", { session_id: "s-1", role: "<b>Robot</b>" }]);
  const { url } = scenario.receiver;
  const report = await (await fetch(`${url}/report?month=2025-10&lang=${lang}`)).text();
  expect(report).toContain(`href="/data-quality?month=2025-10&amp;lang=${lang}"`);
  const page = await (await fetch(`${url}/data-quality?month=2025-10&lang=${lang}`)).text();
  expect(page).toContain(lang === "en" ? "Data quality, October 2025" : "数据质量，2025年10月");
  expect(page).toContain("&lt;b&gt;Robot&lt;/b&gt;");
  expect(page).not.toContain("<b>Robot");
  expect(page).toContain(lang === "en" ? "Unknown words" : "未知的词");
});

test("clean events leave nothing in the ledger", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    ["09:00:00", "session.start", { session_id: "s-1", channel: "微信", user_id: "u-1", ...marked() }],
    ["09:00:01", "session.message", { session_id: "s-1", role: "机器人", response_time_ms: 900, ...marked() }],
    ["09:02:00", "session.end", { session_id: "s-1", reason: "已解决", resolved: true, ...marked() }],
  );
  const { rows } = await scenario.receiver.database.pool.query("select from analytics_data_quality");
  expect(rows).toEqual([]);
  const page = await (await fetch(`${scenario.receiver.url}/data-quality?month=2025-10&lang=en`)).text();
  expect(page).toContain("Nothing to report");
});

test("a test conversation leaves nothing in the ledger, whenever the mark arrives; a mark that is a text is noted", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    ["09:00:00", "session.message", { session_id: "s-1", role: "Robot", user_id: "none" }],
    ["09:00:01", "session.message", { session_id: "s-2", role: "Robot", ...marked() }],
  );
  await scenario.tell(["09:01:00", "session.start", { session_id: "s-1", test: "TRUE", ...marked() }]);
  expect(linesOf(await ledger(scenario))).toEqual([
    "unknown_word session.message role Robot: 1",
    "wrong_type session.start test : 1",
  ]);
  await scenario.october();
});

test("an id that the sender made is not derived, though its version is the same", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    ["09:00:00", "agent.login", { agent_id: 7, [mark]: "74738ff5-5367-5958-9aee-98fffdcd1876" }],
    ["09:00:01", "agent.login", { agent_id: 8 }],
  );
  expect(linesOf(await ledger(scenario))).toEqual(["derived_id agent.login  : 1"]);
  await scenario.october();
});

test("a rejected event counts by its own time, by its arrival if that cannot be, and no more once it is replayed", async () => {
  const scenario = await openScenario();
  const { receiver } = scenario;
  const atMs = Date.parse("2025-10-31T15:59:59.999Z");
  const body = tracesWith([
    // The last moment of October in Shanghai, and the first of November.
    { name: "session.start", attributes: marked(), atMs },
    { name: "query.order", attributes: { session_id: "s-9", ...marked() }, atMs: atMs + 1 },
    { name: "query.order", attributes: { session_id: "s-8", success: true, ...marked() }, atMs: 1000 },
  ]);
  // What is sent again is the same event.
  for (let i = 0; i < 2; i++) await post(scenario, body);
  const linesIn = async (month: string) => linesOf(await ledger(scenario, `month=${month}`));
  const today = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);
  expect(await linesIn("2025-10")).toEqual(["rejected session.start  missing_attribute: 1"]);
  expect(await linesIn("2025-11")).toEqual(["rejected query.order  missing_attribute: 1"]);
  expect(await linesIn(today)).toEqual(["rejected query.order  time_before_2000: 1"]);
  const pool = receiver.database.pool;
  expect(await verifyTenant(receiver.database.connectionString, "default")).toMatchObject({ drifts: 0 });
  const { rows } = await pool.query(
    "select content_hash from analytics_rejected_events where event_name = 'query.order' and code = 'missing_attribute'",
  );
  const client = await openWriterConnection(receiver.database.connectionString);
  await noteReplayed(client, "default", [rows[0].content_hash]);
  // A second replay of the same event finds it noted.
  await noteReplayed(client, "default", [rows[0].content_hash]);
  await client.end();
  expect(await linesIn("2025-11")).toEqual([]);
  expect(await verifyTenant(receiver.database.connectionString, "default")).toMatchObject({ drifts: 0 });
});

test("every code is explained in both languages", async () => {
  const scenario = await openScenario();
  const answer = await fetch(`${scenario.receiver.url}/data-quality/events?code=nonsense&lang=en`);
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain("is not a code of the ledger");
  for (const code of qualityCodeNames) {
    for (const lang of ["en", "zh-CN"]) {
      const page = await fetch(`${scenario.receiver.url}/data-quality/events?month=2025-10&code=${code}&lang=${lang}`);
      expect(page.status).toBe(200);
    }
  }
});
