import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("a ticket that is closed again a second later is resolved once, as its first close says", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "ticket.created", { ticket_id: 1 }],
    ["11:00:00", "ticket.closed", { ticket_id: 1, resolution_duration_hours: 2, sla_met: true, agent_id: 7 }],
    ["11:00:01", "ticket.closed", { ticket_id: 1, resolution_duration_hours: 2.5, sla_met: false, agent_id: 8 }],
  );
  const { of, text, document } = await october();
  expect(of).toMatchObject({ tickets_resolved: 1, tickets_closed_again: 1, tickets_closed: 2 });
  // Not 2 closes of 1 ticket, nor 50 % within SLA.
  expect(text).toMatchObject({
    ticket_resolution_rate: "100.0%",
    sla_met_rate: "100.0%",
    avg_resolution_hours: "2 h",
  });
  expect(document.agent_workbench).toMatchObject({ tickets_resolved: 1, sla_met_rate: "100.0%" });
});

test("a status, a close and an automatic close three days later are one resolution, on the day of the status", async () => {
  const { tell, october, receiver } = await openScenario();
  await tell(
    ["09:00:00", "ticket.created", { ticket_id: 1 }],
    ["2025-10-31 18:00:00", "ticket.status_changed", { ticket_id: 1, from_status: "open", to_status: "solved" }],
    ["2025-10-31 18:00:01", "ticket.closed", { ticket_id: 1, resolution_duration_hours: 441, sla_met: false }],
    ["2025-11-03 18:00:00", "ticket.status_changed", { ticket_id: 1, from_status: "solved", to_status: "closed" }],
  );
  const { of } = await october();
  expect(of).toMatchObject({ tickets_resolved: 1, tickets_closed_again: 0, sla_met_rate: 0 });
  const november: any = await (await fetch(`${receiver.url}/api/analytics/case-study?month=2025-11`)).json();
  expect(november.metrics.tickets_resolved.value).toBe(0);
});

test("a ticket that was merged or cancelled is resolved once, and a double click on the status is told", async () => {
  const { tell, october } = await openScenario();
  const change = (ticket_id: number, from_status: string, to_status: string) => ({ ticket_id, from_status, to_status });
  await tell(
    ["09:00:00", "ticket.created", { ticket_id: 1 }],
    ["09:10:00", "ticket.created", { ticket_id: 2 }],
    ["09:20:00", "ticket.status_changed", change(2, "new", "已合并")],
    ["09:20:00", "ticket.status_changed", change(2, "已合并", "archived")],
    ["10:00:00", "ticket.status_changed", change(1, "处理中", "Cancelled")],
    ["10:00:01", "ticket.status_changed", change(1, "处理中", "Cancelled")],
  );
  const { of } = await october();
  expect(of).toMatchObject({ tickets_created: 2, tickets_resolved: 2, tickets_closed_again: 1, tickets_closed: 0 });
});
