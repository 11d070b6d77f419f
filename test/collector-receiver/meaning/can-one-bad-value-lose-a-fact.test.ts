import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

type Case = readonly [what: string, event: Told, expected: Readonly<Record<string, number | null>>];
const closed = { tickets_closed: 1, tickets_sla_met: 0, avg_resolution_hours: null };
const at = "09:00:00";

const cases: readonly Case[] = [
  ["negative hours", [at, "ticket.closed", { ticket_id: 1, resolution_duration_hours: -0.01 }], closed],
  ["hours as text", [at, "ticket.closed", { ticket_id: 1, resolution_duration_hours: "3 h" }], closed],
  ["no hours and no SLA", [at, "ticket.closed", { ticket_id: 1 }], closed],
  ["an SLA that is a text", [at, "ticket.closed", { ticket_id: 1, sla_met: "yes" }], closed],
  ["an agent that is a name", [at, "ticket.closed", { ticket_id: 1, agent_id: "王芳" }], closed],
  ["an agent beyond 32 bits", [at, "ticket.closed", { ticket_id: 1, agent_id: 3_000_000_000 }], closed],
  [
    "an absurd wait",
    [at, "agent.session_takeover", { agent_id: 7, session_id: "s", wait_duration_seconds: 1e12 }],
    { sessions_handled: 1, avg_first_response_ms: null },
  ],
  ["a reason with a NUL", [at, "session.escalate", { session_id: "s", reason: "a\u0000b" }], {}],
  [
    "a customer of 200 characters",
    [at, "session.start", { session_id: "s", user_id: "u".repeat(200) }],
    { total_sessions: 1, unique_customers: 0 },
  ],
  [
    "a response time as text",
    [at, "session.message", { session_id: "s", role: "ai", response_time_ms: "fast" }],
    { total_messages: 1, responses_timed: 0 },
  ],
  ["a rating of 11", [at, "session.feedback", { session_id: "s", rating: 11 }], {}],
  [
    "a work time that is a flag",
    [at, "agent.logout", { agent_id: 7, work_duration_minutes: true }],
    { total_work_minutes: 0 },
  ],
];

test.each(cases)("%s leaves its event in, with a note of what was wrong", async (what, event, expected) => {
  const { tell, october, receiver } = await openScenario();
  await tell(event);
  expect((await october()).of).toMatchObject(expected);
  const { rows } = await receiver.database.pool.query("select event_name, event_data from analytics_events");
  expect(rows).toHaveLength(1);
  expect(rows[0].event_name).toBe(event[1]);
  const notes = rows[0].event_data["spanledger.invalid"];
  if (what === "no hours and no SLA") expect(notes).toBeUndefined();
  else expect(Object.keys(notes)).toHaveLength(1);
});

test("a bad value of what identifies an event still rejects it", async () => {
  const { receiver } = await openScenario();
  const { tracesWith } = await import("../../support/otlp-json.ts");
  const answer = await fetch(`${receiver.url}/v1/traces`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: tracesWith([{ name: "query.order", attributes: { success: "yes" } }]),
  });
  expect(await answer.json()).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
});
