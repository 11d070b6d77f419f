import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

const outcomes = [
  "ai_resolved_sessions",
  "outcome_open",
  "outcome_ai_assisted",
  "outcome_human_only",
  "outcome_escalated_untaken",
  "outcome_unanswered",
  "outcome_not_resolved",
];

test("the outcomes add up to all conversations, whatever arrives later", async () => {
  const { tell, october } = await openScenario();
  const sum = async (): Promise<[sum: number, sessions: number | null | undefined]> => {
    const { of } = await october();
    return [outcomes.reduce((total, key) => total + (of[key] ?? 0), 0), of["total_sessions"]];
  };
  for (let i = 0; i < 12; i++) {
    const session_id = `s-${i}`;
    await tell(["09:00:00", "session.start", { session_id }]);
    if (i % 2 === 0) await tell(["09:01:00", "session.message", { session_id, role: "ai" }]);
    if (i % 3 === 0) await tell(["09:02:00", "session.escalate", { session_id }]);
    if (i % 4 === 0) await tell(["09:03:00", "agent.session_takeover", { session_id, agent_id: i }]);
    if (i % 5 === 0) await tell(["09:04:00", "session.end", { session_id, resolved: false }]);
  }
  expect(await sum()).toEqual([12, 12]);
  // Late: an answer from before, and an escalation.
  await tell(["08:59:00", "session.message", { session_id: "s-7", role: "ai" }]);
  await tell(["2025-10-20 09:00:00", "session.escalate", { session_id: "s-2" }]);
  expect(await sum()).toEqual([12, 12]);
});
