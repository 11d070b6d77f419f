import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { callJson, startProducts, type Products } from "./start-products.ts";

/** The plan's commands (测试方法) of steps 6 to 15 against real processes, in the plan's order. */
let products: Products;
beforeAll(async () => {
  products = await startProducts();
}, 180_000);
afterAll(() => products?.stop());

const thisMonth = (): string =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: "Asia/Shanghai", year: "numeric", month: "2-digit" }).format();

/** How an event was stored last. */
async function lastEvent(name: string): Promise<Record<string, unknown>> {
  const { rows } = await products.database.pool.query(
    "select event_data from analytics_events where event_name = $1 order by occurred_at desc limit 1",
    [name],
  );
  expect(rows, `no ${name} is stored`).toHaveLength(1);
  return rows[0].event_data;
}

describe("AI chatbot", () => {
  test("step 6: the log says that the tracker started", async () => {
    expect(await products.log("chatbot")).toContain("Analytics tracker started");
  });

  test("step 7: a chat counts a session and a message; a streamed one and an escalation too", async () => {
    const chat = await callJson("POST", `${products.chatbotUrl}/api/chat`, {
      body: { message: "hello", user_id: "test-123" },
    });
    expect(chat.status).toBe(200);
    await products.waitForCounters({ total_sessions: 1, total_messages: 1 });
    expect(await lastEvent("session.message")).toMatchObject({
      session_id: chat.body["session_id"],
      role: "ai",
      message_length: Array.from(String(chat.body["reply"])).length,
      response_time_ms: expect.any(Number),
    });

    const stream = await fetch(`${products.chatbotUrl}/api/chat/stream`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ message: "我要转人工", user_id: "test-124" }),
    });
    expect(await stream.text()).toContain("event: done");
    await products.waitForCounters({ total_sessions: 2, total_messages: 2, escalated_sessions: 1 });
    expect(await lastEvent("session.escalate")).toMatchObject({ reason: "keyword", severity: "medium" });

    const sessionId = String(chat.body["session_id"]);
    await callJson("POST", `${products.chatbotUrl}/api/sessions/${sessionId}/end`);
    await products.waitForCounters({ sessions_ended: 1, ai_resolved_sessions: 1 });
  });

  test("step 8: a parcel query counts, found or not", async () => {
    const found = await callJson("GET", `${products.chatbotUrl}/api/tracking/TEST123456`);
    expect(found.body).toMatchObject({ tracking_number: "TEST123456" });
    await products.waitForCounters({ tracking_queries_success: 1 });
    expect(await lastEvent("query.tracking")).toMatchObject({
      tracking_number: "TEST123456",
      carrier: "sandbox",
      success: true,
      status: found.body["status"],
    });
    expect((await callJson("GET", `${products.chatbotUrl}/api/tracking/XX12345678`)).status).toBe(404);
    await products.waitForCounters({ tracking_queries_failed: 1 });
  });

  test("step 9: an order query through the chat counts, found or not", async () => {
    for (const orderNumber of ["FD12345", "FD99999"]) {
      await callJson("POST", `${products.chatbotUrl}/api/chat`, {
        body: { message: `查询订单 ${orderNumber}`, user_id: "test-123" },
      });
    }
    await products.waitForCounters({ order_queries_success: 1, order_queries_failed: 1 });
    expect(await lastEvent("query.order")).toMatchObject({
      session_id: expect.any(String),
      order_number: "FD99999",
      site: expect.any(String),
      success: false,
      response_time_ms: expect.any(Number),
    });
  });

  test("step 10: the chatbot answers with the case study", async () => {
    const { status, body } = await callJson(
      "GET",
      `${products.chatbotUrl}/api/analytics/case-study?month=${thisMonth()}`,
    );
    expect(status).toBe(200);
    expect(body["period"]).toMatch(/^\d{4}年\d{1,2}月$/);
    expect(body["highlights"]).toMatchObject({
      total_customers_served: 4,
      ai_resolution_rate: "25.0%",
      avg_response_time: expect.stringMatching(/秒$/),
      cost_saved: "¥10",
      order_query_success_rate: "50.0%",
      tracking_query_success_rate: "50.0%",
    });
    expect(body["story"]).toContain("4");
  });
});

describe("agent workbench", () => {
  let token = "";

  test("step 11: the log says that the tracker started", async () => {
    expect(await products.log("workbench")).toContain("Analytics tracker started");
  });

  test("step 12: a login counts; status and logout are stored", async () => {
    const login = await callJson("POST", `${products.workbenchUrl}/api/auth/login`, {
      body: { username: "agent1", password: "xxx" },
    });
    token = String(login.body["token"]);
    await products.waitForCounters({ agent_logins: 1 });
    expect(await lastEvent("agent.login")).toEqual({ agent_id: 1, agent_name: "王芳" });

    const other = await callJson("POST", `${products.workbenchUrl}/api/auth/login`, {
      body: { username: "agent2", password: "xxx" },
    });
    const otherToken = String(other.body["token"]);
    await callJson("PUT", `${products.workbenchUrl}/api/auth/status`, { body: { status: "away" }, token: otherToken });
    await callJson("POST", `${products.workbenchUrl}/api/auth/logout`, { token: otherToken });
    await products.waitForCounters({ agent_logins: 2, total_work_minutes: 0 });
    await expect.poll(() => lastEvent("agent.logout"), { timeout: 20_000 }).toMatchObject({ agent_id: 2 });
    expect(await lastEvent("agent.status_change")).toEqual({ agent_id: 2, from_status: "online", to_status: "away" });
  });

  test("step 13: takeover, message, transfer and release count", async () => {
    const { rows } = await products.database.pool.query(
      "select session_id from analytics_events where event_name = 'session.escalate'",
    );
    const path = `${products.workbenchUrl}/api/sessions/${rows[0].session_id}`;
    const takeover = await callJson("POST", `${path}/takeover`, { token });
    expect(takeover.status).toBe(200);
    await products.waitForCounters({ sessions_handled: 1 });
    await callJson("POST", `${path}/messages`, { token, body: { message: "您好，我来帮您" } });
    await callJson("POST", `${path}/release`, { token });

    const second = `${products.workbenchUrl}/api/sessions/any-other-session`;
    await callJson("POST", `${second}/takeover`, { token });
    await callJson("POST", `${second}/transfer`, { token, body: { target_agent_id: 2, reason: "language" } });
    const counters = await products.waitForCounters({
      sessions_handled: 2,
      agent_messages_sent: 1,
      sessions_released: 1,
      sessions_transferred: 1,
      total_first_response_ms: 1,
    });
    expect(counters["total_first_response_ms"]).toBeGreaterThanOrEqual(8_000);
    expect(await lastEvent("agent.session_release")).toMatchObject({ agent_id: 1, message_count: 1 });
    expect(await lastEvent("agent.session_transfer")).toMatchObject({ target_agent_id: 2, reason: "language" });
  });

  test("step 14: a ticket counts from creation to close, as the plan's curl sends it", async () => {
    const created = await callJson("POST", `${products.workbenchUrl}/api/tickets`, {
      token,
      // curl -d says this if no header is given.
      contentType: "application/x-www-form-urlencoded",
      body: '{"subject":"test","type":"inquiry"}',
    });
    expect(created.status).toBe(201);
    await products.waitForCounters({ tickets_created: 1 });
    const path = `${products.workbenchUrl}/api/tickets/${String(created.body["ticket_id"])}`;
    await callJson("POST", `${path}/assign`, { token, body: { agent_id: 2 } });
    await callJson("PATCH", path, { token, body: { status: "in_progress" } });
    await callJson("POST", `${path}/close`, { token });
    await products.waitForCounters({ tickets_closed: 1, tickets_sla_met: 1 });
    expect(await lastEvent("ticket.closed")).toMatchObject({ sla_met: true, agent_id: 2 });
    expect(await lastEvent("ticket.assigned")).toMatchObject({ to_agent_id: 2 });
    expect(await lastEvent("ticket.status_changed")).toMatchObject({ to_status: "closed", agent_id: 1 });
  });

  test("step 15: the case study has the workbench's figures beside the chatbot's", async () => {
    const { body } = await callJson("GET", `${products.chatbotUrl}/api/analytics/case-study?month=${thisMonth()}`);
    expect(body["ai_chatbot"]).toMatchObject({ total_customers_served: 4, cost_saved: "¥10" });
    expect(body["agent_workbench"]).toMatchObject({
      sessions_handled: 2,
      avg_first_response: expect.stringMatching(/秒$/),
      avg_handle_time: expect.stringMatching(/(分钟|秒|毫秒)$/),
      tickets_resolved: 1,
      avg_resolution_time: expect.any(String),
      sla_met_rate: "100.0%",
    });
    const receiver = await callJson("GET", `${products.receiverUrl}/api/analytics/case-study?month=${thisMonth()}`);
    expect(receiver.body["agent_workbench"]).toEqual(body["agent_workbench"]);
  });

  test("events of a request carry the trace that HTTP auto-instrumentation began", async () => {
    const { rows } = await products.database.pool.query(
      `select event_name, trace_id, span_id from analytics_events
       where session_id = (select session_id from analytics_events where event_name = 'query.order' limit 1)`,
    );
    expect(new Set(rows.map((row) => row.event_name))).toEqual(
      new Set(["session.start", "query.order", "session.message"]),
    );
    expect(new Set(rows.map((row) => `${row.trace_id}/${row.span_id}`)).size).toBe(1);
    expect(rows[0].trace_id).toMatch(/^[0-9a-f]{32}$/);
  });
});
