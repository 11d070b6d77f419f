import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("an end that a slow clock puts up to five minutes before its start is not a reused id; a later start is", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "session.end", { session_id: "skewed" }],
    ["09:05:00", "session.start", { session_id: "skewed" }],
    ["10:00:00", "session.start", { session_id: "again" }],
    ["10:10:00", "session.end", { session_id: "again" }],
    ["10:15:00.001", "session.start", { session_id: "again" }],
  );
  const { of } = await october();
  expect([of["total_sessions"], of["reused_session_ids"]]).toEqual([2, 1]);
});
