import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("a ticket counts for the agent of the close that resolved it, and the agents add up to the month", async () => {
  const { tell, october, receiver } = await openScenario();
  const closed = (ticket_id: number, agent_id: number, sla_met: boolean) => ({ ticket_id, agent_id, sla_met });
  await tell(
    ["09:00:00", "ticket.closed", closed(1, 7, true)],
    ["09:00:01", "ticket.closed", closed(1, 8, true)],
    ["10:00:00", "ticket.closed", closed(2, 7, true)],
    ["11:00:00", "ticket.status_changed", { ticket_id: 2, from_status: "closed", to_status: "open", agent_id: 7 }],
    ["12:00:00", "ticket.closed", closed(2, 9, false)],
    ["13:00:00", "ticket.status_changed", { ticket_id: 3, to_status: "resolved", agent_id: 9 }],
  );
  const { of } = await october();
  expect(of).toMatchObject({ tickets_resolved: 3, sla_met_rate: 50 });
  const { agents, total }: any = await (await fetch(`${receiver.url}/api/analytics/agents?month=2025-10`)).json();
  const resolved = agents.map(({ agent_id, metrics }: any) => [
    agent_id,
    metrics.tickets_resolved.value,
    metrics.sla_met_rate.value,
  ]);
  // Of a status nobody knows who resolved the ticket. Agent 8 clicked a ticket that was closed.
  expect(resolved).toEqual(
    expect.arrayContaining([
      [7, 1, 100],
      [8, 0, null],
      [9, 1, 0],
      [null, 1, null],
    ]),
  );
  expect(total.tickets_resolved?.value ?? total.metrics?.tickets_resolved?.value).toBe(3);
});
