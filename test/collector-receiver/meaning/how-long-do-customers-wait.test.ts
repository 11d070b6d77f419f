import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("first is first: a conversation that passes through three agents has one first response", async () => {
  const { tell, october, receiver } = await openScenario();
  await tell(
    ["09:00:00", "session.start", { session_id: "s-1" }],
    ["09:31:00", "agent.session_takeover", { agent_id: 3, session_id: "s-1", wait_duration_seconds: 1200 }],
    ["09:01:00", "agent.session_takeover", { agent_id: 1, session_id: "s-1", wait_duration_seconds: 60 }],
    ["09:11:00", "agent.session_takeover", { agent_id: 2, session_id: "s-1", wait_duration_seconds: 600 }],
  );
  const { of, text } = await october();
  expect(of).toMatchObject({
    sessions_handled: 3,
    first_takeovers: 1,
    avg_first_response_ms: 60_000,
    avg_later_wait_ms: 900_000,
    plan_avg_first_response_ms: 620_000,
  });
  expect(text).toMatchObject({ avg_first_response_ms: "1 min", avg_later_wait_ms: "15 min" });
  const answer = await fetch(`${receiver.url}/api/analytics/agents?month=2025-10`);
  const { agents } = (await answer.json()) as {
    agents: { agent_id: number; metrics: Record<string, { value: number | null }> }[];
  };
  const waits = Object.fromEntries(
    agents.map((agent) => [agent.agent_id, agent.metrics["avg_first_response_ms"]?.value]),
  );
  expect(waits).toEqual({ 1: 60_000, 2: null, 3: null, null: null });
});

test("a first wait that is not known is not replaced by a later one", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:01:00", "agent.session_takeover", { agent_id: 1, session_id: "s-1" }],
    ["09:11:00", "agent.session_takeover", { agent_id: 2, session_id: "s-1", wait_duration_seconds: 600 }],
  );
  expect((await october()).of).toMatchObject({
    first_takeovers: 1,
    first_waits_known: 0,
    avg_first_response_ms: null,
    avg_later_wait_ms: 600_000,
  });
});
