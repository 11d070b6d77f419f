import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { fastify } from "fastify";
import { expect, onTestFinished, test } from "vitest";
import { answerInThread } from "../../../collector-receiver/src/reading-thread.ts";
import { statsPlugin } from "../../../collector-receiver/src/stats/stats-plugin.ts";
import { webPlugin } from "../../../collector-receiver/src/web/web-plugin.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";
import { tracesWith } from "../../support/otlp-json.ts";

/** Good and bad requests of every kind of route that a thread answers. */
const paths = [
  "/",
  "/report",
  "/report?lang=zh-CN",
  "/report?month=2025-13",
  "/report?month=2025-12&unknown=1",
  "/report.csv",
  "/report.pdf",
  "/report/charts/none.png",
  "/report/sessions",
  "/report/sessions/s1",
  "/report/sessions/nobody",
  "/report/sessions/%E5%AE%A2%E6%88%B7%2f1",
  "/report/sessions/a%00b",
  `/report/sessions/${"x".repeat(300)}`,
  "/report/events?of=none",
  "/report/agents/0",
  "/report/tickets/1",
  "/api/analytics/agents",
  "/api/analytics/agents?limit=0",
  "/api/analytics/operations",
  "/api/analytics/sessions/s1",
  "/api/analytics/timeseries?metric=total_sessions&from=2025-12-01&to=2025-12-03",
  "/api/analytics/timeseries?metric=none",
  "/api/analytics/custom",
  "/nowhere",
];

test("the thread answers as the routes do, for the tenant of the token", async () => {
  const tenants = ["brand", "brand-2"];
  const receiver = await startTestReceiver({
    INGEST_TOKENS: tenants.map((tenant, i) => `${tenant}:sending-token-${i}-5e71`).join(","),
    READ_TOKENS: tenants.map((tenant, i) => `${tenant}:reading-token-${i}-90ab`).join(","),
  });
  const direct = fastify({ routerOptions: { maxParamLength: 4096 } });
  onTestFinished(() => direct.close());
  const reading = {
    pool: receiver.database.pool,
    locale: "zh-CN" as const,
    tenantOf: ({ headers }: { readonly headers: object }) => decodeURIComponent((headers as { tenant: string }).tenant),
  };
  await direct.register(statsPlugin, reading);
  await direct.register(webPlugin, reading);
  for (const [i, tenant] of tenants.entries()) {
    const body = tracesWith([
      { name: "session.start", attributes: { session_id: "s1" } },
      { name: "session.start", attributes: { session_id: ".." } },
      { name: "agent.login", attributes: { agent_id: 7 + i, agent_name: `${tenant}-agent` } },
    ]);
    const headers = { "content-type": "application/json", authorization: `Bearer sending-token-${i}-5e71` };
    expect((await fetch(`${receiver.url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
  }
  for (const [i, tenant] of tenants.entries()) {
    const headers = { authorization: `Bearer reading-token-${i}-90ab` };
    for (const path of paths) {
      const answer = await fetch(receiver.url + path, { headers });
      const body = Buffer.from(await answer.arrayBuffer());
      const same = await direct.inject({ url: path, headers: { tenant: encodeURIComponent(tenant) } });
      expect([path, answer.status], path).toEqual([path, same.statusCode]);
      if (path !== "/nowhere") {
        expect([path, answer.headers.get("content-type")]).toEqual([path, same.headers["content-type"]]);
        const policy = same.headers["content-security-policy"] ?? answer.headers.get("content-security-policy");
        expect([path, answer.headers.get("content-security-policy")]).toEqual([path, policy]);
      }
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      if (answer.status === 200 && /^\/(?:report(?:\.csv)?$|api\/analytics\/agents)/.test(path)) {
        expect([path, body.toString().includes(`${tenant}-agent`)]).toEqual([path, true]);
        expect(body.toString()).not.toContain(`${tenants[1 - i]}-agent`);
      }
      const head = await fetch(receiver.url + path, { method: "HEAD", headers });
      expect([path, head.status]).toEqual([path, answer.status]);
    }
  }
  // An address reaches the routes as it came: `fetch` and `inject` would resolve the dots.
  for (const path of ["/report/sessions/%2e%2e", "/api/analytics/sessions/%2e%2e"]) {
    const headers = { authorization: "Bearer reading-token-0-90ab" };
    const [answer] = (await once(get(receiver.url, { path, headers }), "response")) as [IncomingMessage];
    expect([path, answer.resume().statusCode]).toEqual([path, 200]);
  }
  const asked = { authorization: "Bearer reading-token-0-90ab", accept: "text/html" };
  const forPerson = await fetch(`${receiver.url}/api/analytics/agents?month=none`, { headers: asked });
  expect([forPerson.status, forPerson.headers.get("content-type")]).toEqual([400, "text/html; charset=utf-8"]);
  expect(receiver.log.filter(({ level }) => Number(level) >= 50)).toEqual([]);
});

test("an answer that was interrupted is 503 for now, as a page and as JSON", async () => {
  const app = fastify();
  onTestFinished(() => app.close());
  answerInThread(
    app,
    { answer: () => Promise.reject(new Error("out of memory")) },
    { tenantOf: () => "brand", accountOf: () => null, now: Date.now, isShort: (route) => route === "/short" },
  );
  app.get("/short", () => "answered here");
  const reading = { pool: undefined as never, locale: "en" as const, tenantOf: () => "brand" };
  await app.register(statsPlugin, reading);
  await app.register(webPlugin, reading);
  const page = await app.inject("/report");
  expect([page.statusCode, page.headers["retry-after"]]).toEqual([503, "5"]);
  expect(page.body).toContain("Building this page was interrupted");
  const figures = await app.inject("/api/analytics/operations");
  expect([figures.statusCode, figures.json().error.code]).toEqual([503, "reading_interrupted"]);
  expect((await app.inject("/short")).body).toBe("answered here");
});
