import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import axe from "axe-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { openBrowser } from "../../support/open-browser.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const tokens = { INGEST_TOKENS: "default:sender-7Kq2xw9Zr4", READ_TOKENS: "default:reader-5Lm8tb3Yc6" };

let browser: Awaited<ReturnType<typeof openBrowser>>;
beforeAll(async () => {
  browser = await openBrowser();
}, 120_000);
afterAll(() => browser?.dispose());

/** A page of another site with a link to ours. */
async function startOtherSite(href: string): Promise<string> {
  const server = createServer((_, response) =>
    response.setHeader("content-type", "text/html").end(`<a href="${href}">the report</a>`),
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  // Another name of this machine is another site.
  return `http://localhost:${(server.address() as AddressInfo).port}/`;
}

test("a person signs in with the keyboard, follows a link from another site, and signs out", async () => {
  const { url } = await startTestReceiver(tokens);
  const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  await page.goto(`${url}/live?lang=en`);
  // Through the debugger, not as an element: the page's policy forbids any script.
  await page.evaluate(axe.source);
  expect(((await page.evaluate("axe.run()")) as axe.AxeResults).violations).toEqual([]);

  await page.keyboard.type("not-the-token-at-all");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").waitFor();
  await page.keyboard.type("reader-5Lm8tb3Yc6");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${url}/live?lang=en`);
  expect(await page.getByTitle("Tenant").textContent()).toBe("default");
  expect(await page.evaluate("document.cookie")).toBe("");

  await page.goto(await startOtherSite(`${url}/?lang=en`));
  await page.getByRole("link").click();
  await page.getByRole("heading", { name: "Waiting for the first event" }).waitFor();

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${url}/sign-in`);
  await page.goto(`${url}/?lang=en`);
  expect(await page.getByRole("heading").textContent()).toBe("Sign in");
});
