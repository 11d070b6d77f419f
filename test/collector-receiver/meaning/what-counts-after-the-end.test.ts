import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

const resolved = (session_id: string): Told[] => [
  ["09:00:00", "session.start", { session_id }],
  ["09:00:02", "session.message", { session_id, role: "ai", response_time_ms: 900 }],
  ["09:05:00", "session.end", { session_id, reason: "resolved" }],
];

test("whatever follows the end takes the conversation out of what the AI resolved", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ...resolved("untouched"),
    ...resolved("taken over"),
    ["11:00:00", "agent.session_takeover", { session_id: "taken over", agent_id: 7, wait_duration_seconds: 30 }],
    ...resolved("written to"),
    ["11:00:00", "session.message", { session_id: "written to", role: "人工客服" }],
    ...resolved("escalated"),
    ["11:00:00", "session.escalate", { session_id: "escalated", reason: "complaint" }],
    // Neither a question of the customer nor another answer changes what became of it.
    ...resolved("thanked"),
    ["11:00:00", "session.message", { session_id: "thanked", role: "客户" }],
    ["11:00:02", "session.message", { session_id: "thanked", role: "智能客服" }],
  );
  expect((await october()).of).toMatchObject({
    total_sessions: 5,
    ai_resolved_sessions: 2,
    outcome_ai_assisted: 2,
    outcome_escalated_untaken: 1,
    escalated_sessions: 1,
    ai_resolution_rate: 40,
    estimated_cost_saved: 20,
    // Ended is ended, whatever comes later.
    outcome_open: 0,
  });
});

test("what arrives late, before the end, counts as if it had come in time", async () => {
  const { tell, october } = await openScenario();
  await tell(...resolved("s-1"));
  await tell(["09:03:00", "session.escalate", { session_id: "s-1" }]);
  expect((await october()).of).toMatchObject({ ai_resolved_sessions: 0, outcome_escalated_untaken: 1 });
  await tell(["09:04:00", "agent.session_message", { session_id: "s-1", agent_id: 7 }]);
  expect((await october()).of).toMatchObject({ outcome_escalated_untaken: 0, outcome_ai_assisted: 1 });
});
