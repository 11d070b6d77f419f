import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import axe from "axe-core";
import type { BrowserContextOptions, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tracesWith } from "../../support/otlp-json.ts";
import { openBrowser } from "../../support/open-browser.ts";
import { freezeReport } from "../../../collector-receiver/src/web/share/freeze-report.ts";
import { stripKeys } from "../../../collector-receiver/src/web/report/strip-figures.ts";
import { startSampleReceiver } from "./sample-receiver.ts";
import { storeShare } from "./store-share.ts";
import type { SampleReceiver } from "./sample-receiver.ts";

let receiver: SampleReceiver;
let browser: Awaited<ReturnType<typeof openBrowser>>;
let shared: string;
let session: string;
let ticket: string;

beforeAll(async () => {
  [receiver, browser] = await Promise.all([startSampleReceiver("2025-11-20", "2025-12-12"), openBrowser()]);
  const expiresAt = new Date(Date.now() + 86_400_000);
  const frozen = await freezeReport(
    { pool: receiver.database.pool, now: Date.now },
    "default",
    { month: "2025-12" },
    {
      least: 10,
      expiresAt,
      sampleData: false,
    },
  );
  const { token } = await storeShare(receiver.database.pool, {
    tenantId: "default",
    month: "2025-12",
    ...frozen,
    expiresAt,
  });
  shared = `/shared/${token}`;
  const { rows } = await receiver.database.pool.query(
    "select session_id from analytics_sessions where escalated_at is not null limit 1",
  );
  session = `/report/sessions/${rows[0].session_id}`;
  const { rows: tickets } = await receiver.database.pool.query(
    "select ticket_id from analytics_events where event_name = 'ticket.closed' and agent_id is not null limit 1",
  );
  ticket = `/report/tickets/${tickets[0].ticket_id}`;
}, 180_000);
afterAll(async () => {
  await browser?.dispose();
  await receiver?.stop();
});

interface Visit {
  readonly page: Page;
  /** Requests to other hosts, console errors, violations of the policy, errors of scripts. */
  readonly complaints: string[];
}

/** Visits a page and takes down everything that goes wrong. */
async function visit(
  path: string,
  options: BrowserContextOptions,
  look: (visit: Visit) => Promise<void>,
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("request", (request) => {
      const url = request.url();
      if (!url.startsWith(receiver.url) && !url.startsWith("data:")) complaints.push(`request to ${url}`);
    });
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    const answer = await page.goto(receiver.url + path);
    expect(answer?.status()).toBe(200);
    await look({ page, complaints });
    expect(complaints).toEqual([]);
  } finally {
    await context.close();
  }
}

const paths: readonly (readonly [string, () => string])[] = [
  ["the months", () => "/"],
  ["the report", () => "/report?month=2025-12"],
  ["the report of an empty month", () => "/report?month=2024-02"],
  ["a running report", () => "/report"],
  ["the sessions behind a figure", () => "/report/sessions?month=2025-12&of=escalated_sessions"],
  ["a session", () => session],
  ["the events behind a figure", () => "/report/events?month=2025-12&of=sessions_handled"],
  ["the tickets behind a figure", () => "/report/tickets?month=2025-12&of=tickets_resolved"],
  ["all agents", () => "/report/agents?month=2025-12"],
  ["an agent", () => "/report/agents/1?month=2025-12"],
  ["a ticket", () => ticket],
  ["a shared copy", () => shared],
  ["the live wall", () => "/live"],
];
const inLanguage = (path: string, lang: string): string => `${path}${path.includes("?") ? "&" : "?"}lang=${lang}`;

/**
 * A picture of the whole page, kept in SCREENSHOT_FOLDER if that is set, to be looked at. Chromium without
 * a graphics card now and then has no surface to take it from ("Unable to capture screenshot"): asked again.
 */
async function takePicture(page: Page, name: string): Promise<Buffer> {
  const folder = process.env["SCREENSHOT_FOLDER"];
  const path = folder === undefined ? {} : { path: `${folder}/${name.replaceAll(" ", "-")}.png` };
  for (let attempt = 1; ; attempt++) {
    try {
      // A long page may be more than its surface holds: then what is in sight.
      return await page.screenshot({ fullPage: attempt <= 3, ...path });
    } catch (error) {
      if (attempt === 6 || !String(error).includes("Unable to capture")) throw error;
      await sleep(attempt * 200);
    }
  }
}

/** 0 to 1, of `rgb(…)`. */
function brightnessOf(colour: string): number {
  const parts = (colour.match(/\d+/g) ?? []).slice(0, 3).map(Number);
  return parts.reduce((sum, part) => sum + part, 0) / (3 * 255);
}

describe.each(paths)("%s", (name, path) => {
  test.each(["zh-CN", "en"])("fits three widths, light, dark and on paper, and stays at home (%s)", async (lang) => {
    await visit(inLanguage(path(), lang), { viewport: { width: 1280, height: 900 } }, async ({ page }) => {
      for (const width of [1280, 820, 360]) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          const wide = await page.evaluate("document.documentElement.scrollWidth");
          expect({ width, wide }).toEqual({ width, wide: width });
          const ground = await page.evaluate("getComputedStyle(document.body).backgroundColor");
          expect(brightnessOf(String(ground)) > 0.5).toBe(colorScheme === "light");
          expect((await takePicture(page, `${name}-${lang}-${colorScheme}-${width}`)).length).toBeGreaterThan(5_000);
        }
      }
      await page.setViewportSize({ width: 1280, height: 900 });
      const paper = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
      expect(paper.length).toBeGreaterThan(5_000);
      // A4 in points.
      expect(paper).toMatch(/\/MediaBox \[0 0 59[45]\.?\d* 84[12]\.?\d*\]/);
    });
  });

  test.each([
    ["zh-CN", "light", 1280],
    ["en", "dark", 1280],
    ["en", "light", 360],
  ] as const)("axe-core finds no violation (%s, %s, %i px)", async (lang, colorScheme, width) => {
    await visit(inLanguage(path(), lang), { viewport: { width, height: 900 }, colorScheme }, async ({ page }) => {
      // Definitions and tables are part of the page: opened, so that they are judged as well.
      await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
      // Through the debugger, not as an element: the page's policy forbids any script but its own.
      await page.evaluate(axe.source);
      const { violations }: any = await page.evaluate("axe.run()");
      expect(violations.map(({ id, nodes }: any) => [id, nodes.map((node: any) => node.html).slice(0, 3)])).toEqual([]);
    });
  });
});

describe("the first screen of the report", () => {
  const screens = [
    [1280, 800],
    [390, 844],
  ] as const;
  const cases = screens.flatMap(([width, height]) =>
    ["zh-CN", "en"].flatMap((lang) =>
      ["/report?month=2025-12", "/report", "/report?month=2025-12&compare=none"].map(
        (path) => [width, height, lang, path] as const,
      ),
    ),
  );

  test.each(cases)("holds five figures at %i x %i in %s: %s", async (width, height, lang, path) => {
    await visit(inLanguage(path, lang), { viewport: { width, height } }, async ({ page }) => {
      const figures: any[] = await page.evaluate(`[...document.querySelectorAll(".strip > article")].map((card) => {
        const { top, bottom, left, right } = card.getBoundingClientRect();
        const value = card.querySelector(".value");
        const text = value.getBoundingClientRect();
        return {
          key: card.id, top, bottom, left, right, text: value.textContent, overflows: value.scrollWidth > value.clientWidth,
          inside: text.left >= left && text.right <= right && text.bottom <= bottom,
          size: parseFloat(getComputedStyle(value).fontSize), inHeading: value.closest("h1, h2, h3, h4") !== null,
        };
      })`);
      expect(figures.map(({ key }) => key)).toEqual([...stripKeys]);
      for (const { top, bottom, left, right, text, size, inHeading, inside, overflows } of figures) {
        expect({ isInSight: top >= 0 && bottom <= height && left >= 0 && right <= width, text }).toEqual({
          isInSight: true,
          text,
        });
        expect({ text, inHeading, inside, overflows }).toEqual({
          text,
          inHeading: false,
          inside: true,
          overflows: false,
        });
        expect(size).toBeGreaterThanOrEqual(20);
      }
      await takePicture(page, `first-screen-${lang}-${width}`);
    });
  });

  test.each(["zh-CN", "en"])(
    "has its five lines at one height, and what is behind the figures as well (%s)",
    async (lang) => {
      const path = inLanguage("/report?month=2025-12", lang);
      await visit(path, { viewport: { width: 1280, height: 800 } }, async ({ page }) => {
        for (const part of [".spark", ".foot"]) {
          const tops: any = await page.evaluate(
            `[...document.querySelectorAll(".strip > article > ${part}")].map((box) => Math.round(box.getBoundingClientRect().top))`,
          );
          expect(tops).toHaveLength(5);
          expect(new Set(tops).size, `${part}: ${tops.join(", ")}`).toBe(1);
        }
      });
    },
  );

  test.each(screens)(
    "opens the periods over the figures at %i x %i, all in sight, and one leads to its report",
    async (width, height) => {
      await visit("/report?month=2025-12&lang=en", { viewport: { width, height } }, async ({ page }) => {
        const place = "document.querySelector('.strip').getBoundingClientRect().top";
        const before = await page.evaluate(place);
        const [comparison, period] = [page.locator("details.menu").first(), page.locator("details.menu").last()];
        await comparison.locator("summary").click();
        await period.locator("summary").click();
        // One at a time: the other would lie below it.
        expect(await comparison.locator("nav").isVisible()).toBe(false);
        expect(await page.evaluate(place)).toBe(before);
        const controls = await period.locator(".choices a, .choices input:not([type=hidden]), .choices button").all();
        expect(controls.length).toBeGreaterThan(5);
        for (const control of controls) {
          const box = await control.boundingBox();
          const { x, y, width: wide, height: high } = box ?? { x: -1, y: -1, width: 0, height: 0 };
          expect(x >= 0 && y >= 0 && x + wide <= width && y + high <= height).toBe(true);
          // Nothing lies over it.
          await control.click({ trial: true, timeout: 20_000 });
        }
        await period.locator("input[name=start_date]").fill("2025-12-03");
        await period.locator("input[name=end_date]").fill("2025-12-03");
        await period.locator("button").click();
        await page.waitForURL(/start_date=2025-12-03/);
        expect(await page.locator("h1").textContent()).toBe("December 3, 2025");
        // A day has no line by day.
        expect(await page.locator(".strip .spark").count()).toBe(0);
      });
    },
  );

  test("comes with one request, in at most 60 kB", async () => {
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      const requests: string[] = [];
      page.on("request", (request) => request.url().startsWith("data:") || requests.push(request.url()));
      await page.goto(`${receiver.url}/report?month=2025-12`);
      await page.waitForLoadState("networkidle");
      expect(requests).toHaveLength(1);
    } finally {
      await context.close();
    }
    for (const lang of ["zh-CN", "en"]) {
      const answer = await fetch(`${receiver.url}/report?month=2025-12&lang=${lang}`, {
        headers: { "accept-encoding": "identity" },
      });
      expect(gzipSync(await answer.text()).length).toBeLessThanOrEqual(60_000);
    }
  });

  test.each([...screens, [768, 1024], [1920, 1080]] as const)(
    "breaks no number across lines at %i x %i",
    async (width, height) => {
      for (const lang of ["zh-CN", "en"]) {
        await visit(inLanguage("/report?month=2025-12", lang), { viewport: { width, height } }, async ({ page }) => {
          await page.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
          const broken = await page.evaluate(`(() => {
          const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
          const broken = [];
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            if (node.parentElement.closest("code, svg")) continue;
            for (const match of node.data.matchAll(/\\d[\\d,.:]*\\d/g)) {
              const range = document.createRange();
              range.setStart(node, match.index);
              range.setEnd(node, match.index + match[0].length);
              const lines = new Set([...range.getClientRects()].filter(({ width }) => width > 0).map(({ top }) => Math.round(top)));
              if (lines.size > 1) broken.push(match[0] + " in " + node.data.trim().slice(0, 60));
            }
          }
          return broken;
        })()`);
          expect(broken).toEqual([]);
        });
      }
    },
  );
});

const lists = [
  "the months",
  "the sessions behind a figure",
  "the events behind a figure",
  "the tickets behind a figure",
  "all agents",
  "an agent",
  "a ticket",
];
test.each(paths.filter(([name]) => lists.includes(name)))("on a phone all of %s is in sight", async (_, path) => {
  await visit(inLanguage(path(), "en"), { viewport: { width: 390, height: 844 } }, async ({ page }) => {
    const cells = "[...document.querySelectorAll('td, tbody th')].filter((cell) => cell.checkVisibility())";
    expect(Number(await page.evaluate(`${cells}.length`))).toBeGreaterThan(4);
    expect(await page.evaluate(`${cells}.filter((cell) => cell.getBoundingClientRect().right > 390).length`)).toBe(0);
    expect(
      await page.evaluate(
        "[...document.querySelectorAll('.scroll')].every((box) => box.scrollWidth <= box.clientWidth)",
      ),
    ).toBe(true);
    // The name of its column stands beside each number.
    const label = await page.evaluate("getComputedStyle(document.querySelector('td[data-label]'), '::before').content");
    expect(String(label)).toMatch(/^"\S/);
  });
});

describe("without a mouse", () => {
  test("the first Tab offers the way past the navigation; a definition opens with Enter", async () => {
    await visit("/report?month=2025-12&lang=en", { viewport: { width: 1280, height: 900 } }, async ({ page }) => {
      await page.keyboard.press("Tab");
      expect(await page.evaluate("document.activeElement.textContent")).toBe("To the report");
      await page.keyboard.press("Enter");
      expect(await page.evaluate("location.hash")).toBe("#main");
      // Past the links to other months, to other comparisons, to the files and to data quality.
      for (let i = 0; i < 16; i++) {
        await page.keyboard.press("Tab");
        if ((await page.evaluate("document.activeElement.tagName")) === "SUMMARY") break;
      }
      expect(await page.evaluate("document.activeElement.parentElement.open")).toBe(false);
      await page.keyboard.press("Enter");
      expect(await page.evaluate("document.activeElement.parentElement.open")).toBe(true);
      const outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle");
      expect(outline).toBe("solid");
    });
  });

  test("every link, definition and table is reached by Tab", async () => {
    await visit("/report?month=2025-12&lang=en", { viewport: { width: 1280, height: 900 } }, async ({ page }) => {
      // Those that are folded away are reached once they are opened.
      const all = Number(
        await page.evaluate(
          `[...document.querySelectorAll('a[href], summary, [tabindex="0"]')].filter((element) => element.checkVisibility()).length`,
        ),
      );
      const reached = new Set<unknown>();
      for (let i = 0; i < all; i++) {
        await page.keyboard.press("Tab");
        reached.add(
          await page.evaluate(
            `[...document.querySelectorAll('a[href], summary, [tabindex="0"]')].indexOf(document.activeElement)`,
          ),
        );
      }
      expect(reached.size).toBe(all);
      expect(reached.has(-1)).toBe(false);
    });
  });
});

test.each(["/report?month=2025-12", "/live"])(
  "injected markup neither runs nor loads anything: the content security policy of %s holds",
  async (path) => {
    await visit(path, {}, async ({ page, complaints }) => {
      await page.evaluate(`
      const script = document.createElement("script");
      script.textContent = "window.ran = true";
      document.body.append(script);
      const image = document.createElement("img");
      image.src = "/live?image";
      document.body.append(image);
    `);
      await expect.poll(() => complaints.length).toBe(2);
      expect(await page.evaluate("window.ran")).toBeUndefined();
      expect(complaints.every((complaint) => complaint.includes("Content Security Policy"))).toBe(true);
      complaints.length = 0;
    });
  },
);

test("pages are whole without any script", async () => {
  await visit("/report?month=2025-12&lang=en", { javaScriptEnabled: false }, async ({ page }) => {
    await page.locator("#total_sessions summary").click();
    expect(await page.locator("#total_sessions dl").isVisible()).toBe(true);
    expect(await page.locator("#sessions svg.wide-drawing").isVisible()).toBe(true);
  });
});

const sendTo = async (events: Parameters<typeof tracesWith>[0]): Promise<void> => {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body: tracesWith(events) });
  expect(answer.status).toBe(200);
};

test.each([
  ["a wall", 1920, 1080],
  ["a phone", 390, 844],
])("on %s who waits is in sight, and comes and goes by itself", async (_, width, height) => {
  await visit("/live?lang=en", { viewport: { width, height } }, async ({ page }) => {
    const waiting = page.locator('[data-field="waiting"]');
    const longest = page.locator("#longest");
    for (const place of [waiting, longest, page.locator('[data-field="agents_free"]')]) {
      const box = await place.boundingBox();
      expect((box?.y ?? Infinity) + (box?.height ?? 0)).toBeLessThanOrEqual(height);
    }
    await expect.poll(() => page.locator("#state").textContent()).toContain("Live");
    const before = Number(await waiting.textContent());
    const session = { session_id: `waits-${width}` };
    await sendTo([{ name: "session.escalate", attributes: session, atMs: Date.now() - 5 * 60_000 }]);
    await sendTo([{ name: "session.message", attributes: { ...session, role: "user" } }]);
    await expect.poll(() => waiting.textContent(), { timeout: 60_000 }).toBe(String(before + 1));
    await expect.poll(() => longest.textContent()).toMatch(/^\d+ min$/);
    await takePicture(page, `the live wall ${width}`);
    await sendTo([{ name: "session.end", attributes: session }]);
    await expect.poll(() => waiting.textContent(), { timeout: 60_000 }).toBe(String(before));
  });
});

test("without scripts the live wall is loaded again by itself, and is as right", async () => {
  await visit("/live?lang=en", { javaScriptEnabled: false }, async ({ page }) => {
    expect(await page.locator('[data-field="waiting"]').textContent()).toMatch(/^\d+$/);
    expect(await page.content()).toContain('<meta http-equiv="refresh" content="30"');
  });
});

test("on the live wall a number moves when an event is counted", async () => {
  await visit("/live?lang=en", { viewport: { width: 1280, height: 900 } }, async ({ page }) => {
    const place = page.locator('[data-field="total_sessions"]');
    await expect.poll(() => page.locator("#state").textContent()).toContain("Live");
    const before = Number(await place.textContent());
    const answer = await fetch(`${receiver.url}/v1/traces`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: tracesWith([{ name: "session.start", attributes: { session_id: "live-wall" } }]),
    });
    expect(answer.status).toBe(200);
    await expect.poll(async () => Number(await place.textContent()), { timeout: 20_000 }).toBe(before + 1);
  });
});
