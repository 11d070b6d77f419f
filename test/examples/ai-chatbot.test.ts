import type { FastifyInstance } from "fastify";
import { createServer } from "node:http";
import { once } from "node:events";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { buildChatbot } from "../../examples/ai-chatbot/src/app.ts";
import { startBusinessEventSink, type BusinessEventSink } from "./business-event-sink.ts";

let sink: BusinessEventSink;
let app: FastifyInstance;
beforeAll(async () => {
  sink = await startBusinessEventSink();
  app = await buildChatbot({ pace: 0, workbenchUrl: null, analytics: "http://127.0.0.1:9" });
});
afterAll(async () => {
  await app.close();
  await sink.close();
});

const chat = async (payload: object): Promise<{ session_id: string; reply: string; escalated: boolean }> => {
  const response = await app.inject({ method: "POST", url: "/api/chat", payload });
  expect(response.statusCode, response.body).toBe(200);
  return response.json();
};

describe("POST /api/chat", () => {
  test("records the start of a session once, and each answer with its length and time", async () => {
    const first = await chat({ message: "hello", user_id: "test-123" });
    const second = await chat({ message: "谢谢", user_id: "test-123", session_id: first.session_id });
    expect(second.session_id).toBe(first.session_id);

    const events = await sink.take();
    expect(events.map((event) => event.name)).toEqual(["session.start", "session.message", "session.message"]);
    expect(events[0]!.attributes).toEqual({ session_id: first.session_id, user_id: "test-123", channel: "api" });
    expect(events[1]!.attributes).toEqual({
      session_id: first.session_id,
      user_id: "test-123",
      role: "ai",
      message_length: Array.from(first.reply).length,
      response_time_ms: expect.any(Number),
    });
  });

  test.each([
    ["FD12345", true],
    ["FD99999", false],
  ])("an order query for %s is recorded with success %s", async (orderNumber, success) => {
    const { session_id } = await chat({ message: `查询订单 ${orderNumber}`, user_id: "test-123" });
    const query = (await sink.take()).find((event) => event.name === "query.order");
    expect(query?.attributes).toMatchObject({
      session_id,
      order_number: orderNumber,
      site: expect.stringMatching(/^(uk|de|fr|es|it|us)$/),
      success,
      response_time_ms: expect.any(Number),
    });
  });

  test("a shop that does not answer is a failed query and still an answer", async () => {
    const { findOrder } = await import("../../examples/ai-chatbot/src/domain/order-store.ts");
    const down = Array.from({ length: 500 }, (_, place) => `FD${10_000 + place}`).find((orderNumber) => {
      try {
        findOrder(orderNumber);
        return false;
      } catch {
        return true;
      }
    });
    const { reply } = await chat({ message: `Where is ${down}?`, user_id: "test-123" });
    expect(reply).toContain("does not answer");
    const query = (await sink.take()).find((event) => event.name === "query.order");
    expect(query?.attributes).toMatchObject({ order_number: down, success: false });
  });

  test.each([
    ["我要转人工", "keyword", "medium"],
    ["你们的电池起火了！", "complaint", "high"],
  ])("%s hands the session over; the assistant is silent then", async (message, reason, severity) => {
    const { session_id, escalated } = await chat({ message, user_id: "test-123" });
    expect(escalated).toBe(true);
    const waiting = await chat({ message: "还在吗", user_id: "test-123", session_id });
    expect(waiting.escalated).toBe(true);

    const events = await sink.take();
    expect(events.map((event) => event.name)).toEqual(["session.start", "session.message", "session.escalate"]);
    expect(events[2]!.attributes).toEqual({ session_id, user_id: "test-123", reason, severity });
  });

  test("three answers in a row that did not help hand the session over", async () => {
    const { session_id, escalated } = await chat({ message: "qwertz", user_id: "test-123" });
    const say = async (message: string) => (await chat({ message, user_id: "test-123", session_id })).escalated;
    // An answer that helps begins the row anew.
    const later = [
      await say("qwertz"),
      await say("hello"),
      await say("qwertz"),
      await say("qwertz"),
      await say("qwertz"),
    ];
    expect([escalated, ...later]).toEqual([false, false, false, false, false, true]);
    expect((await sink.take()).at(-1)?.attributes).toMatchObject({ reason: "unhelpful_answers", severity: "low" });
  });

  test("a session of another customer, or one that ended, is not continued", async () => {
    const { session_id } = await chat({ message: "hello", user_id: "one" });
    expect((await chat({ message: "hello", user_id: "two", session_id })).session_id).not.toBe(session_id);
    await app.inject({ method: "POST", url: `/api/sessions/${session_id}/end` });
    expect((await chat({ message: "hello", user_id: "one", session_id })).session_id).not.toBe(session_id);
    expect((await sink.take()).filter((event) => event.name === "session.start")).toHaveLength(3);
  });

  test("a request without a message is 400 and records nothing", async () => {
    const response = await app.inject({ method: "POST", url: "/api/chat", payload: { user_id: "x" } });
    expect(response.statusCode).toBe(400);
    expect(response.json()).toMatchObject({ error: { code: "request_invalid" } });
    expect(await sink.take()).toEqual([]);
  });
});

describe("POST /api/chat/stream", () => {
  test("streams the answer and records when its first token and its end came", async () => {
    const response = await app.inject({
      method: "POST",
      url: "/api/chat/stream",
      payload: { message: "hello", user_id: "test-123", channel: "web" },
    });
    expect(response.headers["content-type"]).toContain("text/event-stream");
    const tokens = [...response.body.matchAll(/event: token\ndata: (.*)/g)].map(([, data]) => JSON.parse(data!).text);
    expect(response.body).toContain("event: done");

    // The answer has ended before its message is recorded.
    const taken = await sink.take();
    await vi.waitUntil(async () => taken.push(...(await sink.take())) >= 2);
    const [start, message] = taken;
    expect(start?.attributes).toMatchObject({ channel: "web" });
    expect(message?.attributes).toMatchObject({ role: "ai", message_length: Array.from(tokens.join("")).length });
    const { first_token_ms, response_time_ms } = message!.attributes as Record<string, number>;
    expect(first_token_ms).toBeLessThanOrEqual(response_time_ms!);
  });

  test("if a customer leaves during an answer, the message counts and its time does not", async () => {
    const slow = await buildChatbot({ pace: 0.5, workbenchUrl: null, analytics: "http://127.0.0.1:9" });
    onTestFinished(() => slow.close());
    const base = await slow.listen({ host: "127.0.0.1", port: 0 });
    const leaving = new AbortController();
    const response = await fetch(`${base}/api/chat/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message: "hello", user_id: "test-123" }),
      signal: leaving.signal,
    });
    const reader = response.body!.getReader();
    let seen = "";
    while (!seen.includes("event: token")) seen += Buffer.from((await reader.read()).value ?? []).toString();
    leaving.abort();

    const message = await vi.waitUntil(
      async () => (await sink.take()).find((event) => event.name === "session.message"),
      { timeout: 30_000 },
    );
    expect(message.attributes).not.toHaveProperty("response_time_ms");
    expect(message.attributes["message_length"]).toBeGreaterThan(0);
  });
});

describe("GET /api/tracking/:number", () => {
  test("a parcel that is found", async () => {
    const response = await app.inject({ url: "/api/tracking/TEST123456?session_id=s-1" });
    expect(response.json()).toMatchObject({ tracking_number: "TEST123456", carrier: "sandbox" });
    expect((await sink.take()).map(({ name, attributes }) => ({ name, ...attributes }))).toEqual([
      {
        name: "query.tracking",
        session_id: "s-1",
        tracking_number: "TEST123456",
        carrier: "sandbox",
        success: true,
        status: response.json().status,
        response_time_ms: expect.any(Number),
      },
    ]);
  });

  test("an unknown parcel is 404 and a failed query", async () => {
    const response = await app.inject({ url: "/api/tracking/XX00000000" });
    expect(response.statusCode).toBe(404);
    expect((await sink.take())[0]?.attributes).toMatchObject({ success: false, status: "not_found" });
  });
});

test("ending a session records it once; a second time is 404", async () => {
  const { session_id } = await chat({ message: "hello", user_id: "test-123" });
  const end = () =>
    app.inject({ method: "POST", url: `/api/sessions/${session_id}/end`, payload: { reason: "page_left" } });
  expect((await end()).statusCode).toBe(200);
  expect((await end()).statusCode).toBe(404);
  const ends = (await sink.take()).filter((event) => event.name === "session.end");
  expect(ends.map((event) => event.attributes)).toEqual([{ session_id, user_id: "test-123", reason: "page_left" }]);
});

test("the workbench is told of a session that waits", async () => {
  const told: unknown[] = [];
  const workbench = createServer((request, response) => {
    void json(request).then((body) => {
      told.push({ path: request.url, body });
      response.writeHead(202).end();
    });
  }).listen(0, "127.0.0.1");
  await once(workbench, "listening");
  const { port } = workbench.address() as { port: number };
  const connected = await buildChatbot({ pace: 0, workbenchUrl: `http://127.0.0.1:${port}`, analytics: "http://x" });
  onTestFinished(async () => {
    await connected.close();
    workbench.closeAllConnections();
    workbench.close();
  });

  const started = await connected.inject({
    method: "POST",
    url: "/api/chat",
    payload: { message: "hi", user_id: "u" },
  });
  const { session_id } = started.json();
  await connected.inject({ method: "POST", url: `/api/sessions/${session_id}/escalate` });
  await vi.waitUntil(() => told.length > 0, { timeout: 30_000 });
  expect(told).toEqual([{ path: "/api/sessions/waiting", body: { session_id, channel: "api", reason: "keyword" } }]);
  expect((await sink.take()).at(-1)).toMatchObject({ name: "session.escalate" });
});

test("without a database the analytics routes are the receiver's", async () => {
  const receiver = createServer((request, response) => {
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ asked: request.url }));
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const { port } = receiver.address() as { port: number };
  const forwarding = await buildChatbot({ pace: 0, workbenchUrl: null, analytics: `http://127.0.0.1:${port}` });
  onTestFinished(async () => {
    await forwarding.close();
    receiver.closeAllConnections();
    receiver.close();
  });
  const answer = await forwarding.inject({ url: "/api/analytics/case-study?month=2025-12" });
  expect(answer.json()).toEqual({ asked: "/api/analytics/case-study?month=2025-12" });
  // Port 9 (discard): nobody listens.
  const unreachable = await app.inject({ url: "/api/analytics/case-study?month=2025-12" });
  expect(unreachable.statusCode).toBe(502);
});
