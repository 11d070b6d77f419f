import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

const answered = (session: string, at: string): Told[] => [
  [`${at}:00`, "session.start", { session_id: session }],
  [`${at}:02`, "session.message", { session_id: session, role: "assistant" }],
];

test("how the last end says it went decides between confirmed, assumed and not resolved", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ...answered("confirmed-by-reason", "09:00"),
    ["09:05:00", "session.end", { session_id: "confirmed-by-reason", reason: "已解决" }],
    ...answered("confirmed-by-flag", "09:10"),
    ["09:15:00", "session.end", { session_id: "confirmed-by-flag", reason: "timeout", resolved: true }],
    ...answered("failed", "09:20"),
    ["09:25:00", "session.end", { session_id: "failed", reason: " Unresolved " }],
    ...answered("failed-by-flag", "09:30"),
    ["09:35:00", "session.end", { session_id: "failed-by-flag", reason: "resolved", resolved: false }],
    ...answered("unknown-word", "09:40"),
    ["09:45:00", "session.end", { session_id: "unknown-word", reason: "whatever" }],
    ...answered("silence", "09:50"),
    // Confirmed first, and then it turned out not to be.
    ...answered("came-back", "10:00"),
    ["10:05:00", "session.end", { session_id: "came-back", reason: "resolved" }],
    ["10:30:00", "session.end", { session_id: "came-back", reason: "failed" }],
    // At one instant the worse counts.
    ...answered("both-at-once", "10:40"),
    ["10:45:00", "session.end", { session_id: "both-at-once", reason: "failed" }],
    ["10:45:00", "session.end", { session_id: "both-at-once", reason: "resolved" }],
  );
  expect((await october()).of).toMatchObject({
    total_sessions: 8,
    ai_resolved_sessions: 4,
    ai_resolved_confirmed: 2,
    ai_resolved_assumed: 2,
    ai_resolved_idle: 1,
    outcome_not_resolved: 4,
    ai_resolution_rate: 50,
    ai_resolution_confirmed_rate: 25,
    ai_resolution_assumed_rate: 25,
    estimated_cost_saved: 40,
  });
});
