import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

const takeovers = (from: number, to: number, wait?: number): Told[] =>
  Array.from({ length: to - from }, (_, i) => [
    `09:0${from + i}:00`,
    "agent.session_takeover",
    { agent_id: 7, session_id: `s-${from + i}`, ...(wait === undefined ? {} : { wait_duration_seconds: wait }) },
  ]);

test("six takeovers without a wait have no average, not one of 0 seconds", async () => {
  const { tell, october } = await openScenario();
  await tell(...takeovers(0, 6));
  const { text, document } = await october();
  expect(text["avg_first_response_ms"]).toBe("—");
  expect(document.agent_workbench.avg_first_response).toBe("—");
  expect(document.notes).toContainEqual({
    code: "waits_unknown",
    message: "The wait of 0 of 6 first takeovers is known; the average first response rests on these.",
    count: 6,
  });
});

test("the average rests on the waits that are known, and the document says on how many", async () => {
  const { tell, october } = await openScenario();
  await tell(...takeovers(0, 5), ...takeovers(5, 10, 30));
  const { of, document } = await october();
  expect(of).toMatchObject({ first_takeovers: 10, first_waits_known: 5, avg_first_response_ms: 30_000 });
  expect(document.metrics.avg_first_response_ms).toMatchObject({ numerator: 150_000, denominator: 5 });
  expect(document.notes).toContainEqual(
    expect.objectContaining({ code: "waits_unknown", message: expect.stringContaining("5 of 10") }),
  );
});
