import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("the backlog of a past day is what was open then, whatever became of it", async () => {
  const { tell, october, receiver } = await openScenario();
  const backlogOn = async (day: string): Promise<(number | null)[]> => {
    const answer = await fetch(`${receiver.url}/api/analytics/operations?start_date=${day}&end_date=${day}`);
    const { metrics }: any = await answer.json();
    return [metrics.ticket_backlog.value, metrics.ticket_backlog_unassigned.value];
  };
  const change = (ticket_id: number, from_status: string, to_status: string) => ({ ticket_id, from_status, to_status });
  await tell(
    ["09:00:00", "ticket.created", { ticket_id: 1 }],
    ["09:00:00", "ticket.created", { ticket_id: 2 }],
    ["2025-10-14 09:00:00", "ticket.created", { ticket_id: 3 }],
    ["2025-10-14 10:00:00", "ticket.assigned", { ticket_id: 1, to_agent_id: 7 }],
    ["2025-10-15 10:00:00", "ticket.closed", { ticket_id: 1 }],
    ["2025-10-16 10:00:00", "ticket.status_changed", change(1, "closed", "open")],
    ["2025-10-17 10:00:00", "ticket.closed", { ticket_id: 1 }],
    ["2025-10-17 11:00:00", "ticket.closed", { ticket_id: 2 }],
    // Reopened and closed on one day: it was not open at the end of it.
    ["2025-10-18 10:00:00", "ticket.status_changed", change(2, "closed", "open")],
    ["2025-10-18 11:00:00", "ticket.closed", { ticket_id: 2 }],
  );
  const days = ["12", "13", "14", "15", "16", "17", "18"].map((day) => `2025-10-${day}`);
  const stock = [
    [0, 0],
    [2, 2],
    [3, 2],
    [2, 2],
    [3, 2],
    [1, 1],
    [1, 1],
  ];
  expect(await Promise.all(days.map(backlogOn))).toEqual(stock);
  expect((await october()).of).toMatchObject({ tickets_resolved: 2 });
  // A close that is told late corrects the days that it belongs to.
  await tell(["2025-10-14 23:59:59", "ticket.closed", { ticket_id: 3 }]);
  expect(await Promise.all(days.map(backlogOn))).toEqual([
    [0, 0],
    [2, 2],
    [2, 1],
    [1, 1],
    [2, 1],
    [0, 0],
    [0, 0],
  ]);
  await october();
});
