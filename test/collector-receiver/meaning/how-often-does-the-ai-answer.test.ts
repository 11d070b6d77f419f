import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("the AI is known under any of its names, in both languages and any case", async () => {
  const { tell, october } = await openScenario();
  const names = ["Assistant", " BOT ", "机器人", "AI", "model", "智能客服", "Ai 助手", "bot"];
  for (const [i, role] of names.entries()) {
    const session_id = `s-${i}`;
    await tell(
      ["09:00:00", "session.start", { session_id }],
      ["09:00:02", "session.message", { session_id, role, response_time_ms: 1000 + i }],
    );
  }
  const { of } = await october();
  expect(of).toMatchObject({
    ai_involved_sessions: 8,
    ai_involvement_rate: 100,
    responses_timed: 8,
    avg_response_time_ms: 1003.5,
  });
});

test("what customers and agents take to write is not a response time of the AI", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    ["09:00:01", "session.message", { session_id: "s-1", role: "user", response_time_ms: 60_000 }],
    ["09:00:02", "session.message", { session_id: "s-1", role: "agent", response_time_ms: 30_000 }],
    ["09:00:03", "session.message", { session_id: "s-1", role: "ai", response_time_ms: 1_500 }],
    ["09:00:04", "session.message", { session_id: "s-1", response_time_ms: 2_500 }],
  );
  expect((await october()).of).toMatchObject({ total_messages: 4, responses_timed: 2, avg_response_time_ms: 2_000 });
});
