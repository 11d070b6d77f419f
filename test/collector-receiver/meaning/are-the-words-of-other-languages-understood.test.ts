import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("a role in a language that no list has is the customer's, and is listed", async () => {
  const { tell, october, receiver } = await openScenario();
  for (const [i, role] of ["Agente", "ассистент", "ロボット", "봇"].entries()) {
    const session_id = `s-${i}`;
    await tell(
      ["09:00:00", "session.start", { session_id }],
      ["09:00:02", "session.message", { session_id, role, response_time_ms: 1000 }],
      ["09:05:00", "session.end", { session_id, reason: "resuelto" }],
    );
  }
  const { of, document } = await october();
  expect(of).toMatchObject({ total_messages: 4, ai_involved_sessions: 0, outcome_unanswered: 4, responses_timed: 0 });
  expect(document.notes).toContainEqual(expect.objectContaining({ code: "unknown_word", count: 8 }));
  const answer = await fetch(`${receiver.url}/api/analytics/data-quality?month=2025-10`);
  const { entries } = (await answer.json()) as { entries: { code: string; detail: string; events: number }[] };
  const words = entries.filter(({ code }) => code === "unknown_word").map(({ detail, events }) => [detail, events]);
  expect(words).toEqual(
    expect.arrayContaining([
      ["Agente", 1],
      ["ассистент", 1],
      ["ロボット", 1],
      ["봇", 1],
      ["resuelto", 4],
    ]),
  );
});

test("spaces, dashes and capitals make no other word of a known one", async () => {
  const { tell, october } = await openScenario();
  for (const [i, role] of ["AI", " ai ", "A_I", "a-i", "机 器 人"].entries()) {
    const session_id = `s-${i}`;
    await tell(
      ["09:00:00", "session.start", { session_id }],
      ["09:00:02", "session.message", { session_id, role, response_time_ms: 1000 }],
    );
  }
  const { of, document } = await october();
  expect(of).toMatchObject({ ai_involved_sessions: 5, responses_timed: 5 });
  expect(document.notes.map(({ code }: { code: string }) => code)).not.toContain("unknown_word");
});
