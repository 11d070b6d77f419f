import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

const customers = async ({ october }: Awaited<ReturnType<typeof openScenario>>) =>
  (await october()).of["unique_customers"];

test("the id that was told last decides, also if it changes back", async () => {
  const scenario = await openScenario();
  const { tell } = scenario;
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1", user_id: "u-1" }],
    ["09:01:00", "session.message", { session_id: "s-1", user_id: "u-2" }],
    ["09:02:00", "session.message", { session_id: "s-1", user_id: "u-1" }],
    ["10:00:00", "session.start", { session_id: "s-2", user_id: "u-1" }],
  );
  expect(await customers(scenario)).toBe(1);
  // A later one, told late: both ids are somebody's last word now.
  await tell(["09:30:00", "query.order", { session_id: "s-1", user_id: "u-2", success: true }]);
  expect(await customers(scenario)).toBe(2);
});

test("a placeholder that comes after an id takes nothing back", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    ["09:00:00", "session.start", { session_id: "s-1", user_id: "u-1" }],
    ["09:01:00", "session.end", { session_id: "s-1", user_id: "null" }],
    ["09:02:00", "session.start", { session_id: "s-2", user_id: "   " }],
  );
  expect(await customers(scenario)).toBe(1);
});

test("what agents and tickets say of a customer is not the conversation's word", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    ["09:00:00", "session.start", { session_id: "s-1", user_id: "u-1" }],
    ["09:01:00", "agent.session_takeover", { session_id: "s-1", agent_id: 7, user_id: "u-9" }],
    ["09:02:00", "ticket.created", { ticket_id: 1, session_id: "s-1", user_id: "u-8" }],
    ["10:00:00", "session.start", { session_id: "s-2", user_id: "u-1" }],
  );
  expect(await customers(scenario)).toBe(1);
});

test("two conversations of one customer are two conversations with one customer", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    ["09:00:00", "session.start", { session_id: "s-1", user_id: "u-1" }],
    ["09:30:00", "session.start", { session_id: "s-2", user_id: " u-1" }],
    ["10:00:00", "session.start", { session_id: "s-3", user_id: "u-1" }],
  );
  const { of, document } = await scenario.october();
  // Ids are compared as they are: only what stands for nobody is trimmed.
  expect(of).toMatchObject({ total_sessions: 3, unique_customers: 2 });
  expect(document.ai_chatbot.total_customers_served).toBe(3);
  expect(document.story).toContain("3 conversations with 2 customers");
});
