import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { addressOf } from "../../../collector-receiver/src/web/months/first-event.ts";
import { openBrowser } from "../../support/open-browser.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

let browser: Awaited<ReturnType<typeof openBrowser>>;
beforeAll(async () => {
  browser = await openBrowser();
}, 120_000);
afterAll(() => browser?.dispose());

/** What curl does; not every machine has one. */
function runAsCurl(command: string): Promise<Response> {
  const [, url = "", type = "", body = ""] = /^curl (\S+) -H 'content-type: (\S+)' -d '([^']+)'$/.exec(command) ?? [];
  return fetch(url, { method: "POST", headers: { "content-type": type }, body });
}

test("an empty receiver shows a command; after it ran, the page turns into the reports by itself", async () => {
  const { url } = await startTestReceiver({});
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
  await page.goto(`${url}/?lang=en`);
  await page.getByRole("heading", { name: "Waiting for the first event" }).waitFor();
  const command = (await page.locator("pre").first().textContent()) ?? "";
  expect(await page.locator("pre").last().textContent()).toContain(`endpoint: "${url}"`);

  const answer = await runAsCurl(command);
  expect(await answer.json()).toEqual({});
  await page.getByRole("heading", { name: "Monthly reports" }).waitFor();
  const { metrics }: any = await (await fetch(`${url}/api/analytics/case-study`)).json();
  expect(metrics.total_sessions.value).toBe(1);
  expect(metrics.ai_involvement_rate.value).toBe(100);
  expect(complaints).toEqual([]);
});

test("with tokens the command asks for one, in both languages", async () => {
  const { url } = await startTestReceiver({
    INGEST_TOKENS: "default:sender-7Kq2xw9Zr4",
    READ_TOKENS: "default:reader-5Lm8tb3Yc6",
  });
  const headers = { authorization: "Bearer reader-5Lm8tb3Yc6" };
  for (const [lang, title] of [
    ["en", "Waiting for the first event"],
    ["zh-CN", "等待第一个事件"],
  ]) {
    const page = await (await fetch(`${url}/?lang=${lang}`, { headers })).text();
    expect(page).toContain(title);
    expect(page).toContain("authorization: Bearer TOKEN_OF_INGEST_TOKENS");
  }
});

test.each([
  [{ host: "spanledger.example:8443", "x-forwarded-proto": "https" }, "https://spanledger.example:8443/base"],
  [{ host: "[::1]:4319" }, "http://[::1]:4319/base"],
  [{ host: "a'; rm -rf ~; '" }, "http://localhost/base"],
  [{ host: "$(reboot)" }, "http://localhost/base"],
  [{}, "http://localhost/base"],
])(
  "the address of the command comes from the request, and no header makes another command of it: %j",
  (headers, address) => {
    expect(addressOf({ headers }, "/base")).toBe(address);
  },
);
