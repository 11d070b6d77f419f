import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

const answered = (session_id: string): Told[] => [
  ["09:00:00", "session.start", { session_id }],
  ["09:00:02", "session.message", { session_id, role: "ai" }],
  ["09:05:00", "session.end", { session_id, reason: "resolved" }],
];

test("satisfied is who gave 4 or 5, of those who rated, apart for each outcome", async () => {
  const { tell, october } = await openScenario();
  for (const id of ["s-1", "s-2", "s-3", "s-4", "s-5"]) await tell(...answered(id));
  await tell(
    ["09:01:00", "agent.session_takeover", { agent_id: 7, session_id: "s-4" }],
    ["09:01:00", "agent.session_takeover", { agent_id: 7, session_id: "s-5" }],
    ["10:00:00", "session.feedback", { session_id: "s-1", rating: 5, resolved: true }],
    ["10:00:00", "session.feedback", { session_id: "s-2", rating: 2, resolved: false }],
    ["10:00:00", "session.feedback", { session_id: "s-4", rating: 4, resolved: true }],
    // Rated again: the last rating counts.
    ["10:00:00", "session.feedback", { session_id: "s-5", rating: 1 }],
    ["10:01:00", "session.feedback", { session_id: "s-5", rating: 5 }],
    // No rating at all.
    ["10:00:00", "session.feedback", { session_id: "s-3", rating: 6 }],
  );
  const { of, document } = await october();
  expect(of).toMatchObject({
    rated_sessions: 4,
    csat_rate: 75,
    avg_rating: 4,
    feedback_response_rate: 80,
    csat_ai_resolved_rate: 50,
    csat_ai_assisted_rate: 100,
    csat_human_only_rate: null,
    feedback_resolved_rate: expect.closeTo(66.666667, 5),
  });
  expect(document.metrics.csat_rate).toMatchObject({ numerator: 3, denominator: 4, low_sample: true });
});

test("a rating days later belongs to the day of the start, and neither opens nor ends the conversation", async () => {
  const { tell, october } = await openScenario();
  await tell(...answered("s-1"), ["2025-11-20 09:00:00", "session.feedback", { session_id: "s-1", rating: 5 }]);
  expect((await october()).of).toMatchObject({ rated_sessions: 1, csat_rate: 100, ai_resolved_sessions: 1 });
});
