import type { FastifyInstance } from "fastify";
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { buildWorkbench } from "../../examples/agent-workbench/src/app.ts";
import { startBusinessEventSink, type BusinessEventSink } from "./business-event-sink.ts";

let sink: BusinessEventSink;
let app: FastifyInstance;
beforeAll(async () => {
  sink = await startBusinessEventSink();
});
afterAll(() => sink.close());
beforeEach(async () => {
  app = await buildWorkbench({ password: "xxx" });
  return async () => {
    await app.close();
    await sink.take();
  };
});

const call = async (method: "GET" | "POST" | "PUT" | "PATCH", url: string, token?: string, payload?: object) => {
  const response = await app.inject({
    method,
    url,
    ...(payload === undefined ? {} : { payload }),
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  });
  return { status: response.statusCode, body: response.json() };
};
const login = async (username = "agent1"): Promise<string> => {
  const { status, body } = await call("POST", "/api/auth/login", undefined, { username, password: "xxx" });
  expect(status).toBe(200);
  return body.token;
};
const taken = async () => (await sink.take()).map(({ name, attributes }) => ({ name, ...attributes }));

describe("authentication", () => {
  test("login, status and logout are recorded with what the plan asks for", async () => {
    const token = await login();
    await call("PUT", "/api/auth/status", token, { status: "busy" });
    await call("PUT", "/api/auth/status", token, { status: "busy" });
    await call("POST", "/api/auth/logout", token);
    expect(await taken()).toEqual([
      { name: "agent.login", agent_id: 1, agent_name: "王芳" },
      { name: "agent.status_change", agent_id: 1, from_status: "online", to_status: "busy" },
      { name: "agent.logout", agent_id: 1, work_duration_minutes: expect.any(Number), sessions_handled: 0 },
    ]);
    expect((await call("PUT", "/api/auth/status", token, { status: "online" })).status).toBe(401);
  });

  test("a wrong password, an unknown agent and an unknown status record nothing", async () => {
    expect((await call("POST", "/api/auth/login", undefined, { username: "agent1", password: "yyy" })).status).toBe(
      401,
    );
    expect((await call("POST", "/api/auth/login", undefined, { username: "nobody", password: "xxx" })).status).toBe(
      401,
    );
    const token = await login();
    expect((await call("PUT", "/api/auth/status", token, { status: "sleepy" })).status).toBe(400);
    expect((await taken()).map((event) => event.name)).toEqual(["agent.login"]);
  });
});

describe("sessions", () => {
  test("takeover, message, transfer and release, each with its attributes", async () => {
    const [first, second] = [await login("agent1"), await login("agent2")];
    await call("POST", "/api/sessions/waiting", undefined, { session_id: "s-77", reason: "keyword" });
    expect((await call("GET", "/api/sessions/waiting", first)).body).toMatchObject([{ session_id: "s-77" }]);
    expect((await call("POST", "/api/sessions/s-77/takeover", first)).status).toBe(200);
    expect((await call("POST", "/api/sessions/s-77/takeover", second)).status).toBe(409);
    await call("POST", "/api/sessions/s-77/messages", first, { message: "您好" });
    const transfer = { target_agent_id: 2, reason: "language" };
    expect((await call("POST", "/api/sessions/s-77/transfer", first, transfer)).status).toBe(200);
    expect((await call("POST", "/api/sessions/s-77/release", first)).status).toBe(409);
    expect((await call("POST", "/api/sessions/s-77/release", second)).status).toBe(200);

    expect((await taken()).slice(2)).toEqual([
      { name: "agent.session_takeover", agent_id: 1, session_id: "s-77", wait_duration_seconds: expect.any(Number) },
      { name: "agent.session_message", agent_id: 1, session_id: "s-77", message_length: 2 },
      { name: "agent.session_transfer", agent_id: 1, session_id: "s-77", target_agent_id: 2, reason: "language" },
      {
        name: "agent.session_release",
        agent_id: 2,
        session_id: "s-77",
        handle_duration_seconds: expect.any(Number),
        message_count: 1,
      },
    ]);
  });

  test("any session id can be taken over, with a wait that is the same each time", async () => {
    const token = await login();
    const waits: number[] = [];
    for (const session of ["anything-goes", "anything-goes", "another"]) {
      const { status, body } = await call("POST", `/api/sessions/${session}/takeover`, token);
      expect(status).toBe(200);
      waits.push(body.wait_duration_seconds);
      await call("POST", `/api/sessions/${session}/release`, token);
    }
    expect(waits[1]).toBe(waits[0]);
    expect(waits[2]).not.toBe(waits[0]);
    for (const seconds of waits) {
      expect(seconds).toBeGreaterThanOrEqual(8);
      expect(seconds).toBeLessThanOrEqual(72);
    }
  });

  test("waiting, handling and working are recorded as long as they took, in the unit of each name", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    onTestFinished(() => void vi.useRealTimers());
    const pass = (seconds: number): unknown => vi.setSystemTime(Date.now() + seconds * 1_000);
    const token = await login();
    await call("POST", "/api/sessions/waiting", undefined, { session_id: "s-78" });
    pass(30);
    await call("POST", "/api/sessions/s-78/takeover", token);
    pass(480);
    await call("POST", "/api/sessions/s-78/release", token);
    pass(90);
    await call("POST", "/api/auth/logout", token);
    expect((await taken()).slice(1)).toMatchObject([
      { name: "agent.session_takeover", wait_duration_seconds: 30 },
      { name: "agent.session_release", handle_duration_seconds: 480 },
      { name: "agent.logout", work_duration_minutes: 10 },
    ]);
  });

  test("without a token, or for an agent of another team, nothing is recorded", async () => {
    expect((await call("POST", "/api/sessions/s-1/takeover")).status).toBe(401);
    const token = await login();
    await call("POST", "/api/sessions/s-1/takeover", token);
    expect((await call("POST", "/api/sessions/s-1/transfer", token, { target_agent_id: 99 })).status).toBe(422);
    expect((await call("POST", "/api/sessions/s-1/transfer", token, { target_agent_id: 1 })).status).toBe(422);
    expect((await taken()).map((event) => event.name)).toEqual(["agent.login", "agent.session_takeover"]);
  });

  test("a logout releases the agent's sessions first and says how many were handled", async () => {
    const token = await login();
    await call("POST", "/api/sessions/s-1/takeover", token);
    await call("POST", "/api/auth/logout", token);
    const events = await taken();
    expect(events.slice(2)).toMatchObject([
      { name: "agent.session_release", session_id: "s-1" },
      { name: "agent.logout", sessions_handled: 1 },
    ]);
  });
});

describe("tickets", () => {
  test("the plan's curl sends JSON without saying so", async () => {
    const token = await login();
    const response = await app.inject({
      method: "POST",
      url: "/api/tickets",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" },
      payload: '{"subject":"test","type":"inquiry"}',
    });
    expect(response.statusCode, response.body).toBe(201);
    expect((await taken()).at(-1)).toEqual({
      name: "ticket.created",
      ticket_id: response.json().ticket_id,
      source: "workbench",
      type: "inquiry",
      priority: "normal",
      agent_id: 1,
    });
  });

  test("assign, update and close", async () => {
    const token = await login();
    const created = await call("POST", "/api/tickets", token, {
      subject: "刹车异响",
      type: "repair",
      session_id: "s-9",
    });
    const ticket_id = created.body.ticket_id;
    const path = `/api/tickets/${ticket_id}`;
    await call("POST", `${path}/assign`, token, { agent_id: 3 });
    await call("POST", `${path}/assign`, token, { agent_id: 2 });
    await call("PATCH", path, token, { status: "in_progress" });
    await call("PATCH", path, token, { status: "in_progress", priority: "high" });
    expect((await call("POST", `${path}/close`, token)).body).toMatchObject({ sla_met: true });
    expect((await call("POST", `${path}/close`, token)).status).toBe(409);

    expect((await taken()).slice(1)).toEqual([
      expect.objectContaining({ name: "ticket.created", session_id: "s-9" }),
      { name: "ticket.assigned", ticket_id, to_agent_id: 3 },
      { name: "ticket.assigned", ticket_id, from_agent_id: 3, to_agent_id: 2 },
      { name: "ticket.status_changed", ticket_id, from_status: "open", to_status: "in_progress", agent_id: 1 },
      { name: "ticket.status_changed", ticket_id, from_status: "in_progress", to_status: "closed", agent_id: 1 },
      { name: "ticket.closed", ticket_id, resolution_duration_hours: expect.any(Number), sla_met: true, agent_id: 2 },
    ]);
  });

  test.each([
    ["high", 7.9, true],
    ["high", 8.1, false],
    ["low", 71.9, true],
  ])("a ticket of priority %s closed %d h after the customer wrote: SLA met %s", async (priority, hours, slaMet) => {
    const token = await login();
    const received_at = new Date(Date.now() - hours * 3_600_000).toISOString();
    const payload = { subject: "x", type: "inquiry", source: "email", priority, received_at };
    const { body } = await call("POST", "/api/tickets", token, payload);
    await call("POST", `/api/tickets/${body.ticket_id}/close`, token);
    const closed = (await taken()).at(-1)!;
    expect(closed).toMatchObject({ name: "ticket.closed", sla_met: slaMet });
    expect((closed as Record<string, unknown>)["resolution_duration_hours"]).toBeCloseTo(hours, 2);
  });

  test("a ticket that does not exist is 404, an agent who does not 422", async () => {
    const token = await login();
    expect((await call("PATCH", "/api/tickets/5", token, { status: "pending" })).status).toBe(404);
    const { body } = await call("POST", "/api/tickets", token, { subject: "x", type: "inquiry" });
    expect((await call("POST", `/api/tickets/${body.ticket_id}/assign`, token, { agent_id: 99 })).status).toBe(422);
  });
});
