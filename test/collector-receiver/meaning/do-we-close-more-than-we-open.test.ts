import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

test("closing the tickets of last month gives closed ÷ created over 100 %, and is not called a rate of resolution", async () => {
  const { tell, october, receiver } = await openScenario();
  const created = (day: string, from: number, to: number): Told[] =>
    Array.from({ length: to - from }, (_, i) => [`${day} 09:00:00`, "ticket.created", { ticket_id: from + i }]);
  await tell(...created("2025-09-30", 0, 10), ...created("2025-10-13", 10, 40));
  // 35 of 40, 5 of them twice.
  for (let ticket = 0; ticket < 35; ticket++) {
    await tell(["2025-10-14 10:00:00", "ticket.closed", { ticket_id: ticket, sla_met: true }]);
    if (ticket % 7 === 0) await tell(["2025-10-14 10:00:02", "ticket.closed", { ticket_id: ticket, sla_met: true }]);
  }
  const { of, document } = await october();
  expect(of).toMatchObject({ tickets_created: 30, tickets_resolved: 35, tickets_closed_again: 5 });
  expect(document.metrics.ticket_resolution_rate).toMatchObject({ value: 116.666667, numerator: 35, denominator: 30 });
  const { metrics }: any = await (await fetch(`${receiver.url}/api/analytics/metrics?locale=en`)).json();
  const { name } = metrics.find(({ key }: { key: string }) => key === "ticket_resolution_rate");
  expect(name).toBe("Closed ÷ created");
  const page = await (await fetch(`${receiver.url}/report?month=2025-10&lang=en`)).text();
  expect(page).toContain("Closed ÷ created");
  expect(page).not.toContain("esolution rate of tickets");
  expect(page).not.toContain("Ticket resolution rate");
});
