import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { securityHeaders } from "../../../collector-receiver/src/operating/add-security-headers.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

/** The head of the answer to bytes that need not be HTTP. */
async function answerTo(url: string, bytes: string): Promise<Headers> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.end(bytes);
  const [, ...lines] = (await text(socket)).split("\r\n\r\n")[0]!.split("\r\n");
  return new Headers(lines.map((line) => line.split(": ", 2) as [string, string]));
}

const tokens = { INGEST_TOKENS: "default:sender-7Kq2xw9Zr4", READ_TOKENS: "default:reader-5Lm8tb3Yc6" };
const signedIn = { authorization: "Bearer reader-5Lm8tb3Yc6" };

test("every error has the headers that bind a browser, also if no route is reached", async () => {
  const { url } = await startTestReceiver(tokens);
  const errors: [path: string, status: number, init?: RequestInit][] = [
    ["/%ff", 400],
    ["/report/%c0%af", 400],
    ["/nothing/here", 404],
    ["/report", 401],
    ["/api/analytics/summary", 401],
    ["/report?month=nonsense", 400, { headers: signedIn }],
    ["/api/analytics/summary?month=nonsense", 400, { headers: signedIn }],
    ["/shared/unknown", 404],
    ["/nothing", 404, { method: "POST", body: "x".repeat(70_000), headers: { "content-type": "application/json" } }],
  ];
  for (const [path, status, init] of errors) {
    const answer = await fetch(url + path, init);
    expect(answer.status, path).toBe(status);
    for (const [name, value] of Object.entries(securityHeaders)) {
      if (name === "content-security-policy") expect(answer.headers.get(name), path).toContain("default-src 'none'");
      else if (name === "cache-control") expect(answer.headers.get(name), path).toContain("no-store");
      else expect(answer.headers.get(name), `${path} ${name}`).toBe(value);
    }
  }
  const raw = await answerTo(url, "NOT HTTP AT ALL\r\n\r\n");
  for (const [name, value] of Object.entries(securityHeaders)) expect(raw.get(name), name).toBe(value);
});

test("a request without a token is 401 before its parameters are looked at", async () => {
  const { url } = await startTestReceiver(tokens);
  const paths = [
    "/report?month=nonsense",
    "/report?lang=xx&lang=yy",
    "/report/sessions?of=nothing",
    "/report/agents/not-a-number",
    "/api/analytics/summary?month=nonsense",
    "/api/analytics/timeseries?unknown=1",
    "/api/analytics/case-study?month=2025-12&start_date=2025-12-01",
    `/api/analytics/sessions/${"x".repeat(90)}`,
    "/api/analytics/live?stream=7",
  ];
  for (const path of paths) {
    const without = await fetch(url + path);
    expect(without.status, path).toBe(401);
    const wrong = await fetch(url + path, { headers: { authorization: "Bearer sender-7Kq2xw9Zr4" } });
    expect(wrong.status, path).toBe(401);
  }
  expect((await fetch(`${url}/shared/unknown`)).status).toBe(404);
});
