import axe from "axe-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { writeMailHtml } from "../../../collector-receiver/src/delivery/mail/write-mail-html.ts";
import type { Message } from "../../../collector-receiver/src/delivery/message.ts";
import { openBrowser } from "../../support/open-browser.ts";
import { alertMessage, chineseMessage } from "./sample-messages.ts";

let browser: Awaited<ReturnType<typeof openBrowser>>;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.dispose());

const long: Message = {
  ...alertMessage,
  kind: "report",
  state: null,
  title: "A".repeat(200),
  figures: [{ label: "Wait for a human, as customers see it", value: `1,234 · ${"longer".repeat(20)}` }],
};

test.each([
  [alertMessage, 375],
  [chineseMessage, 375],
  [chineseMessage, 720],
  [long, 375],
] as const)("a mail asks for nothing, needs no styles of its page, and fits %#", async (message, width) => {
  const page = await browser.newPage({ viewport: { width, height: 700 } });
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  const html = writeMailHtml(message);
  // Clients drop these.
  expect(html).not.toMatch(/<style|<script|<link|<img|url\(/);
  await page.setContent(html);
  const text = await page.innerText("body");
  for (const shown of [message.title, ...message.sentences, message.tenantName]) expect(text).toContain(shown);
  expect(await page.getAttribute("a", "href")).toBe(message.link);
  expect(await page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate("axe.run()")) as { violations: { id: string }[] };
  // A mail is not a page: it has no landmarks.
  expect(violations.map(({ id }) => id).filter((id) => id !== "region" && id !== "landmark-one-main")).toEqual([]);
  expect(asked).toEqual([]);
  await page.close();
});
