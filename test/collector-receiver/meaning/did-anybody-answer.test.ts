import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("a conversation that nobody answered is unanswered, and whether the AI resolves anything is not known", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    ["09:05:00", "session.end", { session_id: "s-1", reason: "customer_left" }],
    ["10:00:00", "session.start", { session_id: "s-2" }],
    ["10:00:01", "session.message", { session_id: "s-2", role: "user" }],
  );
  const { of, text, document } = await october();
  expect(of).toMatchObject({ total_sessions: 2, outcome_unanswered: 2, ai_resolved_sessions: null });
  expect(text).toMatchObject({ ai_resolution_rate: "—", estimated_cost_saved: "—" });
  expect(document.ai_chatbot).toMatchObject({ total_customers_served: 2, ai_resolution_rate: "—", cost_saved: "—" });
  expect(document.notes.map(({ code }: { code: string }) => code)).toContain("no_ai_answers");
});
