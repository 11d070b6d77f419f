import axe from "axe-core";
import { vocabularies } from "@spanledger/sdk/event-catalogue";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../../support/open-browser.ts";
import { openScenario } from "../meaning/open-scenario.ts";
import type { Told } from "../meaning/open-scenario.ts";

let browser: Awaited<ReturnType<typeof openBrowser>>;
const channels = Object.keys(vocabularies.channel);

/** A conversation that is escalated and taken over if it is of the web, else resolved by the AI. */
function conversation(id: string, channel: string | null): Told[] {
  const isWeb = channel === "web";
  return [
    ["09:00:00", "session.start", { session_id: id, ...(channel === null ? {} : { channel }), user_id: id }],
    ["09:00:01", "session.message", { session_id: id, role: "ai", response_time_ms: 900 }],
    ...(isWeb
      ? ([
          ["09:01:00", "session.escalate", { session_id: id, reason: "keyword" }],
          ["09:02:00", "agent.session_takeover", { session_id: id, agent_id: 1, wait_duration_seconds: 60 }],
        ] as Told[])
      : []),
    ["09:05:00", "session.end", { session_id: id, resolved: true }],
    ["09:06:00", "session.feedback", { session_id: id, rating: isWeb ? 2 : 5 }],
  ];
}

beforeAll(async () => {
  browser = await openBrowser();
}, 120_000);
afterAll(() => browser?.dispose());

async function open(): Promise<{ url: string; textOf: (path: string) => Promise<string> }> {
  const scenario = await openScenario({ LOCALE: "en" });
  const told = channels.flatMap((channel, i) => conversation(`c-${i}`, channel));
  for (let i = 0; i < 40; i++) told.push(...conversation(`w-${i}`, "web"));
  told.push(...conversation("none", null), ...conversation("unknown", "pigeon post"));
  told.push(["10:00:00", "query.order", { success: true, site: "GB" }]);
  told.push(["10:00:01", "query.order", { success: false, site: "uk" }]);
  told.push(["10:00:02", "ticket.created", { ticket_id: 1, priority: "紧急" }]);
  await scenario.tell(...told);
  const { url } = scenario.receiver;
  const textOf = async (path: string): Promise<string> => {
    const answer = await fetch(`${url}${path}`);
    expect(answer.status, path).toBe(200);
    return answer.text();
  };
  return { url, textOf };
}
const plain = (markup: string): string => markup.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ");

test("each dimension is a table whose values filter the report; the rest says that it cannot be filtered", async () => {
  const { textOf } = await open();
  const page = await textOf("/report?month=2025-10&lang=en");
  const table = plain(page.slice(page.indexOf('id="segments-channel"'), page.indexOf('id="segments-product"')));
  expect(table).toContain("Web 41 0 (0.0%) 41 (100.0%) 0 1 min 0.0%");
  // 22 channels and "other": 3 of them one tap away.
  expect(channels).toHaveLength(22);
  expect(table).toContain("3 more");
  expect(table).toContain("Not recorded 1");
  expect(table).toContain("Other 1");
  expect(plain(page)).toContain("Order look-ups by site");
  expect(plain(page)).toMatch(/UK 2 100\.0% 50\.0%/i);
  expect(plain(page)).toMatch(/Urgent 1 100\.0%/);
  expect(page).toContain('href="/report?month=2025-10&amp;channel=web&amp;lang=en"');

  const filtered = await textOf("/report?month=2025-10&channel=web&lang=en");
  expect(plain(filtered)).toContain("Channel: Web");
  expect(plain(filtered)).toContain("Not kept by this dimension");
  expect(plain(filtered)).toContain("Only conversations with channel = web.");
  expect(filtered).toMatch(/id="total_sessions"[^]*?>41</);
  // Links keep the filter, but for the one that clears it.
  expect(filtered).toMatch(/href="\/report\?month=2025-10&amp;lang=en">\s*✕ Show all conversations/);
  expect(filtered).toContain('href="/report.pdf?month=2025-10&amp;channel=web&amp;lang=en"');
  expect(filtered).toContain('<input type="hidden" name="channel" value="web" />');
  expect(filtered).toMatch(/href="\/report\/sessions\?month=2025-10&amp;channel=web&amp;of=total_sessions/);
  expect(filtered).not.toContain('id="segments-channel"');
  const chinese = plain(await textOf("/report?month=2025-10&channel=web&lang=zh-CN"));
  expect(chinese).toContain("渠道：网页");
  expect(chinese).toContain("不按此维度记录");
});

test("a page is never refused for its filter; lists, files and shared copies have the same one", async () => {
  const { url, textOf } = await open();
  for (const query of ["channel=&month=2025-10", "channel=web&product=x&month=2025-10", "segment=plan&month=2025-10"]) {
    expect((await fetch(`${url}/report?${query}`)).status, query).toBe(200);
  }
  // A file that is not filtered would not be what was asked for.
  const undeclared = "month=2025-10&segment=colour%3Ared&compare=none&lang=en";
  const page = await fetch(`${url}/report?${undeclared}`);
  expect([page.status, page.url]).toEqual([200, `${url}/report?month=2025-10&compare=none&lang=en`]);
  expect((await fetch(`${url}/report.csv?${undeclared}`)).status).toBe(400);
  const list = plain(await textOf("/report/sessions?month=2025-10&channel=wechat&of=total_sessions&lang=en"));
  expect(list).toContain(`c-${channels.indexOf("wechat")} `);
  expect(list).not.toContain("w-1 ");
  const ofProduct = await textOf("/report/sessions.csv?month=2025-10&product=nobody&of=total_sessions");
  expect(ofProduct.trim().split("\n")).toHaveLength(1);
  const csv = await textOf("/report.csv?month=2025-10&channel=web&lang=en");
  expect(csv).toContain("2025-10,total_sessions,channel=web,41,count,41,");
  expect(csv).toContain("2025-10,unique_customers,channel=web,,count,,");
  const whole = await textOf("/report.csv?month=2025-10&lang=en");
  expect(whole).toContain("2025-10,total_sessions,channel=web,41,count,41,");
  expect(whole).toContain("2025-10,order_query_success_rate,site=uk,50,percent,1,2");
  expect(whole).toContain("2025-10,tickets_created,priority=urgent,1,count,1,");
  const daily = await textOf("/report.csv?month=2025-10&channel=web&by=day&lang=en");
  expect(daily).toContain("2025-10-13,total_sessions,channel=web,41,count,41,");
  expect(daily).not.toContain("total_messages");
  const copy = plain(await textOf("/report/share/preview?month=2025-10&channel=web&lang=en&least=5"));
  expect(copy).toContain("Channel: Web");
  expect(copy).not.toContain("Segments");
  const pdf = await fetch(`${url}/report.pdf?month=2025-10&channel=web&lang=en`);
  expect(pdf.status).toBe(200);
  expect((await pdf.arrayBuffer()).byteLength).toBeGreaterThan(10_000);
});

test("a value filters with one click, and one click clears it, without a mistake that axe finds", async () => {
  const { url } = await open();
  for (const [locale, width, clear] of [
    ["en", 1280, "Show all conversations"],
    ["zh-CN", 390, "查看全部会话"],
  ] as const) {
    const context = await browser.newContext({ viewport: { width, height: 844 } });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(`${url}/report?month=2025-10&lang=${locale}`);
    const check = async (): Promise<void> => {
      await page.evaluate(axe.source);
      const { violations }: any = await page.evaluate("axe.run()");
      expect(violations.map(({ id }: any) => id)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(width);
    };
    await check();
    await page.click('#segments-channel + div a[href*="channel=web"]');
    expect(new URL(page.url()).searchParams.get("channel")).toBe("web");
    await check();
    const box = await page.locator(`text=${clear}`).boundingBox();
    expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThan(844);
    await page.click(`text=${clear}`);
    expect(new URL(page.url()).searchParams.has("channel")).toBe(false);
  }
}, 120_000);
