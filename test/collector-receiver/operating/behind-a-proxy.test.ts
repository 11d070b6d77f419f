import { createServer, request as httpRequest } from "node:http";
import { once } from "node:events";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, onTestFinished, test } from "vitest";
import { chooseCoding } from "../../../collector-receiver/src/operating/compress-answers.ts";
import { createBasePathRemover } from "../../../collector-receiver/src/operating/base-path.ts";
import { loadConfig } from "../../../collector-receiver/src/config/load-config.ts";
import { ConfigError } from "../../../collector-receiver/src/config/config-error.ts";
import { packageVersion } from "../../../collector-receiver/src/package-root.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { tracesWith } from "../../support/otlp-json.ts";

const base = "/tools/spanledger";

/** An answer with its whole body: one that nobody reads keeps its connection, and the receiver waits for it when it closes. */
async function fetchWhole(address: string | URL, init?: RequestInit): Promise<Response> {
  const answer = await fetch(address, init);
  const { status, headers, url } = answer;
  const whole = new Response(await answer.arrayBuffer(), { status, headers });
  return Object.defineProperty(whole, "url", { value: url });
}

/** A reverse proxy under `base`, which keeps or strips that path; anything else is 404, as a proxy's own. */
async function openProxy(target: string, strips: boolean): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    const { url = "", method, headers } = incoming;
    if (url !== base && !url.startsWith(`${base}/`) && !url.startsWith(`${base}?`)) {
      outgoing.writeHead(404).end("not ours");
      return;
    }
    const stripped = url.slice(base.length);
    const path = !strips ? url : stripped.startsWith("/") ? stripped : `/${stripped}`;
    const passed = httpRequest(`${target}${path}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}${base}`;
}

/** Every address in the tags of a page, as a browser would ask for it. */
function addressesOf(page: string, at: string): URL[] {
  const found = [...page.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, address]) =>
    (address ?? "").replaceAll("&amp;", "&"),
  );
  return found
    .filter((address) => !address.startsWith("#") && !address.startsWith("data:"))
    .map((address) => new URL(address, at));
}

test.each([
  ["strips", true],
  ["keeps", false],
] as const)("behind a proxy that %s the path, every link of every page leads to a page", async (_how, strips) => {
  const { url } = await startTestReceiver({ BASE_PATH: `${base}/` });
  const proxy = await openProxy(url, strips);
  const events = [
    { name: "session.start", attributes: { session_id: "s-1" }, atMs: Date.UTC(2026, 2, 3) },
    { name: "session.escalate", attributes: { session_id: "s-1", reason: "keyword" }, atMs: Date.UTC(2026, 2, 3, 1) },
    { name: "agent.login", attributes: { agent_id: 7, agent_name: 'Al "href="/x' }, atMs: Date.UTC(2026, 2, 3, 1) },
    { name: "ticket.created", attributes: { ticket_id: 9 }, atMs: Date.UTC(2026, 2, 3, 2) },
  ];
  const headers = { "content-type": "application/json" };
  const sent = await fetchWhole(`${proxy}/v1/traces`, { method: "POST", headers, body: tracesWith(events) });
  expect(await sent.json()).toEqual({});
  const waiting = [
    `${proxy}/?lang=en`,
    `${proxy}?lang=en`,
    `${proxy}/live`,
    `${proxy}/report?month=2026-03&lang=en`,
    `${proxy}/nothing?lang=en`,
  ];
  const seen = new Set(waiting);
  for (let address = waiting.shift(); address !== undefined; address = waiting.shift()) {
    const answer = await fetchWhole(address);
    if (!address.includes("/nothing")) expect([address, answer.status]).toEqual([address, 200]);
    if (!answer.headers.get("content-type")?.startsWith("text/html") || address.includes("/docs")) continue;
    for (const link of addressesOf(await answer.text(), address)) {
      expect(link.href.startsWith(`${proxy}/`), `${link.href} on ${address}`).toBe(true);
      if (seen.has(link.href) || seen.size > 60) continue;
      seen.add(link.href);
      waiting.push(link.href);
    }
  }
  const paths = [...seen].map((address) => new URL(address).pathname.slice(base.length));
  for (const path of ["/report.pdf", "/report/sessions", "/docs"]) expect(paths).toContain(path);

  const live = await (await fetchWhole(`${proxy}/live`)).text();
  const [, stream = ""] = /new EventSource\("([^"]+)"\)/.exec(live) ?? [];
  const answer = await fetch(new URL(stream, `${proxy}/live`));
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  await answer.body?.cancel();

  const docs = await fetchWhole(`${proxy}/docs/`);
  const scripts = addressesOf(await docs.text(), docs.url);
  expect(scripts.length).toBeGreaterThan(2);
  for (const script of scripts) expect([script.href, (await fetchWhole(script)).status]).toEqual([script.href, 200]);
  expect(await (await fetchWhole(`${proxy}/docs/json`)).json()).toMatchObject({ servers: [{ url: base }] });
});

test("a path that only begins like BASE_PATH is not taken for it", async () => {
  const remove = createBasePathRemover(base);
  const asked = [`${base}s/livez`, `${base}/livez`, base, `${base}?lang=en`, `${base}/`, "/livez", undefined];
  expect(asked.map(remove)).toEqual([`${base}s/livez`, "/livez", "/", "/?lang=en", "/", "/livez", undefined]);
  const { url } = await startTestReceiver({ BASE_PATH: base });
  for (const path of [`${base}er/livez`, `${base.slice(0, -1)}/livez`])
    expect((await fetchWhole(url + path)).status).toBe(404);
  expect((await fetchWhole(`${url}${base}/livez`)).status).toBe(200);
  expect((await fetchWhole(`${url}/livez`)).status).toBe(200);
});

test.each(["spanledger", "/", "//host", "/a b", "/../x", "/a?b", "/report", "/api/x", "/v1", "/a//b", "/<x>"])(
  "BASE_PATH=%s is refused",
  (value) => {
    expect(() => loadConfig({ BASE_PATH: value })).toThrow(ConfigError);
  },
);

test("where other machines reach the receiver, /metrics and /docs ask for a token", async () => {
  const tokens = { INGEST_TOKENS: "default:token-that-only-sends", READ_TOKENS: "default:token-that-only-reads" };
  // A name of 127.0.0.1 that the configuration does not know as one: it counts as an address that others reach.
  const open = { HOST: "127.1", ...tokens };
  const { url } = await startTestReceiver(open);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  const ask = (path: string, token?: string) =>
    fetchWhole(url + path, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });
  for (const token of [undefined, "token-that-only-sends", "token-that-only-reads"]) {
    const refused = await ask("/metrics", token);
    expect(refused.status).toBe(401);
    const text = await refused.text();
    expect(text).toContain("METRICS_TOKEN is not set");
    expect(text).not.toContain("spanledger_build_info");
  }
  for (const path of ["/docs", "/docs/", "/docs/json", "/docs/yaml", "/docs/static/index.html"]) {
    const refused = await ask(path);
    expect([path, refused.status]).toEqual([path, 401]);
    expect(refused.headers.get("www-authenticate")).toMatch(/^Basic/);
    expect([path, (await ask(path, "token-that-only-sends")).status]).toEqual([path, 401]);
    expect((await ask(path, "token-that-only-reads")).status, path).toBeLessThan(400);
  }
  expect((await ask("/livez")).status).toBe(200);
  const guarded = await startTestReceiver({ ...open, METRICS_TOKEN: "token-of-prometheus" });
  const authorization = "Bearer token-of-prometheus";
  const opened = await fetchWhole(`${guarded.url}/metrics`, {
    headers: { authorization },
  });
  expect(await opened.text()).toContain("spanledger_build_info");
});

test("/version and spanledger_build_info say what runs here", async () => {
  const { url } = await startTestReceiver();
  expect(await (await fetchWhole(`${url}/version`)).json()).toEqual({
    name: "spanledger",
    version: packageVersion,
    node: process.versions.node,
    counting_rules: expect.any(Number),
  });
  const metrics = await (await fetchWhole(`${url}/metrics`)).text();
  expect(metrics).toMatch(
    new RegExp(
      `^spanledger_build_info\\{version="${packageVersion}",node="${process.versions.node}",counting_rules="\\d+"\\} 1$`,
      "m",
    ),
  );
});

/** The bytes as they come, which `fetch` would decompress. */
async function getRaw(url: string, headers: Record<string, string>, method = "GET") {
  const request = httpRequest(url, { method, headers });
  request.end();
  const [answer] = (await once(request, "response")) as [import("node:http").IncomingMessage];
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return { headers: answer.headers, body: Buffer.concat(chunks) };
}

test("pages, figures, metrics and scripts are compressed as the client likes; short and binary answers are not", async () => {
  const { url } = await startTestReceiver();
  for (const path of [
    "/report?month=2026-03",
    "/api/analytics/metrics",
    "/metrics",
    "/docs/json",
    "/docs/static/swagger-ui-bundle.js",
    "/report.csv",
  ]) {
    const plain = await getRaw(url + path, {});
    expect(plain.headers["content-encoding"], path).toBeUndefined();
    expect(plain.headers["vary"], path).toContain("accept-encoding");
    for (const [accepted, coding, decompress] of [
      ["gzip", "gzip", gunzipSync],
      ["gzip, deflate, br", "br", brotliDecompressSync],
    ] as const) {
      const answer = await getRaw(url + path, { "accept-encoding": accepted });
      expect([path, answer.headers["content-encoding"]]).toEqual([path, coding]);
      const length = answer.headers["content-length"];
      if (length !== undefined) expect(Number(length)).toBe(answer.body.length);
      expect(answer.body.length).toBeLessThan(plain.body.length * 0.7);
      const text = decompress(answer.body).toString();
      if (path !== "/metrics")
        expect(text.replaceAll(/"as_of":"[^"]*"/g, "")).toBe(plain.body.toString().replaceAll(/"as_of":"[^"]*"/g, ""));
    }
  }
  const all = { "accept-encoding": "gzip, br" };
  for (const path of ["/livez", "/report.pdf?month=2026-03"]) {
    const { headers, body } = await getRaw(url + path, all);
    expect([path, headers["content-encoding"]]).toEqual([path, undefined]);
    expect(Number(headers["content-length"])).toBe(body.length);
  }
  const head = await getRaw(`${url}/report?month=2026-03`, all, "HEAD");
  expect([head.body.length, head.headers["content-encoding"]]).toEqual([0, undefined]);
  const stream = await fetch(`${url}/api/analytics/live?stream=1`, { headers: all });
  expect(stream.headers.get("content-encoding")).toBeNull();
  const { value } = await stream.body!.getReader().read();
  expect(Buffer.from(value!).toString()).toContain("retry: 2000");
});

test.each([
  [undefined, undefined],
  ["", undefined],
  ["identity", undefined],
  ["deflate, zstd", undefined],
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["GZIP;Q=0.5", "gzip"],
  ["br;q=0, gzip", "gzip"],
  ["gzip;q=0", undefined],
  ["*", "br"],
  ["*;q=0", undefined],
  ["br;q=0, *", "gzip"],
  ["br;q=0.2, gzip;q=0.8", "gzip"],
  ["gzip;q=nonsense", undefined],
] as const)("of Accept-Encoding %j, %j is chosen", (accepted, coding) => {
  expect(chooseCoding(accepted)).toBe(coding);
});
