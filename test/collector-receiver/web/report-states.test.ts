import fastify from "fastify";
import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createReadTenantResolver } from "../../../collector-receiver/src/operating/resolve-read-token.ts";
import { completenessShare } from "../../../collector-receiver/src/web/report/read-completeness.ts";
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
  expect(cardOf(page, "total_sessions")).toContain("▲ up by 10.0%");
  expect(cardOf(page, "ai_resolution_rate")).toContain("▲ up by 10.0 points");
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
  for (const key of ["sessions_handled", "tickets_closed", "sla_met_rate"]) {
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
    "9 of 12: few, read with care",
  );
  expect(cardOf(await report("few", "month=2025-11"), "ai_resolution_rate")).toContain("12 中有 9");
});

test("what comes from products is written as text, never as markup", async () => {
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
  expect(csv.body).toContain("'=cmd|calc");
  const pdf = await app.inject({ url: "/report.pdf?month=2025-11", headers: { "x-tenant": "hostile" } });
  expect(pdf.statusCode).toBe(200);
});

test.each([
  [{ recorded: 0, dropped: 0, missing: 0 }, null],
  [{ recorded: 25_000, dropped: 0, missing: 5 }, "99.98"],
  [{ recorded: 1_000_000, dropped: 0, missing: 1 }, "99.99"],
  [{ recorded: 100, dropped: 10, missing: 15 }, "75.00"],
  [{ recorded: 100, dropped: 0, missing: 0 }, "100.00"],
])("completeness of %j is %s: 100.00 only where nothing is missing", (completeness, share) => {
  expect(completenessShare(completeness)).toBe(share);
});

describe("where tokens are asked for", () => {
  test("a browser signs in with the token as password; without it the page says how", async () => {
    const closed = fastify();
    await closed.register(webPlugin, {
      pool: database.pool,
      tenantOf: createReadTenantResolver([{ token: "a-token-of-brand-a", tenantIds: ["few"] }]),
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
