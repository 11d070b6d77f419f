import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("what only humans answered is not the AI's, and saves nothing", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    ["09:01:00", "agent.session_message", { agent_id: 7, session_id: "s-1" }],
    ["09:05:00", "session.end", { session_id: "s-1", reason: "resolved" }],
    // Another one, which the AI did resolve, so that AI figures are known at all.
    ["10:00:00", "session.start", { session_id: "s-2" }],
    ["10:00:02", "session.message", { session_id: "s-2", role: "ai" }],
    ["10:02:00", "session.end", { session_id: "s-2", reason: "resolved" }],
  );
  const { of } = await october();
  expect(of).toMatchObject({
    total_sessions: 2,
    outcome_human_only: 1,
    ai_resolved_sessions: 1,
    ai_resolution_rate: 50,
    estimated_cost_saved: 10,
  });
});
