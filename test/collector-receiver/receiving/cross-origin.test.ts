import { createServer } from "node:http";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { createOriginCheck } from "../../../collector-receiver/src/receiving/cross-origin.ts";
import { openBrowser } from "../../support/open-browser.ts";
import { logsWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

const session = (id: string) => ({ name: "session.start", attributes: { session_id: id } });

test.each([
  ["https://shop.example", "https://shop.example", true],
  ["https://shop.example", "https://Shop.example", true],
  ["https://shop.example", "https://shop.example:8443", false],
  ["https://shop.example", "http://shop.example", false],
  ["https://shop.example", "https://shop.example.attacker.example", false],
  ["https://*.shop.example", "https://a.b.shop.example", true],
  ["https://*.shop.example", "https://shop.example", false],
  ["https://*.shop.example", "https://attackershop.example", false],
  ["http://localhost:*", "http://localhost:5173", true],
  ["http://localhost:*", "http://localhost", false],
  ["https://aa*aa.example", "https://aaa.example", false],
  ["null", "null", true],
  ["*", "https://anything.example", true],
])("CORS_ORIGINS=%s and a page of %s: %s", (allowed, origin, expected) => {
  const { corsOrigins } = loadConfig({ CORS_ORIGINS: `https://other.example,${allowed}` });
  expect(createOriginCheck(corsOrigins)(origin)).toBe(expected);
});

test.each([
  "shop.example",
  "https://shop.example/",
  "https://shop.example/path",
  "https://a.example, https://b.example",
  "https://*.*.example",
  "https://",
  ",",
])("CORS_ORIGINS=%j is refused", (value) => {
  expect(() => loadConfig({ CORS_ORIGINS: value })).toThrow("CORS_ORIGINS");
});

describe("answers", () => {
  const origin = "https://shop.example";
  const preflight = (url: string, from: string, path = "/v1/logs") =>
    fetch(url + path, {
      method: "OPTIONS",
      headers: {
        origin: from,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,traceparent",
      },
    });
  const post = (url: string, from: string, body: string) =>
    fetch(`${url}/v1/logs`, { method: "POST", headers: { origin: from, "content-type": "application/json" }, body });

  test("a preflight is 204 for an allowed origin, at wrongly written paths too, and 403 for another", async () => {
    const { url, log } = await startTestReceiver({ CORS_ORIGINS: origin });
    for (const path of ["/v1/logs", "/v1/traces/", "//v1/logs"]) {
      const answer = await preflight(url, origin, path);
      expect([path, answer.status]).toEqual([path, 204]);
      const { headers } = answer;
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-allow-methods")).toBe("POST");
      expect(headers.get("access-control-allow-headers")).toBe("content-type,traceparent");
      expect(headers.get("access-control-allow-credentials")).toBe("true");
      expect(headers.get("vary")).toContain("origin");
    }
    const refused = await preflight(url, "https://other.example");
    expect([refused.status, refused.headers.get("access-control-allow-origin")]).toEqual([403, null]);
    expect(await refused.text()).toContain("CORS_ORIGINS");
    expect(log.filter(({ misdirected }) => misdirected === "origin_not_allowed")).toMatchObject([
      { origin: "https://other.example", path: "/v1/logs" },
    ]);
  });

  test("every answer to an allowed origin can be read there, errors too; without CORS_ORIGINS none can", async () => {
    const { url } = await startTestReceiver({ CORS_ORIGINS: origin });
    const closed = await startTestReceiver();
    for (const [body, status] of [
      [logsWith([session("a")]), 200],
      ["{", 400],
    ] as const) {
      const answer = await post(url, origin, body);
      expect([answer.status, answer.headers.get("access-control-allow-origin")]).toEqual([status, origin]);
      expect(answer.headers.get("access-control-expose-headers")).toBe("retry-after");
      const other = await post(url, "https://other.example", body);
      expect([other.headers.get("access-control-allow-origin"), other.headers.get("vary")]).toEqual([null, "origin"]);
      expect((await post(closed.url, origin, body)).headers.get("access-control-allow-origin")).toBeNull();
    }
    const unknown = await fetch(`${url}/v1/nothing`, { headers: { origin } });
    expect([unknown.status, unknown.headers.get("access-control-allow-origin")]).toEqual([404, origin]);
    await unknown.text();
    expect((await preflight(closed.url, origin)).status).toBe(403);
    // Numbers are nobody's but the reader's.
    const numbers = await fetch(`${url}/api/analytics/summary`, { headers: { origin } });
    expect(numbers.headers.get("access-control-allow-origin")).toBeNull();
    await numbers.text();
  });
});

describe("in a browser", () => {
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 120_000);
  afterAll(() => browser?.dispose());

  /** A site with one empty page. */
  async function openSite(): Promise<string> {
    const server = createServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  }

  test("a page of an allowed origin sends with fetch and sendBeacon, and another one cannot", async () => {
    const [allowed, other] = [await openSite(), await openSite()];
    const { url, database } = await startTestReceiver({ CORS_ORIGINS: `https://shop.example,${allowed}` });
    const sendFrom = async (site: string, name: string): Promise<unknown> => {
      const page = await browser.newPage();
      try {
        await page.goto(site);
        return await page.evaluate(
          async ({ endpoint, fetched, beacon }) => {
            const type = "application/json";
            (globalThis as any).navigator.sendBeacon(endpoint, new Blob([beacon], { type }));
            try {
              const headers = { "content-type": type, "x-of-an-instrumentation": "1" };
              const answer = await fetch(endpoint, { method: "POST", headers, body: fetched });
              return await answer.json();
            } catch (error) {
              return String(error);
            }
          },
          {
            endpoint: `${url}/v1/logs`,
            fetched: logsWith([session(`${name} fetch`)]),
            beacon: logsWith([session(`${name} beacon`)]),
          },
        );
      } finally {
        await page.close();
      }
    };
    expect(await sendFrom(other, "other")).toContain("Failed to fetch");
    expect(await sendFrom(allowed, "allowed")).toEqual({});
    const stored = async () =>
      (await database.pool.query("select session_id from analytics_events order by 1")).rows.map(
        (row) => row.session_id,
      );
    await expect.poll(stored, { timeout: 20_000 }).toEqual(["allowed beacon", "allowed fetch"]);
  }, 120_000);
});
