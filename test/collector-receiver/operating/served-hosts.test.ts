import { request } from "node:http";
import { expect, test } from "vitest";
import { hostsWithoutTokens } from "../../../collector-receiver/src/operating/served-hosts.ts";
import { tracesWith } from "../../support/otlp-json.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

/** Asks 127.0.0.1 under another name, as a browser does after its DNS was made to say so. */
function ask(url: string, path: string, host: string, body?: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { host, ...(body === undefined ? {} : { "content-type": "application/json" }) };
    const asking = request(url + path, { method: body === undefined ? "GET" : "POST", headers }, async (answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
    });
    asking.on("error", reject);
    asking.end(body);
  });
}

test.each([
  ["127.0.0.1:4319", true],
  ["127.8.0.1", true],
  ["localhost:4319", true],
  ["LOCALHOST.", true],
  ["demo.localhost:80", true],
  ["[::1]:4319", true],
  ["proxy.example", true],
  ["Proxy.Example:8443", true],
  ["other.example:8080", true],
  ["other.example", false],
  ["other.example:80", false],
  ["attacker.example:4319", false],
  ["127.0.0.1.attacker.example", false],
  ["localhost.attacker.example", false],
  ["notlocalhost", false],
  ["192.168.1.4:4319", false],
  ["[::1].attacker.example", false],
  ["", false],
])("without tokens, Host %j is served: %s", (host, served) => {
  const findProblem = hostsWithoutTokens(["proxy.example", "other.example:8080"]);
  expect(findProblem(host) === undefined).toBe(served);
});

test("a web page cannot read or write under a name of its own, and learns nothing but the remedy", async () => {
  const { url, database } = await startTestReceiver({ ALLOWED_HOSTS: "reports.example" });
  const { port } = new URL(url);
  const paths = [
    "/",
    "/report",
    "/report.csv",
    "/live",
    "/api/analytics/summary",
    "/metrics",
    "/docs",
    "/none",
    "/shared/x",
  ];
  for (const path of paths) {
    const answer = await ask(url, path, `attacker.example:${port}`);
    expect(answer.status, path).toBe(421);
    expect(answer.text, path).toContain("ALLOWED_HOSTS");
  }
  const events = tracesWith([{ name: "session.start", attributes: { session_id: "rebound" } }]);
  for (const path of ["/v1/traces", "/v1/logs"]) {
    const refused = await ask(url, path, "attacker.example", events);
    // 503: a Collector that calls the receiver by a forgotten name keeps its events.
    expect(refused.status, path).toBe(503);
    expect(JSON.parse(refused.text), path).toMatchObject({
      code: 7,
      message: expect.stringContaining("ALLOWED_HOSTS"),
    });
  }
  expect((await database.pool.query("select from analytics_events")).rowCount).toBe(0);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('spanledger_requests_total{signal="traces",outcome="host_not_served"} 1');

  expect((await ask(url, "/livez", "attacker.example")).status).toBe(200);
  expect((await ask(url, "/report", `reports.example:${port}`)).status).toBe(200);
  expect((await ask(url, "/v1/traces", "reports.example", events)).status).toBe(200);
});

test("with tokens, any name is served: the token decides", async () => {
  const { url } = await startTestReceiver({
    INGEST_TOKENS: "default:sender-7Kq2xw9Zr4",
    READ_TOKENS: "default:reader-5Lm8tb3Yc6",
  });
  expect((await ask(url, "/report", "reports.example")).status).toBe(401);
  expect((await ask(url, "/api/analytics/summary", "reports.example")).status).toBe(401);
  const refused = await ask(url, "/v1/traces", "reports.example", tracesWith([]));
  expect(JSON.parse(refused.text)).toMatchObject({ code: 16 });
});
