import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("a customer whom nobody answered may rate too, and that stands apart from the AI's ratings", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "nobody" }],
    ["09:00:10", "session.end", { session_id: "nobody", reason: "customer_left" }],
    ["09:01:00", "session.feedback", { session_id: "nobody", rating: 1 }],
    ["10:00:00", "session.start", { session_id: "ai" }],
    ["10:00:02", "session.message", { session_id: "ai", role: "bot" }],
    ["10:05:00", "session.end", { session_id: "ai", reason: "solved" }],
    ["10:06:00", "session.feedback", { session_id: "ai", rating: 5 }],
    // Escalated, and nobody came.
    ["11:00:00", "session.start", { session_id: "waited" }],
    ["11:00:02", "session.message", { session_id: "waited", role: "bot" }],
    ["11:00:05", "session.escalate", { session_id: "waited" }],
    ["11:30:00", "session.feedback", { session_id: "waited", rating: 2 }],
  );
  expect((await october()).of).toMatchObject({
    rated_sessions: 3,
    csat_rate: expect.closeTo(33.333333, 5),
    csat_unanswered_rate: 0,
    csat_ai_resolved_rate: 100,
    csat_escalated_untaken_rate: 0,
    csat_human_only_rate: null,
  });
});

test.each([0, 6, -1, 4.5, "5", true])(
  "a rating of %j is none, and the conversation stays as it was",
  async (rating) => {
    const { tell, october } = await openScenario();
    await tell(
      ["09:00:00", "session.start", { session_id: "s-1" }],
      ["09:00:02", "session.message", { session_id: "s-1", role: "ai" }],
      ["09:05:00", "session.feedback", { session_id: "s-1", rating, resolved: true }],
    );
    const { of, document } = await october();
    expect(of).toMatchObject({
      rated_sessions: 0,
      csat_rate: null,
      feedback_response_rate: 0,
      feedback_resolved_rate: 100,
      ai_resolved_sessions: 1,
    });
    expect(document.notes).toContainEqual(expect.objectContaining({ code: "invalid_value", count: 1 }));
  },
);

test("ratings under thirty are a low sample, and thirty are not", async () => {
  const { tell, october } = await openScenario();
  const rate = (from: number, to: number) =>
    tell(
      ...Array.from(
        { length: to - from },
        (_, i) =>
          [
            ["09:00:00", "session.start", { session_id: `s-${from + i}` }],
            ["09:10:00", "session.feedback", { session_id: `s-${from + i}`, rating: i % 2 === 0 ? 4 : 3 }],
          ] as const,
      ).flat(),
    );
  await rate(0, 29);
  expect((await october()).document.metrics.csat_rate).toMatchObject({ denominator: 29, low_sample: true });
  await rate(29, 30);
  expect((await october()).document.metrics.csat_rate).toMatchObject({ denominator: 30, low_sample: false });
});
