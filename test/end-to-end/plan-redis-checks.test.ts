import { afterAll, beforeAll, expect, test } from "vitest";
import { businessCalendarOf } from "../../collector-receiver/src/metrics/business-calendar.ts";
import { describeWith } from "../support/describe-with.ts";
import { findRedisServer } from "../../deploy/setup/find-redis-server.ts";
import { openTestRedis } from "../support/open-test-redis.ts";
import type { TestRedis } from "../support/start-redis.ts";
import { callJson, startProducts, type Products } from "./start-products.ts";

/** The plan's `redis-cli HGETALL …` of steps 7, 8, 9, 12, 13 and 14, after the very requests that it names. */
describeWith("a Redis (REDIS_URL, or npm run setup)", await findRedisServer(), (source) => {
  let redis: TestRedis;
  let products: Products;
  let token = "";
  beforeAll(async () => {
    redis = await openTestRedis(source());
    products = await startProducts({ REDIS_URL: redis.url });
  }, 180_000);
  afterAll(async () => {
    await products?.stop();
    await redis?.stop();
  });

  /** The day as `TZ=Asia/Shanghai date +%F` gives it. */
  const day = (): string => businessCalendarOf("Asia/Shanghai").dayOf(Date.now());
  // oxlint-disable-next-line vitest/require-awaited-expect-poll -- every caller awaits it
  const hgetall = (key: string) => expect.poll(() => redis.client.hgetall(`${key}:${day()}`), { timeout: 20_000 });

  test("step 7: total_sessions and total_messages after a chat", async () => {
    await callJson("POST", `${products.chatbotUrl}/api/chat`, { body: { message: "hello", user_id: "test-123" } });
    await hgetall("analytics:daily").toMatchObject({
      total_sessions: "1",
      total_messages: "1",
      total_response_time_ms: expect.stringMatching(/^[1-9]\d*$/),
    });
  });

  test("step 8: tracking_queries_success or tracking_queries_failed after a parcel query", async () => {
    await callJson("GET", `${products.chatbotUrl}/api/tracking/TEST123456`);
    await hgetall("analytics:daily").toMatchObject({ tracking_queries_success: "1", tracking_queries_failed: "0" });
    await callJson("GET", `${products.chatbotUrl}/api/tracking/XX12345678`);
    await hgetall("analytics:daily").toMatchObject({ tracking_queries_success: "1", tracking_queries_failed: "1" });
  });

  test("step 9: order_queries_success and order_queries_failed after order queries", async () => {
    for (const orderNumber of ["FD12345", "FD99999"]) {
      const body = { message: `查询订单 ${orderNumber}`, user_id: "test-123" };
      await callJson("POST", `${products.chatbotUrl}/api/chat`, { body });
    }
    await hgetall("analytics:daily").toMatchObject({ order_queries_success: "1", order_queries_failed: "1" });
  });

  test("step 12: agent_logins grows with a login", async () => {
    const body = { username: "agent1", password: "xxx" };
    token = String((await callJson("POST", `${products.workbenchUrl}/api/auth/login`, { body })).body["token"]);
    await hgetall("analytics:agent:daily").toMatchObject({ agent_logins: "1" });
  });

  test("step 13: sessions_handled grows with a takeover", async () => {
    const { status } = await callJson("POST", `${products.workbenchUrl}/api/sessions/any-session/takeover`, { token });
    expect(status).toBe(200);
    await hgetall("analytics:agent:daily").toMatchObject({ sessions_handled: "1" });
  });

  test("step 14: tickets_created grows with a ticket, and the live route says the same as Redis", async () => {
    const body = { subject: "test", type: "inquiry" };
    await callJson("POST", `${products.workbenchUrl}/api/tickets`, { token, body });
    await hgetall("analytics:agent:daily").toMatchObject({ tickets_created: "1", agent_logins: "1" });
    const { body: live } = await callJson("GET", `${products.receiverUrl}/api/analytics/live`);
    expect(live["source"]).toBe("redis");
    for (const [part, key] of [
      ["daily", "analytics:daily"],
      ["agent_daily", "analytics:agent:daily"],
    ] as const) {
      const { revision: _, ...hash } = await redis.client.hgetall(`${key}:${day()}`);
      const shown = Object.entries(live[part] as Record<string, number>);
      expect(Object.fromEntries(shown.map(([field, value]) => [field, String(value)])), part).toEqual(hash);
    }
  });
});
