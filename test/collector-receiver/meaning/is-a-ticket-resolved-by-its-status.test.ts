import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";

test("a status of 已解决 without any ticket.closed resolves a ticket, and its SLA is not known", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "ticket.created", { ticket_id: 1 }],
    ["10:00:00", "ticket.status_changed", { ticket_id: 1, to_status: "已解决" }],
    ["09:00:00", "ticket.created", { ticket_id: 2 }],
    ["11:00:00", "ticket.closed", { ticket_id: 2, sla_met: true }],
  );
  const { of, text, document } = await october();
  expect(of).toMatchObject({ tickets_resolved: 2, tickets_closed: 1, ticket_resolution_rate: 100 });
  // Of the one that is known, not of both.
  expect(document.metrics.sla_met_rate).toMatchObject({ value: 100, numerator: 1, denominator: 1 });
  expect(text["avg_resolution_hours"]).toBe("—");
});
