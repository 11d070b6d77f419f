import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("placeholders are nobody", async () => {
  const { tell, october, receiver } = await openScenario();
  const nobody = [
    ...["", "null", " NULL ", "undefined", "none", "Anonymous", "0", "-1", "   ", "\u3000", 0, -1],
    ...["Guest", "N/A", "NaN", "unknown", "匿名", " 游客 ", "访客", "未登录", "-", "{}"],
    ...['"null"', "(NULL)", "[object Object]", "00000000-0000-0000-0000-000000000000"],
  ];
  for (const [i, user_id] of nobody.entries()) {
    const session_id = `s-${i}`;
    await tell(
      ["09:00:00", "session.start", { session_id, user_id }],
      ["09:00:02", "session.message", { session_id, role: "ai" }],
      ["09:05:00", "session.end", { session_id }],
    );
  }
  const { of, document } = await october();
  expect(of).toMatchObject({ total_sessions: nobody.length, unique_customers: 0 });
  expect(document.story).not.toMatch(/customers/);
  expect(document.notes).toContainEqual(expect.objectContaining({ code: "placeholder", count: nobody.length }));
  // The list behind the ledger has each of them.
  const list = "/data-quality/events?month=2025-10&code=placeholder&event=session.start&attribute=user_id&lang=en";
  const page = await (await fetch(receiver.url + list)).text();
  expect(page).toContain(`${nobody.length} of ${nobody.length} shown`);
});

test("an id that only looks like a placeholder is somebody", async () => {
  const { tell, october } = await openScenario();
  const somebody = ["null-1", "guest7", "00", "1", "-2", "anonymous@example.com", "游客王芳", "non"];
  for (const [i, user_id] of somebody.entries()) {
    await tell(["09:00:00", "session.start", { session_id: `s-${i}`, user_id }]);
  }
  expect((await october()).of).toMatchObject({ unique_customers: somebody.length });
});

test("a visitor who gives a name is that customer, also the day after", async () => {
  const { tell, october, receiver } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1", user_id: "visitor-0001" }],
    ["09:00:02", "session.message", { session_id: "s-1", role: "ai" }],
    ["09:01:00", "session.message", { session_id: "s-1", role: "user", user_id: "u-77" }],
    ["09:05:00", "session.end", { session_id: "s-1", reason: "resolved" }],
    ["2025-10-14 09:00:00", "session.start", { session_id: "s-2", user_id: "u-77" }],
    ["2025-10-14 09:00:02", "session.message", { session_id: "s-2", role: "ai" }],
  );
  const { of, document } = await october();
  expect(of).toMatchObject({ total_sessions: 2, unique_customers: 1 });
  expect(document.ai_chatbot.total_customers_served).toBe(2);
  expect(document.story).toContain("2 conversations with 1 customer");
  // The customer came back the next day: the first resolution did not last.
  const answer = await fetch(`${receiver.url}/api/analytics/operations?month=2025-10`);
  const { metrics } = (await answer.json()) as { metrics: Record<string, { value: number | null }> };
  expect(metrics["ai_resolutions_durable"]?.value).toBe(1);
  expect(metrics["ai_resolution_durable_rate"]?.value).toBe(50);
});

test("an id that is a number is the same customer as its digits", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1", user_id: 77 }],
    ["10:00:00", "session.start", { session_id: "s-2", user_id: "77" }],
  );
  expect((await october()).of["unique_customers"]).toBe(1);
});
