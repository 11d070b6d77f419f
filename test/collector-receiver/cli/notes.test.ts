import { expect, test } from "vitest";
import { freezeReport } from "../../../collector-receiver/src/web/share/freeze-report.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { spanledger } from "./run-cli.ts";

const atMs = Date.UTC(2026, 2, 10, 4);

async function sendHistory(url: string): Promise<void> {
  const events = [
    { name: "session.start", attributes: { session_id: "s1" }, atMs },
    { name: "query.order", attributes: { session_id: "s1", order_number: "FD1", success: true }, atMs },
    { name: "ticket.created", attributes: { ticket_id: 7, session_id: "s1", source: "chat" }, atMs },
  ];
  const headers = { "content-type": "application/json" };
  expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body: tracesWith(events) })).status).toBe(200);
}

test("a note marks its day in every chart by day, in both languages, until it is removed; a shared copy shows none", async () => {
  const { url, database } = await startTestReceiver();
  const environment = { DATABASE_URL: database.connectionString };
  await sendHistory(url);
  const noted = await spanledger(environment, "note", " new   prompt <b> ", "--at", "2026-03-12");
  // The day begins in Shanghai.
  expect(noted).toMatchObject({ code: 0, stdout: expect.stringContaining("2026-03-11T16:00:00.000Z  new prompt <b>") });
  expect((await spanledger(environment, "note", "another model", "--at", "2026-03-12T23:30+08:00")).code).toBe(0);
  expect((await spanledger(environment, "note", "campaign", "--at", "2026-03-05T16:00Z")).code).toBe(0);
  expect((await spanledger(environment, "note", "next month", "--at", "2026-04-01")).code).toBe(0);

  const report = async (lang: string) => (await fetch(`${url}/report?month=2026-03&lang=${lang}`)).text();
  const figure = (page: string, id: string) => new RegExp(`<figure[^>]*id="${id}">[\\s\\S]*?</figure>`).exec(page)?.[0];
  const english = await report("en");
  for (const chart of ["sessions", "queries", "tickets"]) {
    const drawn = figure(english, chart) ?? "";
    expect(drawn).toContain("Marked: 1 (Fri, Mar 6) campaign; 2 (Thu, Mar 12) new prompt &lt;b&gt;, another model.");
    // Drawn for two widths.
    expect(drawn.match(/class="t h over"[^>]*>[12]<\/text>/g)).toHaveLength(4);
  }
  expect(figure(english, "agents")).not.toContain("Marked");
  expect(figure(await report("zh-CN"), "sessions")).toContain(
    "标注：1（3月6日周五）campaign；2（3月12日周四）new prompt",
  );

  const expiresAt = new Date(Date.now() + 86_400_000);
  const { pages } = await freezeReport(
    { pool: database.pool, now: Date.now },
    "default",
    { month: "2026-03" },
    {
      least: 2,
      expiresAt,
      sampleData: false,
    },
  );
  for (const page of Object.values(pages)) expect(page).not.toMatch(/campaign|new prompt/);

  const listed = await spanledger(environment, "note", "--list");
  expect(listed.stdout.split("\n").map((line) => line.split("  ").slice(1).join("  "))).toEqual([
    "default  2026-03-05T16:00:00.000Z  campaign",
    "default  2026-03-11T16:00:00.000Z  new prompt <b>",
    "default  2026-03-12T15:30:00.000Z  another model",
    "default  2026-03-31T16:00:00.000Z  next month",
    "",
  ]);
  const [id = ""] = listed.stdout.split("  ", 1);
  expect((await spanledger(environment, "note", "--remove", id)).code).toBe(0);
  expect((await spanledger(environment, "note", "--remove", id)).code).toBe(1);
  expect(await report("en")).not.toContain("campaign");
});

test.each([
  [["note"], "The text is missing"],
  [["note", "   "], "The text is missing"],
  [["note", "x".repeat(201)], "201 characters"],
  [["note", "x", "--at", "tomorrow"], "neither a day (2026-01-31) nor an instant"],
  [["note", "x", "--at", "2026-02-31"], "neither a day"],
  [["note", "x", "--at", "2026-03-12T09:00"], "with its offset"],
  [["note", "x", "--tenant", "nobody"], "nobody"],
])("%j is refused by name", async (command, words) => {
  const { database } = await startTestReceiver();
  const refused = await spanledger({ DATABASE_URL: database.connectionString }, ...command);
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining(words) });
  expect((await database.pool.query("select from analytics_notes")).rowCount).toBe(0);
});

test("an erased customer is gone from notes too", async () => {
  const { url, database } = await startTestReceiver();
  await sendHistory(url);
  const environment = { DATABASE_URL: database.connectionString };
  await spanledger(environment, "note", "complaint of customer-4711, answered", "--at", "2026-03-10");
  expect((await spanledger(environment, "erase", "--tenant", "default", "--user", "customer-4711")).code).toBe(0);
  const { rows } = await database.pool.query("select text from analytics_notes");
  expect(rows).toHaveLength(1);
  expect(rows[0].text).not.toContain("4711");
});
