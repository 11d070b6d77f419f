import axe from "axe-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../../support/open-browser.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const tokens = {
  INGEST_TOKENS: "brand:sender-7Kq2xw9Zr4,other:sender-1Bn5vt8Qa3",
  READ_TOKENS: "brand:reader-5Lm8tb3Yc6,other:reader-9Xp4kd2Wf7",
};

let browser: Awaited<ReturnType<typeof openBrowser>>;
beforeAll(async () => {
  browser = await openBrowser();
}, 120_000);
afterAll(() => browser?.dispose());

async function startReceiver(environment: Record<string, string> = tokens) {
  const receiver = await startTestReceiver(environment);
  const sent = await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sender-7Kq2xw9Zr4" },
    body: tracesWith(
      Array.from({ length: 12 }, (_, i) => ({
        name: "session.start",
        attributes: { session_id: `s-${i}` },
        atMs: Date.UTC(2025, 11, 5) + i,
      })),
    ),
  });
  expect(sent.status).toBe(200);
  const auditOf = async () => {
    const { rows } = await receiver.database.pool.query(
      "select tenant_id, details ->> 'step' as step, details ->> 'month' as month from analytics_audit where action = 'share' order by performed_at",
    );
    return rows;
  };
  return { ...receiver, auditOf };
}

test("a person previews, shares, copies and revokes the report of a month", async () => {
  const { url, auditOf } = await startReceiver();
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(`${url}/sign-in?next=/report%3Fmonth%3D2025-12%26lang%3Den&lang=en`);
  await page.fill("#token", "reader-5Lm8tb3Yc6");
  await page.keyboard.press("Enter");
  await page.click("nav.downloads >> text=Share");
  expect(await page.textContent("h1")).toBe("Share the report of December 2025");

  const preview = context.waitForEvent("page");
  await page.fill("[name=least]", "5");
  await page.click("text=Preview");
  const shown = await preview;
  await shown.waitForLoadState();
  expect(await shown.textContent("#total_sessions")).toContain("12");
  expect(await shown.locator("nav.downloads a").count()).toBe(0);
  await shown.close();
  expect(await auditOf()).toEqual([]);

  await page.selectOption("[name=days]", "7");
  await page.click("text=Create a link");
  await page.evaluate(axe.source);
  const { violations }: any = await page.evaluate("axe.run()");
  expect(violations.map(({ id }: any) => id)).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);
  if (process.env["SCREENSHOT_FOLDER"] !== undefined) {
    await page.screenshot({ path: `${process.env["SCREENSHOT_FOLDER"]}/share-390.png`, fullPage: true });
  }
  const link = await page.inputValue("#link");
  expect(link).toMatch(new RegExp(`^${url}/shared/[\\w-]{32}$`));
  await page.click("#copy");
  await expect.poll(() => page.textContent("#copied")).toBe("Copied");

  const stranger = await fetch(`${link}?lang=en`);
  expect([stranger.status, (await stranger.text()).includes("Report, December 2025")]).toEqual([200, true]);
  for (const file of ["report.pdf", "report.csv", "report.json"]) {
    const answer = await fetch(`${link}?lang=en&file=${file}`);
    expect([file, answer.status, (await answer.arrayBuffer()).byteLength > 500]).toEqual([file, 200, true]);
  }

  await page.goto(`${url}/report/share?month=2025-12&lang=en`);
  // The link is shown once.
  expect(await page.content()).not.toContain("/shared/");
  await page.click("td button");
  await page.waitForURL(/\/report\/share\?month=2025-12/);
  expect(await page.textContent("tbody")).toContain("revoked");
  expect(await page.locator("td button").count()).toBe(0);
  expect((await fetch(link)).status).toBe(404);
  expect(await auditOf()).toEqual([
    { tenant_id: "brand", step: "created", month: "2025-12" },
    { tenant_id: "brand", step: "revoked", month: null },
  ]);
  expect(complaints).toEqual([]);
});

const cookie = `spanledger_token=${Buffer.from("reader-5Lm8tb3Yc6").toString("base64url")}`;
const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
  method: "POST",
  redirect: "manual",
  headers: { cookie, "content-type": "application/x-www-form-urlencoded", ...headers },
  body: new URLSearchParams(fields).toString(),
});

test("no other site shares a report or revokes a link with the reader's cookie", async () => {
  const { url, auditOf } = await startReceiver();
  const own = { "sec-fetch-site": "same-origin" };
  for (const headers of [
    {},
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "same-site" },
    { "sec-fetch-site": "none" },
    { origin: "https://evil.example" },
    { origin: "null" },
  ]) {
    const answer = await fetch(`${url}/report/share/create`, form({ month: "2025-12" }, headers));
    expect([headers, answer.status, await auditOf()]).toEqual([headers, 303, []]);
  }
  const made = await fetch(`${url}/report/share/create`, form({ month: "2025-12" }, own));
  const text = await made.text();
  expect([made.status, made.headers.get("cache-control")]).toEqual([200, "private, no-store"]);
  const link = /value="([^"]+\/shared\/[\w-]{32})"/.exec(text)?.[1] as string;
  const id = /name="id" value="([0-9a-f]{12})"/.exec(text)?.[1] as string;
  await fetch(`${url}/report/share/revoke`, form({ month: "2025-12", id }, { "sec-fetch-site": "cross-site" }));
  expect((await fetch(link)).status).toBe(200);
  // Nor does another tenant, who does not see it either.
  const other = { ...own, cookie: `spanledger_token=${Buffer.from("reader-9Xp4kd2Wf7").toString("base64url")}` };
  await fetch(`${url}/report/share/revoke`, form({ month: "2025-12", id }, other));
  expect((await fetch(link)).status).toBe(200);
  const list = await fetch(`${url}/report/share?month=2025-12`, { headers: { cookie: other.cookie } });
  expect(await list.text()).not.toContain(id);
  await fetch(`${url}/report/share/revoke`, form({ month: "2025-12", id }, own));
  expect((await fetch(link)).status).toBe(404);
});

test("nobody shares without a token, and a month that is none is refused", async () => {
  const { url, auditOf } = await startReceiver();
  const headers = { "sec-fetch-site": "same-origin" };
  const nobody = await fetch(`${url}/report/share/create`, form({ month: "2025-12" }, { ...headers, cookie: "" }));
  expect(nobody.status).toBe(401);
  const wrong = await fetch(`${url}/report/share/create`, form({ month: "2025-13" }, headers));
  expect(wrong.status).toBe(400);
  expect((await fetch(`${url}/frozen-report?month=2025-12`, { headers: { cookie } })).status).toBe(404);
  expect(await auditOf()).toEqual([]);
});

test("a week is shared as a month is, and its links stand on its own page", async () => {
  const { url, auditOf } = await startReceiver();
  const headers = { "sec-fetch-site": "same-origin" };
  const made = await fetch(`${url}/report/share/create`, form({ period: "2025-W49", lang: "en" }, headers));
  const link = /value="([^"]+\/shared\/[\w-]{32})"/.exec(await made.text())?.[1] as string;
  expect((await auditOf()).map(({ month }) => month)).toEqual(["2025-W49"]);
  expect(await (await fetch(`${link}?lang=en`)).text()).toMatch(/<h1>[^<]*Dec/);
  const pageOf = async (query: string) => (await fetch(`${url}/report/share?${query}`, { headers: { cookie } })).text();
  expect(await pageOf("period=2025-W49")).toMatch(/name="id"/);
  expect(await pageOf("month=2025-12")).not.toMatch(/name="id"/);
});

test("what a form leaves out or has wrong gets what is usual", async () => {
  const { url, database } = await startReceiver();
  const headers = { "sec-fetch-site": "same-origin" };
  for (const fields of [{ days: "100000", least: "1" }, { days: "x", least: "2.5" }, {}, { days: "30", least: "10" }]) {
    await fetch(`${url}/report/share/create`, form({ month: "2025-12", ...fields }, headers));
  }
  const { rows } = await database.pool.query(
    "select round(extract(epoch from expires_at - created_at) / 86400)::int as days, page_en from analytics_report_shares",
  );
  expect(rows.map(({ days }) => days)).toEqual([30, 30, 30, 30]);
  for (const { page_en: page } of rows) expect(page).toMatch(/fewer than 10|less than 10|under 10|\b10\b/);
});

test("behind a path prefix the forms and the link keep it", async () => {
  const { url } = await startReceiver({ BASE_PATH: "/numbers" });
  const page = await (await fetch(`${url}/numbers/report/share?month=2025-12&lang=en`)).text();
  expect(page).toContain('action="/numbers/report/share/create"');
  expect(page).toContain('formaction="/numbers/report/share/preview"');
  const headers = { "sec-fetch-site": "same-origin", cookie: "" };
  const made = await fetch(`${url}/numbers/report/share/create`, form({ month: "2025-12" }, headers));
  expect(await made.text()).toContain(`value="${url}/numbers/shared/`);
});
