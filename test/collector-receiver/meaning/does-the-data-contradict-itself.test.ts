import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("an end that says two things counts by the plainer one, and is noted", async () => {
  const { tell, october } = await openScenario();
  const answered = (session_id: string) =>
    [
      ["09:00:00", "session.start", { session_id }],
      ["09:00:02", "session.message", { session_id, role: "ai" }],
    ] as const;
  await tell(
    ...answered("said no"),
    ["09:05:00", "session.end", { session_id: "said no", reason: "已解决", resolved: false }],
    ...answered("said yes"),
    ["09:05:00", "session.end", { session_id: "said yes", reason: "未解决", resolved: true }],
    ...answered("agrees"),
    ["09:05:00", "session.end", { session_id: "agrees", reason: "resolved", resolved: true }],
    ...answered("says neither"),
    ["09:05:00", "session.end", { session_id: "says neither", reason: "timeout", resolved: true }],
  );
  const { of, document } = await october();
  expect(of).toMatchObject({ ai_resolved_confirmed: 3, outcome_not_resolved: 1 });
  expect(document.notes).toContainEqual({
    code: "contradiction",
    message: "2 events contradict themselves.",
    count: 2,
  });
});

test("a first token after the whole answer keeps both durations, and is noted", async () => {
  const { tell, october, receiver } = await openScenario();
  const message = (first_token_ms: number, response_time_ms: number) =>
    ["09:00:02", "session.message", { session_id: "s-1", role: "ai", first_token_ms, response_time_ms }] as const;
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    message(300, 900),
    message(900, 900),
    message(901, 900),
  );
  const { of, document } = await october();
  expect(of).toMatchObject({ responses_timed: 3, avg_response_time_ms: 900 });
  expect(document.notes).toContainEqual(expect.objectContaining({ code: "contradiction", count: 1 }));
  const pages = await Promise.all(
    ["en", "zh-CN"].map(async (lang) =>
      (await fetch(`${receiver.url}/data-quality?month=2025-10&lang=${lang}`)).text(),
    ),
  );
  expect(pages[0]).toContain("The first token came after the end of the answer");
  expect(pages[1]).toContain("首个字晚于回答结束");
});
