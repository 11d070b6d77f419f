import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("conversations, escalations and waits stand in the hour in which each happened, over as many such hours", async () => {
  const { tell, october, receiver } = await openScenario();
  await tell(
    // Monday 13 October 2025, which is the first day of all.
    ["09:59:59", "session.start", { session_id: "a" }],
    ["10:00:00", "session.escalate", { session_id: "a" }],
    ["11:30:00", "agent.session_takeover", { session_id: "a", agent_id: 1, wait_duration_seconds: 5400 }],
    ["09:10:00", "session.start", { session_id: "b" }],
    ["12:00:00", "session.escalate", { session_id: "b" }],
    ["12:01:00", "agent.session_takeover", { session_id: "b", agent_id: 1 }],
    ["2025-10-21 00:05:00", "session.start", { session_id: "c" }],
    ["2025-10-21 00:06:00", "agent.session_takeover", { session_id: "c", agent_id: 2, wait_duration_seconds: 60 }],
    ["09:20:00", "session.start", { session_id: "test", test: true }],
  );
  // What comes later may say that something was earlier.
  await tell(
    ["09:20:00", "session.escalate", { session_id: "b" }],
    ["2025-10-20 09:00:00", "session.start", { session_id: "c" }],
    ["2025-10-21 03:00:00", "agent.session_takeover", { session_id: "c", agent_id: 3, wait_duration_seconds: 9 }],
  );
  const { of } = await october();
  const answer = await fetch(`${receiver.url}/api/analytics/hours?month=2025-10`);
  const { hours, total, counted_from: from, counted_to: to }: any = await answer.json();
  expect([from, to]).toEqual(["2025-10-13", "2025-10-31"]);
  expect(hours).toHaveLength(7 * 24);
  expect(total).toEqual({ conversations: 3, escalations: 2, takeovers: 3, waits_known: 2, avg_wait_ms: 2_730_000 });
  expect([of["total_sessions"], of["first_takeovers"], of["first_waits_known"]]).toEqual([3, 3, 2]);
  const happened = hours
    .filter((hour: any) => hour.conversations + hour.escalations + hour.takeovers > 0)
    .map(({ weekday, hour, conversations, escalations, takeovers, avg_wait_ms: wait }: any) => [
      weekday,
      hour,
      conversations,
      escalations,
      takeovers,
      wait,
    ]);
  expect(happened).toEqual([
    [1, 9, 3, 1, 0, null],
    [1, 10, 0, 1, 0, null],
    [1, 11, 0, 0, 1, 5_400_000],
    [1, 12, 0, 0, 1, null],
    [2, 0, 0, 0, 1, 60_000],
  ]);
  // Three Mondays from the 13th on.
  expect(hours[9]).toMatchObject({ occurrences: 3, conversations_per_hour: 1, escalations_per_hour: 0.333333 });
  const day = await (await fetch(`${receiver.url}/api/analytics/hours?period=2025-10-12`)).json();
  expect(day).toMatchObject({ counted_from: null, counted_to: null, total: { conversations: 0, avg_wait_ms: null } });
});
