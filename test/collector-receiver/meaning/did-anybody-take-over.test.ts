import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("a conversation that was escalated and that nobody took over is told apart from one that was", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "left-waiting" }],
    ["09:00:02", "session.message", { session_id: "left-waiting", role: "ai" }],
    ["09:01:00", "session.escalate", { session_id: "left-waiting", reason: "keyword" }],
    ["10:00:00", "session.start", { session_id: "helped" }],
    ["10:00:02", "session.message", { session_id: "helped", role: "ai" }],
    ["10:01:00", "session.escalate", { session_id: "helped", reason: "keyword" }],
    ["10:02:00", "agent.session_takeover", { agent_id: 7, session_id: "helped", wait_duration_seconds: 60 }],
  );
  expect((await october()).of).toMatchObject({
    escalated_sessions: 2,
    outcome_escalated_untaken: 1,
    outcome_ai_assisted: 1,
    ai_resolved_sessions: 0,
  });
});
