import { get } from "node:http";
import { openBrowser } from "../../test/support/open-browser.ts";
import type { Bench } from "../measure-run.ts";
import { makeFigure, median } from "../summarise.ts";
import type { Figure } from "../summarise.ts";
import { seedReads } from "./reads.ts";

const reads = 15;
const paints = 5;
/** What a phone on a slow network has: 1.6 Mbit/s down, 0.75 up, 150 ms from the request to the first byte. */
const slowNetwork = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
} as const;

/**
 * The report of any period beside many events: how long its numbers and its page take, how large the page is when compressed, and
 * when Chromium first paints it on a slow network, with nothing cached.
 */
export async function measureReportPage(bench: Bench, events: number): Promise<Figure[]> {
  const origin = `http://127.0.0.1:${bench.receivers[0]?.port as number}`;
  await seedReads(bench, events);
  const addresses = periodsOf(new Date()).map((period) => `${period}&lang=en`);
  const count = events.toLocaleString("en");
  const numbers = await slowest(addresses.map((query) => `${origin}/api/analytics/case-study?${query}`));
  const pages = await slowest(addresses.map((query) => `${origin}/report?${query}`));
  const sizes = pages.kilobytes;
  const painted = await timePaints(`${origin}/report?${addresses[2] as string}`);
  const figure = (id: string, title: string, goal: number | null, unit: string, values: readonly number[]): Figure =>
    makeFigure({ id, title, target: goal === null ? null : { goal, atMost: true }, unit }, [median(values)], values);
  return [
    figure("report-numbers", `numbers of the slowest period beside ${count} events, ms`, 20, "ms", numbers.times),
    figure("report-page", `report page of the slowest period beside ${count} events, ms`, null, "ms", pages.times),
    figure("report-size", "largest report page, gzip, kB", 60, "kB", [Math.max(...sizes)]),
    figure("first-paint", "first paint of a month's report at 150 ms and 1.6 Mbit/s, ms", 1000, "ms", painted),
  ];
}

/** A period of each kind of the last year, and 100 days of no kind. */
function periodsOf(now: Date): string[] {
  const day = (daysAgo: number): string => new Date(now.getTime() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  const [year, month] = [now.getUTCFullYear(), now.getUTCMonth()];
  const quarter = new Date(Date.UTC(year, month - 3, 1));
  return [
    `period=${day(3)}`,
    `start_date=${day(9)}&end_date=${day(3)}`,
    `period=${new Date(Date.UTC(year, month - 1, 1)).toISOString().slice(0, 7)}`,
    `period=${quarter.getUTCFullYear()}-Q${Math.floor(quarter.getUTCMonth() / 3) + 1}`,
    `period=${day(200).slice(0, 4)}`,
    `start_date=${day(120)}&end_date=${day(21)}`,
  ];
}

/** Reads each address some times, and returns the times of the slowest by median, and the sizes of all answers as they travel. */
async function slowest(urls: readonly string[]) {
  const read: { readonly times: number[]; readonly kilobytes: number }[] = [];
  for (const url of urls) {
    const times: number[] = [];
    let bytes = 0;
    for (let i = -3; i < reads; i++) {
      const from = performance.now();
      bytes = await readCompressed(url);
      // The first ones fill caches.
      if (i >= 0) times.push(performance.now() - from);
    }
    read.push({ times, kilobytes: bytes / 1000 });
  }
  const [first] = read.toSorted((a, b) => median(b.times) - median(a.times));
  return { times: first?.times ?? [], kilobytes: read.map(({ kilobytes }) => kilobytes) };
}

/** @returns how many bytes of body travel: `fetch` would inflate them */
function readCompressed(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { "accept-encoding": "gzip" } }, (answer) => {
      let bytes = 0;
      answer.on("data", (chunk: Buffer) => (bytes += chunk.length));
      answer.on("end", () => {
        if (answer.statusCode === 200) resolve(bytes);
        else reject(new Error(`${url} answered ${answer.statusCode}`));
      });
      answer.on("error", reject);
    }).on("error", reject);
  });
}

/** Resolves when the browser says when it painted, which may be after the page has loaded. */
const firstPaint = `new Promise((resolve) => {
  new PerformanceObserver((list) => {
    const [entry] = list.getEntriesByName("first-contentful-paint");
    if (entry) resolve(entry.startTime);
  }).observe({ type: "paint", buffered: true });
})`;

/** When the first content is painted, in ms from the start of the navigation, each time in a browser that has seen nothing. */
async function timePaints(url: string): Promise<number[]> {
  const browser = await openBrowser();
  try {
    const times: number[] = [];
    for (let i = -1; i < paints; i++) {
      const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send("Network.enable");
      await session.send("Network.emulateNetworkConditions", slowNetwork);
      await page.goto(url);
      const painted = await page.evaluate<number>(firstPaint);
      // The browser's own start is not the page's.
      if (i >= 0) times.push(painted);
      await context.close();
    }
    return times;
  } finally {
    await browser.dispose();
  }
}
