import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("a takeover with an impossible wait is a takeover, and the conversation is AI-assisted", async () => {
  const { tell, october, receiver } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    ["09:00:02", "session.message", { session_id: "s-1", role: "ai", response_time_ms: 1500 }],
    ["09:01:00", "agent.session_takeover", { agent_id: 7, session_id: "s-1", wait_duration_seconds: -0.4 }],
    ["09:11:00", "agent.session_release", { agent_id: 7, session_id: "s-1", handle_duration_seconds: 600 }],
    ["09:12:00", "session.end", { session_id: "s-1", reason: "resolved" }],
  );
  const { of, text, document } = await october();
  expect(of).toMatchObject({
    outcome_ai_assisted: 1,
    ai_resolved_sessions: 0,
    sessions_handled: 1,
    first_takeovers: 1,
    first_waits_known: 0,
    avg_first_response_ms: null,
    avg_handle_time_sec: 600,
    estimated_cost_saved: 0,
  });
  expect(text).toMatchObject({ avg_first_response_ms: "—", avg_handle_time_sec: "10 min" });
  expect(document.agent_workbench).toMatchObject({ avg_first_response: "—", avg_handle_time: "10 min" });
  const { rows } = await receiver.database.pool.query(
    "select event_data from analytics_events where event_name = 'agent.session_takeover'",
  );
  expect(rows[0].event_data).toEqual({
    agent_id: 7,
    session_id: "s-1",
    "spanledger.invalid": { wait_duration_seconds: { code: "out_of_range", value: -0.4 } },
  });
});

test("either may come first, and a human needs no takeover to help", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    ["09:00:30", "session.message", { session_id: "s-1", role: "坐席" }],
    ["09:01:00", "session.message", { session_id: "s-1", role: "机器人" }],
    ["09:02:00", "session.start", { session_id: "s-2" }],
    ["09:02:30", "session.message", { session_id: "s-2", role: " BOT " }],
    ["09:03:00", "agent.session_transfer", { agent_id: 7, session_id: "s-2", target_agent_id: 8 }],
    ["09:04:00", "session.start", { session_id: "s-3" }],
    ["09:04:30", "session.message", { session_id: "s-3", role: "ai" }],
    ["09:05:00", "agent.session_release", { agent_id: 7, session_id: "s-3" }],
  );
  expect((await october()).of).toMatchObject({ total_sessions: 3, outcome_ai_assisted: 3, ai_resolved_sessions: 0 });
});
