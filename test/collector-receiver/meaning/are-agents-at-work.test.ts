import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("an agent who goes 离线, 忙碌 or 离席 is offline, busy or away", async () => {
  const { tell, october, receiver } = await openScenario();
  await tell(
    ["09:00:00", "agent.login", { agent_id: 7 }],
    ["10:00:00", "agent.status_change", { agent_id: 7, to_status: "忙碌" }],
    ["10:30:00", "agent.status_change", { agent_id: 7, to_status: " 离席 " }],
    ["10:45:00", "agent.status_change", { agent_id: 7, to_status: "在线" }],
    ["11:00:00", "agent.status_change", { agent_id: 7, to_status: "离线" }],
  );
  const answer = await fetch(`${receiver.url}/api/analytics/operations?month=2025-10`);
  const { metrics } = (await answer.json()) as { metrics: Record<string, { value: number | null }> };
  const minutes = (key: string): number => (metrics[key]?.value ?? Number.NaN) / 60_000;
  expect([minutes("agent_online_ms"), minutes("agent_busy_ms"), minutes("agent_away_ms")]).toEqual([75, 30, 15]);
  await october();
});
