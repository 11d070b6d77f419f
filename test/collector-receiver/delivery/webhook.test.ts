import { createHmac } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import type { WebhookTarget } from "../../../collector-receiver/src/catalogue/delivery-targets.ts";
import { deliverMessage } from "../../../collector-receiver/src/delivery/deliver-message.ts";
import { alertMessage } from "./sample-messages.ts";
import { startSink, type Answer, type Received, type Sink } from "./start-sink.ts";

const open: Sink[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sink) => sink.close()));
});

async function openSink(answer?: (request: Received) => Answer | "never"): Promise<Sink> {
  const sink = await startSink(answer);
  open.push(sink);
  return sink;
}

const target = (url: string, changes: Partial<WebhookTarget> = {}): WebhookTarget => ({
  name: "ops",
  type: "webhook",
  url,
  secret: { env: "OPS_SECRET" },
  tenants: ["brand-a"],
  locale: "en",
  allowsPrivate: true,
  ...changes,
});
const environment = { OPS_SECRET: "whsec_c3BhbmxlZGdlci10ZXN0LXNlY3JldA==" };
const nowMs = Date.parse("2026-11-30T01:00:05.900Z");
const means = { environment, now: () => nowMs };

test("a webhook gets plain JSON that it can verify by the Standard Webhooks specification", async () => {
  const sink = await openSink();
  expect(await deliverMessage(target(`${sink.url}/hook?team=1`), alertMessage, means)).toEqual({ outcome: "sent" });
  const [{ method, path, headers, body }] = sink.received as [Received];
  expect({ method, path, type: headers["content-type"] }).toEqual({
    method: "POST",
    path: "/hook?team=1",
    type: "application/json; charset=utf-8",
  });
  expect(headers["webhook-id"]).toBe(alertMessage.key);
  expect(headers["idempotency-key"]).toBe(alertMessage.key);
  expect(headers["webhook-timestamp"]).toBe(String(Math.floor(nowMs / 1000)));
  // By the specification: the secret after "whsec_" is base64; "id.timestamp.body" is signed; "v1," stands in front.
  const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
  const signature = createHmac("sha256", Buffer.from("spanledger-test-secret")).update(signed).digest("base64");
  expect(headers["webhook-signature"]).toBe(`v1,${signature}`);
  expect(JSON.parse(body)).toEqual({
    type: "alert.firing",
    timestamp: "2026-11-30T01:00:00.000Z",
    data: {
      id: alertMessage.key,
      tenant_id: "brand-a",
      tenant_name: "Brand <A> & Söhne",
      locale: "en",
      title: alertMessage.title,
      sentences: alertMessage.sentences,
      figures: alertMessage.figures,
      link: alertMessage.link,
      period: null,
    },
  });
});

test.each([
  [{ status: 204 }, { outcome: "sent" }],
  [{ status: 500 }, { outcome: "retry", reason: "The target answered 500." }],
  [{ status: 404 }, { outcome: "retry", reason: "The target answered 404." }],
  [{ status: 400 }, { outcome: "refused", reason: "The target answered 400." }],
  [{ status: 413 }, { outcome: "refused", reason: "The target answered 413." }],
  [
    { status: 429, headers: { "retry-after": "120" } },
    { outcome: "retry", reason: "The target answered 429.", afterMs: 120_000 },
  ],
  [
    { status: 503, headers: { "retry-after": "Mon, 30 Nov 2026 01:01:05 GMT" } },
    { outcome: "retry", reason: "The target answered 503.", afterMs: 59_100 },
  ],
  [
    { status: 503, headers: { "retry-after": "999999" } },
    { outcome: "retry", reason: "The target answered 503.", afterMs: 3_600_000 },
  ],
  [
    { status: 429, headers: { "retry-after": "soon" } },
    { outcome: "retry", reason: "The target answered 429." },
  ],
])("an answer %o is %o", async (answer, outcome) => {
  const sink = await openSink(() => answer);
  expect(await deliverMessage(target(sink.url), alertMessage, means)).toEqual(outcome);
});

test("a redirect is not followed", async () => {
  const inner = await openSink();
  const sink = await openSink(() => ({ status: 307, headers: { location: inner.url } }));
  const outcome = await deliverMessage(target(sink.url), alertMessage, means);
  expect(outcome).toMatchObject({ outcome: "retry", reason: expect.stringContaining("307") as string });
  expect(inner.received).toEqual([]);
});

test("a target that takes the message and says nothing is given up, to be tried again", async () => {
  const sink = await openSink(() => "never");
  const outcome = await deliverMessage(target(sink.url), alertMessage, { ...means, timeoutMs: 300 });
  expect(outcome).toEqual({ outcome: "retry", reason: "The target did not answer within 0.3 s." });
});

test("a private address gets nothing unless the target allows it, by number or by name", async () => {
  const sink = await openSink();
  for (const host of ["127.0.0.1", "localhost", "2130706433", "[::ffff:127.0.0.1]", "0"]) {
    const url = `http://${host}:${sink.port}/`;
    const outcome = await deliverMessage(target(url, { allowsPrivate: false }), alertMessage, means);
    expect(outcome).toMatchObject({ outcome: "retry", reason: expect.stringContaining("allowPrivate") as string });
  }
  expect(sink.received).toEqual([]);
});

test("an address of the environment without TLS gets nothing unless the target allows it", async () => {
  const sink = await openSink();
  const hidden = { ...means, environment: { ...environment, OPS_URL: sink.url } };
  const url = { env: "OPS_URL" };
  expect(await deliverMessage(target("", { url, allowsPrivate: false }), alertMessage, hidden)).toEqual({
    outcome: "retry",
    reason: "The variable OPS_URL does not hold an address that begins with https://.",
  });
  expect(await deliverMessage(target("", { url }), alertMessage, hidden)).toEqual({ outcome: "sent" });
});

test("an outcome never shows a secret: neither an address from the environment nor a key", async () => {
  const closed = await startSink();
  await closed.close();
  const secret = { ...environment, OPS_URL: `${closed.url}/services/T0/B0/very-secret` };
  const missing = { OPS_SECRET: "", OPS_URL: "not an address, but very-secret" };
  const hidden = target("", { url: { env: "OPS_URL" } });
  const outcomes = [
    await deliverMessage(hidden, alertMessage, { ...means, environment: secret }),
    await deliverMessage(hidden, alertMessage, { ...means, environment: missing }),
    await deliverMessage(hidden, alertMessage, { ...means, environment: { ...missing, OPS_SECRET: "very-secret" } }),
  ];
  expect(outcomes).toEqual([
    { outcome: "retry", reason: expect.stringContaining(`ECONNREFUSED 127.0.0.1:${closed.port}`) as string },
    { outcome: "retry", reason: "The variable OPS_SECRET is not set. Set it, and start the receiver again." },
    { outcome: "retry", reason: "The variable OPS_URL does not hold an address that begins with https://." },
  ]);
  expect(JSON.stringify(outcomes)).not.toContain("very-secret");
});
