import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createReadTenantResolver } from "../../../collector-receiver/src/operating/resolve-read-token.ts";
import { createTenantResolver } from "../../../collector-receiver/src/receiving/resolve-ingest-token.ts";
import { completenessShare, numberedShare } from "../../../collector-receiver/src/stats/sql/read-completeness.ts";
import { webPlugin } from "../../../collector-receiver/src/web/web-plugin.ts";
import { createTestDatabase } from "../../support/create-test-database.ts";
import type { TestDatabase } from "../../support/create-test-database.ts";
import { seedDay, seedReported, seedSettings } from "../stats/seed-counters.ts";

let database: TestDatabase;
let app: FastifyInstance;
beforeAll(async () => {
  database = await createTestDatabase();
  app = fastify();
  await app.register(webPlugin, {
    pool: database.pool,
    tenantOf: (request) => String(request.headers["x-tenant"]),
    locale: "zh-CN",
    now: () => Date.parse("2025-12-10T06:05:00Z"),
  });
});
afterAll(async () => {
  await app.close();
  await database.drop();
});

async function report(tenant: string, query: string): Promise<string> {
  const answer = await app.inject({ url: `/report?${query}`, headers: { "x-tenant": tenant } });
  expect(answer.statusCode, answer.body.slice(0, 300)).toBe(200);
  return answer.body;
}
const cardOf = (page: string, key: string): string =>
  new RegExp(`<article[^>]*id="${key}">[\\s\\S]*?</article>`).exec(page)?.[0] ?? "";

const sessions = (total: number, resolved: number) => ({
  total_sessions: String(total),
  sessions_ended: String(total),
  ai_resolved_sessions: String(resolved),
});

test("a running month says so, is compared with the same days before, and draws no day that has not begun", async () => {
  await seedSettings(database.pool, "running", { idleThrough: "2025-12-09T00:00:00Z" });
  await seedReported(database.pool, "running", "2025-11-02", "session.start");
  await seedDay(database.pool, "running", "2025-11-05", sessions(100, 80));
  await seedDay(database.pool, "running", "2025-11-25", sessions(400, 300));
  await seedDay(database.pool, "running", "2025-12-05", sessions(110, 99));
  const page = await report("running", "month=2025-12&lang=en");
  expect(page).toContain("The month is not over");
  expect(page).toContain("the same days before");
  expect(cardOf(page, "total_sessions")).toContain("▲ 10.0% more");
  expect(cardOf(page, "ai_resolution_rate")).toContain("▲ 10.0 points better");
  const table = /<figure[^>]*id="sessions">[\s\S]*?<\/figure>/.exec(page)?.[0].replace(/>\s+</g, "><") ?? "";
  expect(table).toMatch(/Fri, Dec 5<\/th><td>110<\/td>/);
  expect(table).toMatch(/Wed, Dec 10<\/th><td>0<\/td>/);
  expect(table).toMatch(/Thu, Dec 11<\/th><td>—<\/td>/);
});

test("a product that never reported has — and a sentence, not 0", async () => {
  await seedSettings(database.pool, "chat-only");
  await seedReported(database.pool, "chat-only", "2025-11-02", "session.start");
  await seedDay(database.pool, "chat-only", "2025-11-05", sessions(100, 80));
  const page = await report("chat-only", "month=2025-11&lang=en");
  expect(page).toContain("This product has never reported: its figures are unknown, not 0.");
  for (const key of ["sessions_handled", "tickets_resolved", "sla_met_rate"]) {
    expect(cardOf(page, key)).toContain('<p class="value none">—</p>');
  }
  expect(cardOf(page, "total_sessions")).toContain(">100<");
  expect(page).toContain("The agent workbench has never reported: there is nothing to draw.");
  expect(page).toContain("Completeness unknown");
});

test("fewer than 30 are told as n of N", async () => {
  await seedSettings(database.pool, "few");
  await seedReported(database.pool, "few", "2025-11-02", "session.start");
  await seedDay(database.pool, "few", "2025-11-05", sessions(12, 9));
  expect(cardOf(await report("few", "month=2025-11&lang=en"), "ai_resolution_rate")).toContain(
    "9 of 12: few; interpret with caution",
  );
  expect(cardOf(await report("few", "month=2025-11"), "ai_resolution_rate")).toContain("12 中有 9");
});

test("that nobody was left without a solution is said only if the rules told it of all who ended", async () => {
  await seedSettings(database.pool, "solved");
  await seedReported(database.pool, "solved", "2025-10-02", "session.start");
  await seedDay(database.pool, "solved", "2025-11-05", sessions(100, 100));
  // Of these, 20 were sealed before there were outcomes.
  await seedDay(database.pool, "solved", "2025-10-05", sessions(100, 80));
  const nobody = "No ended conversation was left without a solution.";
  expect(cardOf(await report("solved", "month=2025-11&lang=en"), "outcomes")).toContain(nobody);
  const older = cardOf(await report("solved", "month=2025-10&lang=en"), "outcomes");
  expect(older).toContain("Counted by older rules");
  expect(older).not.toContain(nobody);
});

/** What a month says of itself, in both languages: on the page, in the PDF's source of words (the CSV), and in the story. */
describe("every state of a month has its sentence", () => {
  const inBoth = async (tenant: string, month: string): Promise<{ en: string; zh: string }> => ({
    en: await report(tenant, `month=${month}&lang=en`),
    zh: await report(tenant, `month=${month}&lang=zh-CN`),
  });

  test("empty", async () => {
    await seedSettings(database.pool, "state-empty");
    await seedReported(database.pool, "state-empty", "2025-11-02", "session.start", "agent.login", "ticket.created");
    await seedDay(database.pool, "state-empty", "2025-11-05", sessions(100, 80));
    const { en, zh } = await inBoth("state-empty", "2025-09");
    expect(en).toContain("Nothing was counted in this month.");
    expect(en).toContain("In September 2025, no business events were recorded.");
    expect(zh).toContain("本月没有任何统计数据。");
    expect(cardOf(en, "total_sessions")).toContain('<p class="value">0</p>');
    expect(cardOf(en, "ai_resolution_rate")).toContain("No data this month");
    expect(cardOf(zh, "ai_resolution_rate")).toContain("本月没有数据");
    expect(en).toContain("No sessions started in this month.");
    expect(zh).toContain("本月没有会话。");
    expect(en).not.toContain('<svg class="wide-drawing');
  });

  test("the first month with events: that nothing precedes it is said once, not on every card", async () => {
    await seedSettings(database.pool, "state-first");
    await seedReported(database.pool, "state-first", "2025-11-02", "session.start");
    await seedDay(database.pool, "state-first", "2025-11-05", sessions(100, 80));
    const { en, zh } = await inBoth("state-first", "2025-11");
    expect(en).toMatch(/<p class="meta">\s*Settled[^<]*There is nothing to compare with in October 2025\.\s*<\/p>/);
    expect(zh).toMatch(/<p class="meta">\s*数据已定稿[^<]*2025年10月没有可比的数据。\s*<\/p>/);
    expect(cardOf(en, "total_sessions")).not.toContain('class="change');
  });

  test("over, but some of its sessions may not have ended", async () => {
    await seedSettings(database.pool, "state-provisional", { idleThrough: "2025-11-30T00:00:00Z" });
    await seedReported(database.pool, "state-provisional", "2025-11-02", "session.start");
    await seedDay(database.pool, "state-provisional", "2025-11-30", {
      total_sessions: "50",
      ai_resolved_sessions: "10",
    });
    const { en, zh } = await inBoth("state-provisional", "2025-11");
    expect(en).toContain("The month is over, but some of its sessions may not have ended yet");
    expect(zh).toContain("本月已结束，但部分会话可能尚未结束");
  });

  test("without tickets, where the workbench reports", async () => {
    await seedSettings(database.pool, "state-no-tickets");
    await seedReported(database.pool, "state-no-tickets", "2025-11-02", "session.start", "agent.login");
    await seedDay(database.pool, "state-no-tickets", "2025-11-05", {
      ...sessions(100, 80),
      sessions_handled: "40",
      total_first_response_ms: "400000",
    });
    const { en, zh } = await inBoth("state-no-tickets", "2025-11");
    expect(en).toContain("No ticket was created or closed in this month.");
    expect(zh).toContain("本月没有创建或解决的工单。");
    expect(cardOf(en, "tickets_created")).toContain('<p class="value">0</p>');
    expect(cardOf(en, "sla_met_rate")).toContain('<p class="value none">—</p>');
    expect(cardOf(en, "sla_met_rate")).toContain("No data this month");
    expect(/<figure[^>]*id="tickets">[\s\S]*?<\/figure>/.exec(en)?.[0]).not.toContain("<svg");
    expect(en).not.toContain("never reported");
  });

  test("neither product ever reported", async () => {
    await seedSettings(database.pool, "state-silent");
    const { en, zh } = await inBoth("state-silent", "2025-11");
    expect(en).toContain("Neither the AI chatbot nor the agent workbench has ever reported.");
    expect(en.match(/This product has never reported: its figures are unknown, not 0\./g)).toHaveLength(3);
    expect(zh.match(/该产品从未上报过数据，其数字未知（不是 0）。/g)).toHaveLength(3);
    for (const key of ["total_sessions", "sessions_handled", "tickets_resolved"]) {
      expect(cardOf(en, key)).toContain('<p class="value none">—</p>');
    }
  });

  test("few: the average says from how many", async () => {
    await seedSettings(database.pool, "state-few");
    await seedReported(database.pool, "state-few", "2025-11-02", "session.start");
    await seedDay(database.pool, "state-few", "2025-11-05", {
      ...sessions(12, 9),
      responses_timed: "7",
      total_response_time_ms: "7000",
    });
    const { en, zh } = await inBoth("state-few", "2025-11");
    expect(cardOf(en, "avg_response_time_ms")).toContain("based on only 7; interpret with caution");
    expect(cardOf(zh, "avg_response_time_ms")).toContain("仅来自 7 个样本，请谨慎解读");
    expect(cardOf(en, "ai_resolution_rate")).toContain("9 of 12: few; interpret with caution");
  });

  test("a resolution that nobody confirmed is called assumed, on its card, in the notes and in the summary", async () => {
    await seedSettings(database.pool, "state-assumed");
    await seedReported(database.pool, "state-assumed", "2025-11-02", "session.start");
    await seedDay(database.pool, "state-assumed", "2025-11-05", {
      ...sessions(100, 80),
      sessions_ended: "50",
      sessions_ended_idle: "50",
      ai_resolved_assumed: "45",
    });
    const { en, zh } = await inBoth("state-assumed", "2025-11");
    expect(cardOf(en, "ai_resolution_rate")).toContain("35\u00a0confirmed, 45\u00a0assumed");
    expect(cardOf(zh, "ai_resolution_rate")).toContain("确认\u00a035，推定\u00a045");
    expect(en).toContain("The resolution of 45 sessions is assumed, not confirmed");
    expect(en).toContain("(45 assumed)");
    const csv = await app.inject({
      url: "/report.csv?month=2025-11&lang=en",
      headers: { "x-tenant": "state-assumed" },
    });
    expect(csv.body).toContain("The resolution of 45 sessions is assumed");
  });

  test("the same in the files: CSV and PDF of an empty and of a silent month are made, and say so", async () => {
    for (const [tenant, words] of [
      ["state-empty", "Nothing was counted in this month."],
      ["state-silent", "has ever reported"],
    ] as const) {
      const csv = await app.inject({ url: "/report.csv?month=2025-09&lang=en", headers: { "x-tenant": tenant } });
      expect(csv.body).toContain(words);
      const pdf = await app.inject({ url: "/report.pdf?month=2025-09&lang=en", headers: { "x-tenant": tenant } });
      expect(pdf.statusCode).toBe(200);
    }
  });
});

test("values from products are written as text, never as markup", async () => {
  await seedSettings(database.pool, "hostile");
  await seedReported(database.pool, "hostile", "2025-11-02", "session.start");
  await seedDay(database.pool, "hostile", "2025-11-05", { ...sessions(100, 50), escalated_sessions: "50" });
  await database.pool.query(
    "insert into analytics_attribute_counts values ('hostile', '2025-11-05', 'session.escalate', 'reason', '<img src=x onerror=alert(#)>', 40), ('hostile', '2025-11-05', 'session.escalate', 'reason', '=cmd|calc', 10)",
  );
  const page = await report("hostile", "month=2025-11");
  expect(page).not.toContain("<img");
  expect(page).toContain("&lt;img src=x");
  const csv = await app.inject({ url: "/report.csv?month=2025-11", headers: { "x-tenant": "hostile" } });
  expect(csv.body).toContain("escalations,reason==cmd|calc,10,");
  const pdf = await app.inject({ url: "/report.pdf?month=2025-11", headers: { "x-tenant": "hostile" } });
  expect(pdf.statusCode).toBe(200);
});

test.each([
  [{ recorded: 0, dropped: 0, missing: 0, counted: 10 }, null, 0],
  [{ recorded: 25_000, dropped: 0, missing: 5, counted: 24_995 }, "99.98", 100],
  [{ recorded: 1_000_000, dropped: 0, missing: 1, counted: 1_000_000 }, "99.99", 99],
  [{ recorded: 100, dropped: 10, missing: 15, counted: 150 }, "75.00", 50],
  [{ recorded: 100, dropped: 0, missing: 0, counted: 90_000 }, "100.00", 1],
  [{ recorded: 14, dropped: 0, missing: 0, counted: 100 }, "100.00", 14],
  // Sources also number what is never counted, such as events of tests.
  [{ recorded: 100, dropped: 0, missing: 0, counted: 60 }, "100.00", 100],
])("completeness of %j is %s, resting on %i %: 100 only where nothing is missing", (completeness, share, numbered) => {
  expect(completenessShare(completeness)).toBe(share);
  expect(numberedShare(completeness)).toBe(numbered);
});

test("the badge says on how many events completeness rests, counted on the days of the sources alone", async () => {
  await seedSettings(database.pool, "numbered");
  await seedReported(database.pool, "numbered", "2025-11-02", "session.start");
  await seedDay(database.pool, "numbered", "2025-11-05", sessions(100, 80));
  await database.pool.query(
    `insert into analytics_event_counts (tenant_id, day, event_name, events) values
       ('numbered', '2025-11-04', 'session.start', 5000), ('numbered', '2025-11-05', 'session.start', 60),
       ('numbered', '2025-11-06', 'session.message', 40), ('numbered', '2025-11-07', 'session.message', 5000)`,
  );
  await database.pool.query(
    `insert into analytics_sources (tenant_id, source_id, highest_seq, events_seen, drops_reported, first_seen_at, last_seen_at)
     values ('numbered', 'a', 14, 14, 0, '2025-11-05T00:00:00+08:00', '2025-11-06T23:59:00+08:00')`,
  );
  expect(await report("numbered", "month=2025-11&lang=en")).toContain(
    "14% of events are numbered; of these 100% arrived",
  );
  expect(await report("numbered", "month=2025-11&lang=zh-CN")).toContain("14% 的事件带编号，其中 100% 已到达");
});

test("a line by day: dashed where conversations had no time to end, grey for the days before, all of it in a table", async () => {
  await seedSettings(database.pool, "line", { idleThrough: "2025-12-09T00:00:00Z" });
  await seedReported(database.pool, "line", "2025-11-02", "session.start");
  for (const [day, total, resolved] of [
    ["2025-11-05", 100, 80],
    ["2025-12-05", 110, 99],
    ["2025-12-09", 50, 10],
  ] as const) {
    await seedDay(database.pool, "line", day, sessions(total, resolved));
  }
  const page = await report("line", "month=2025-12&lang=en");
  const counts = cardOf(page, "total_sessions");
  const rates = cardOf(page, "ai_resolution_rate");
  for (const card of [counts, rates]) {
    expect(card).toMatch(/<path class="was" d="[^"]+"\/>/);
    expect(card).toMatch(/<path class="is" d="[^"]+"\/>/);
  }
  const rowOf = (card: string, day: string): string =>
    new RegExp(`<th scope="row">[^<]*${day}</th>[\\s\\S]*?</tr>`).exec(card)?.[0].replace(/\s*<[^>]*>\s*/g, "|") ?? "";
  expect(rowOf(counts, "Dec 5")).toBe("|Fri, Dec 5||110||100||");
  // The start of the 9th is known, since the day is over; how its conversations end is not.
  expect(rowOf(counts, "Dec 9")).toBe("|Tue, Dec 9||50||0||");
  expect(rowOf(rates, "Dec 5")).toBe("|Fri, Dec 5||90.0%||80.0%||");
  expect(rowOf(rates, "Dec 9")).toBe("|Tue, Dec 9||20.0%*||—||");
  expect(rowOf(counts, "Dec 11")).toBe("|Thu, Dec 11||—||0||");
});

test("the tenant's name and logo stand on its report", async () => {
  await seedSettings(database.pool, "named");
  const before = await report("named", "month=2025-11&lang=en");
  expect(before).not.toContain('class="tenant"');
  await database.pool.query(
    "update analytics_settings set display_name = 'Tea & Co', logo = 'data:image/gif;base64,R0lGODlhAQABAAAAACw=' where tenant_id = 'named'",
  );
  const page = await report("named", "month=2025-11&lang=en");
  expect(page).toContain("<b>Tea &amp; Co</b>");
  expect(page).toContain('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=" alt=""');
});

describe("where tokens are asked for", () => {
  test("a browser signs in with the token as password; without it the page says how", async () => {
    const closed = fastify();
    await closed.register(webPlugin, {
      pool: database.pool,
      tenantOf: createReadTenantResolver(createTenantResolver([{ token: "a-token-of-brand-a", tenantIds: ["few"] }])),
      locale: "en",
    });
    const ask = (authorization?: string) =>
      closed.inject({
        url: "/report?month=2025-11",
        ...(authorization === undefined ? {} : { headers: { authorization } }),
      });
    const basic = (password: string) => `Basic ${Buffer.from(`anna:${password}`).toString("base64")}`;
    const refused = await ask();
    expect(refused.statusCode).toBe(401);
    expect(refused.headers["www-authenticate"]).toMatch(/^Basic realm=/);
    expect(refused.body).toContain("a token of READ_TOKENS as the password");
    expect((await ask(basic("a-token-of-brand-b"))).statusCode).toBe(401);
    const shown = await ask(basic("a-token-of-brand-a"));
    expect(shown.statusCode).toBe(200);
    expect(cardOf(shown.body, "total_sessions")).toContain(">12<");
    expect((await ask("Bearer a-token-of-brand-a")).statusCode).toBe(200);
    await closed.close();
  });
});
