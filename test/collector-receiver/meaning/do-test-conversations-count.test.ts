import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

const conversation: readonly Told[] = [
  ["09:00:01", "session.message", { session_id: "s-1", role: "user" }],
  ["09:00:02", "session.message", { session_id: "s-1", role: "ai", response_time_ms: 900 }],
  ["09:01:00", "session.escalate", { session_id: "s-1", reason: "complaint" }],
  ["09:02:00", "agent.session_takeover", { agent_id: 7, session_id: "s-1", wait_duration_seconds: 60 }],
  ["09:03:00", "query.order", { session_id: "s-1", success: true, response_time_ms: 200 }],
];
const start = (test: boolean | string | number): Told => [
  "09:00:00",
  "session.start",
  { session_id: "s-1", test, user_id: "u-1" },
];

/** What the one conversation gives that is not a test. */
const onlyTheOther = {
  total_sessions: 1,
  total_messages: 1,
  responses_timed: 0,
  escalated_sessions: 0,
  sessions_handled: 0,
  first_takeovers: 0,
  order_queries_success: 0,
  unique_customers: 0,
};

test.each([
  ["before the rest", [[start(true)], conversation]],
  ["after the rest", [conversation, [start(true)]]],
  ["with the rest", [[start(true), ...conversation]]],
  ["in the middle", [conversation.slice(0, 2), [start(true)], conversation.slice(2)]],
  ["as the text true", [conversation, [start("True")]]],
  ["as the number 1", [conversation, [start(1)]]],
] as const)("nothing of a test conversation counts if the mark comes %s", async (_when, requests) => {
  const { tell, october, receiver } = await openScenario();
  await tell(["08:00:00", "agent.login", { agent_id: 7, agent_name: "王芳" }]);
  await tell(
    ["08:30:00", "session.start", { session_id: "other" }],
    ["08:30:01", "session.message", { session_id: "other" }],
  );
  for (const request of requests) await tell(...request);
  expect((await october()).of).toMatchObject(onlyTheOther);
  const { rows } = await receiver.database.pool.query(
    "select event_name from analytics_event_counts where events <> 0 order by 1",
  );
  expect(rows).toEqual(["agent.login", "session.message", "session.start"].map((event_name) => ({ event_name })));
  const list = await fetch(`${receiver.url}/report/sessions?month=2025-10&of=total_sessions&lang=en`);
  expect(await list.text()).not.toContain("sessions/s-1");
});
