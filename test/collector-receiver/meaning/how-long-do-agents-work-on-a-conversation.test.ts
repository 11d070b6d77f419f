import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("handle time is the mean of the releases and transfers that tell it", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:10:00", "agent.session_transfer", { agent_id: 1, session_id: "s-1", handle_duration_seconds: 300 }],
    ["09:20:00", "agent.session_release", { agent_id: 2, session_id: "s-1", handle_duration_seconds: 900 }],
    ["09:30:00", "agent.session_release", { agent_id: 2, session_id: "s-2" }],
    ["09:40:00", "agent.session_release", { agent_id: 2, session_id: "s-3", handle_duration_seconds: "10 minutes" }],
    ["09:50:00", "agent.session_takeover", { agent_id: 2, session_id: "s-4" }],
  );
  const { of, text } = await october();
  expect(of).toMatchObject({
    sessions_released: 3,
    handles_known: 2,
    avg_handle_time_sec: 600,
    plan_avg_handle_time_sec: 900,
  });
  expect(text["avg_handle_time_sec"]).toBe("10 min");
});

test("without any, it is not known", async () => {
  const { tell, october } = await openScenario();
  await tell(["09:30:00", "agent.session_release", { agent_id: 2, session_id: "s-2" }]);
  expect((await october()).text["avg_handle_time_sec"]).toBe("—");
});
