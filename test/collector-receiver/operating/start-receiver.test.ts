import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { describe, expect, test } from "vitest";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { tracesWith } from "../../support/otlp-json.ts";

const json = { "content-type": "application/json" };
const start = (sessionId: string) => ({ name: "session.start", attributes: { session_id: sessionId } });

async function valueOf(url: string, metric: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text
    .split("\n")
    .find((candidate) => candidate.startsWith(`${metric} `) || candidate.startsWith(`${metric}{`));
  return line === undefined ? 0 : Number(line.slice(line.lastIndexOf(" ") + 1));
}

describe("the whole receiver", () => {
  test("an event sent is a row, a figure and a count in /metrics", async () => {
    const { url, database, log } = await startTestReceiver();
    // Marked as ours and without what a counter needs: rejected, not ignored.
    const marked = { name: "session.start", attributes: { "spanledger.event.id": randomUUID() } };
    const body = tracesWith([start("s1"), start("s2"), marked]);
    const answer = await fetch(`${url}/v1/traces`, { method: "POST", headers: json, body });
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
    const again = await fetch(`${url}/v1/traces`, { method: "POST", headers: json, body });
    expect(again.status).toBe(200);
    expect((await database.pool.query("select count(*)::int as rows from analytics_events")).rows).toEqual([
      { rows: 2 },
    ]);
    const summary = await (await fetch(`${url}/api/analytics/summary`)).json();
    expect(summary).toMatchObject({ current: { total_sessions: 2 } });
    expect(await valueOf(url, "spanledger_events_received_total")).toBe(6);
    expect(await valueOf(url, "spanledger_events_committed_total")).toBe(2);
    expect(await valueOf(url, "spanledger_events_duplicate_total")).toBe(2);
    expect(await valueOf(url, "spanledger_events_rejected_total")).toBe(2);
    expect(await valueOf(url, "spanledger_events_unavailable_total")).toBe(0);
    expect(log.length, "no line per request or event").toBeLessThan(6);
  });

  test("the lag in /metrics runs from the event's own time to its commit", async () => {
    const { url } = await startTestReceiver();
    const hour = 3_600_000;
    const body = tracesWith([{ ...start("s1"), atMs: Date.now() - hour }]);
    await fetch(`${url}/v1/traces`, { method: "POST", headers: json, body });
    const lag = await valueOf(url, "spanledger_commit_lag_seconds_sum");
    expect(lag).toBeGreaterThanOrEqual(3600);
    expect(lag).toBeLessThan(3600 + 180);
    expect(await valueOf(url, "spanledger_commit_lag_seconds_count")).toBe(1);
  });

  test("/metrics with METRICS_TOKEN opens to that token and to no other", async () => {
    const tokens = { INGEST_TOKENS: "default:token-that-only-sends", READ_TOKENS: "default:token-that-only-reads" };
    const { url } = await startTestReceiver({ METRICS_TOKEN: "token-of-prometheus", ...tokens });
    const ask = (authorization?: string) =>
      fetch(`${url}/metrics`, { headers: authorization === undefined ? {} : { authorization } });
    const opened = await ask("Bearer token-of-prometheus");
    expect(opened.status).toBe(200);
    expect(await opened.text()).toContain("spanledger_events_committed_total");
    const others = [undefined, "token-of-prometheus", "Bearer token-that-only-sends", "Bearer token-that-only-reads"];
    for (const authorization of others) {
      const refused = await ask(authorization);
      expect([refused.status, refused.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
      const text = await refused.text();
      expect(JSON.parse(text)).toMatchObject({ error: { code: "unauthenticated" } });
      expect(text).toContain("METRICS_TOKEN");
      expect(text).not.toContain("spanledger_events_committed_total");
    }
  });

  test("/readyz is 503 while the database cannot be reached, and /livez stays 200", async () => {
    const { url, database } = await startTestReceiver();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    await database.pool.query(
      "delete from spanledger_migrations where id = (select max(id) from spanledger_migrations)",
    );
    const behind = await fetch(`${url}/readyz`);
    expect(behind.status).toBe(503);
    expect(await behind.json()).toMatchObject({ checks: { migrations: expect.stringContaining("pending: 0") } });
    await database.drop();
    const gone = await fetch(`${url}/readyz`);
    expect(gone.status).toBe(503);
    expect(gone.headers.get("retry-after")).toBe("1");
    expect(await gone.json()).toEqual({
      status: "not_ready",
      checks: {
        draining: "ok",
        ingest: expect.stringMatching(/^no batch can be begun: /),
        database: "unreachable",
        migrations: "unknown",
      },
    });
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    const lost = await fetch(`${url}/v1/traces`, { method: "POST", headers: json, body: tracesWith([start("s1")]) });
    expect(lost.status).toBe(503);
    expect(Number(lost.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await valueOf(url, "spanledger_events_unavailable_total")).toBe(1);
  });

  test("closing commits and answers the request that is under way, and says no more after it", async () => {
    const receiver = await startTestReceiver();
    const { url, database } = receiver;
    const { hostname, port } = new URL(url);
    const body = tracesWith([start("s1")]);
    const request = httpRequest({
      host: hostname,
      port,
      method: "POST",
      path: "/v1/traces",
      headers: { ...json, "content-length": Buffer.byteLength(body) },
    });
    request.write(body.slice(0, 20));
    // The receiver has the request when another connection, opened later, was answered.
    await fetch(`${url}/livez`);
    const closed = receiver.close();
    request.end(body.slice(20));
    const [response] = (await once(request, "response")) as [import("node:http").IncomingMessage];
    response.resume();
    expect(response.statusCode).toBe(200);
    await closed;
    expect((await database.pool.query("select count(*)::int as rows from analytics_events")).rows).toEqual([
      { rows: 1 },
    ]);
    await expect(fetch(`${url}/livez`)).rejects.toThrow();
  });

  test("errors of our own routes are {error: {code, message}}, without a stack trace", async () => {
    const { url, database, log } = await startTestReceiver();
    const missing = await fetch(`${url}/nothing/here?token=secret`);
    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({
      error: { code: "not_found", message: "there is no GET /nothing/here; /docs lists what there is" },
    });
    const wrong = await fetch(`${url}/api/analytics/summary?month=nonsense`);
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).not.toMatch(/at .*\.ts/);
    // A fault of ours: the caller learns nothing of it, the log does.
    await database.pool.query("alter table analytics_business_metrics rename column total_sessions to gone");
    const fault = await fetch(`${url}/api/analytics/summary`);
    expect(fault.status).toBe(500);
    expect(await fault.json()).toEqual({
      error: { code: "internal_error", message: "the request failed; the receiver's log says why" },
    });
    expect(JSON.stringify(log)).toContain("total_sessions");
  });

  test("every answer has the headers that limit what a browser does with it", async () => {
    const { url } = await startTestReceiver();
    for (const path of ["/api/analytics/summary", "/report", "/live", "/docs", "/metrics", "/livez", "/nothing/here"]) {
      const { headers } = await fetch(url + path);
      const value = (name: string) => headers.get(name);
      expect([value("x-content-type-options"), value("referrer-policy"), value("x-frame-options")], path).toEqual([
        "nosniff",
        "no-referrer",
        "DENY",
      ]);
      expect(value("content-security-policy"), path).toMatch(/default-src '(?:none|self)'.*frame-ancestors 'none'/);
      expect(value("cache-control"), path).toMatch(/no-store|no-cache|private|max-age/);
    }
    const otlp = await fetch(`${url}/v1/traces`, { method: "POST", headers: json, body: "{}" });
    expect(otlp.headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("/docs is served from here, with the routes for reading", async () => {
    const { url } = await startTestReceiver();
    const page = await fetch(`${url}/docs`);
    expect(page.status).toBe(200);
    expect(page.headers.get("content-security-policy")).not.toContain("https:");
    expect(await page.text()).not.toMatch(/(src|href)="https?:/);
    // A query would lead its script astray.
    for (const path of ["/docs", "/docs/"]) {
      const asked = await fetch(`${url}${path}?lang=en&utm_source=mail`);
      expect([asked.status, asked.url]).toEqual([200, `${url}${path}`]);
    }
    const document = (await (await fetch(`${url}/docs/json`)).json()) as { openapi: string; paths: object };
    expect(document.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(["/api/analytics/case-study", "/api/analytics/summary"]),
    );
  });

  test("tokens: one that reads does not send, and each tenant sees its own numbers alone", async () => {
    const ingest = { a: "ingest-token-of-brand-a", b: "ingest-token-of-brand-b" };
    const read = { a: "reading-token-of-brand-a", b: "reading-token-of-brand-b" };
    const { url, log } = await startTestReceiver({
      INGEST_TOKENS: `brand-a:${ingest.a},brand-b:${ingest.b}`,
      READ_TOKENS: `brand-a:${read.a},brand-b:${read.b}`,
    });
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const send = (token: string, body: string) =>
      fetch(`${url}/v1/traces`, { method: "POST", headers: { ...json, ...bearer(token) }, body });
    expect((await send(ingest.a, tracesWith([start("s1"), start("s2")]))).status).toBe(200);
    expect((await send(ingest.b, tracesWith([start("s1")]))).status).toBe(200);
    expect((await send(read.a, tracesWith([start("s3")]))).status).toBe(503);
    const sessionsOf = async (token: string) => {
      const answer = await fetch(`${url}/api/analytics/summary`, {
        headers: { ...bearer(token), "x-spanledger-tenant": "brand-b" },
      });
      return answer.status === 200
        ? ((await answer.json()) as { current: { total_sessions: number } }).current.total_sessions
        : answer.status;
    };
    expect(await sessionsOf(read.a)).toBe(2);
    expect(await sessionsOf(read.b)).toBe(1);
    expect(await sessionsOf(ingest.a)).toBe(401);
    const none = await fetch(`${url}/api/analytics/summary`);
    expect(none.status).toBe(401);
    expect(none.headers.get("www-authenticate")).toBe("Bearer");
    expect(await none.json()).toMatchObject({ error: { code: "unauthenticated" } });
    expect(JSON.stringify(log)).not.toMatch(/token-of-brand/);
  });

  test("bytes that are not HTTP get 400 and the connection is closed", async () => {
    const { url } = await startTestReceiver();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.end("NONSENSE\r\n\r\n");
    let answer = "";
    for await (const chunk of socket) answer += String(chunk);
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("stored settings win over the environment: a warning names both values, and only new tenants get the environment's", async () => {
    const tokens = { INGEST_TOKENS: "a:token-of-tenant-a-0,b:token-of-tenant-b-0" };
    const first = await startTestReceiver(tokens);
    await first.close();
    const { database } = first;
    expect(first.log.filter(({ level }) => level === 40)).toEqual([]);
    await database.pool.query(`
      update analytics_settings set timezone = 'Asia/Tokyo' where tenant_id = 'a';
      insert into analytics_costs (tenant_id, valid_from, cost_per_manual_session)
        values ('a', current_date + 40, 12), ('b', current_date - 40, 11.50)`);
    const environment = { INGEST_TOKENS: `${tokens.INGEST_TOKENS},c:token-of-tenant-c-0`, SESSION_IDLE_TIMEOUT: "12h" };
    const second = await startTestReceiver(environment, database);
    const warnings = second.log.filter(({ level }) => level === 40).map(({ msg }) => String(msg));
    expect(warnings).toEqual([expect.stringContaining("spanledger settings")]);
    expect(warnings[0]).toContain('BUSINESS_TIMEZONE is Asia/Shanghai, stored is Asia/Tokyo (tenant "a")');
    expect(warnings[0]).toContain('COST_PER_MANUAL_SESSION is 10, stored is 11.5 (tenant "b")');
    expect(warnings[0]).toContain('SESSION_IDLE_TIMEOUT is 43200s, stored is 86400s (tenant "a", "b")');
    expect(warnings[0]).not.toContain("CURRENCY");
    const { rows } = await database.pool.query(
      "select tenant_id, timezone, idle_timeout_seconds as idle from analytics_settings order by 1",
    );
    expect(rows).toEqual([
      { tenant_id: "a", timezone: "Asia/Tokyo", idle: 86_400 },
      { tenant_id: "b", timezone: "Asia/Shanghai", idle: 86_400 },
      { tenant_id: "c", timezone: "Asia/Shanghai", idle: 43_200 },
    ]);
  });

  test("of many tenants that differ, the warning names a few and the number of the rest", async () => {
    const { database, close } = await startTestReceiver();
    await close();
    await database.pool.query(`
      insert into analytics_settings (tenant_id, timezone, currency, idle_timeout_seconds, idle_through, counting_rules)
      select 'brand-' || n, 'UTC', 'EUR', 86400, now(), 2 from generate_series(101, 400) as n`);
    const { log } = await startTestReceiver({}, database);
    const [warning, ...others] = log.filter(({ level }) => level === 40);
    expect(others).toEqual([]);
    expect(warning?.["msg"]).toContain('CURRENCY is CNY, stored is EUR (tenant "brand-101", ');
    expect(warning?.["msg"]).toContain("and 295 more");
    expect(String(warning?.["msg"]).length).toBeLessThan(1000);
  });
});
