import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Told } from "./open-scenario.ts";

const story: readonly Told[] = [
  ["09:00:00", "ticket.created", { ticket_id: 1 }],
  ["11:00:00", "ticket.closed", { ticket_id: 1, resolution_duration_hours: 2, sla_met: true }],
  ["2025-10-20 09:00:00", "ticket.status_changed", { ticket_id: 1, from_status: "closed", to_status: "重新打开" }],
  ["2025-11-01 09:00:00", "ticket.closed", { ticket_id: 1, resolution_duration_hours: 456, sla_met: false }],
];

test("a ticket that is open again is not resolved, and its first resolution stays known", async () => {
  const { tell, october } = await openScenario();
  await tell(...story.slice(0, 2));
  expect((await october()).of).toMatchObject({ tickets_resolved: 1, avg_resolution_hours: 2, sla_met_rate: 100 });
  await tell(...story.slice(2, 3));
  const { of, text } = await october();
  expect(of).toMatchObject({ tickets_resolved: 0, avg_first_resolution_hours: 2, tickets_closed: 1 });
  expect(text).toMatchObject({ avg_resolution_hours: "—", sla_met_rate: "—" });
});

test.each([
  ["as it happened", story],
  ["the other way round", story.toReversed()],
])("closed a second time it is resolved on that day, with that day's time and SLA, told %s", async (_, told) => {
  const { tell, october, receiver } = await openScenario();
  for (const event of told) await tell(event);
  const { of } = await october();
  expect(of).toMatchObject({ tickets_resolved: 0, avg_first_resolution_hours: 2 });
  const november: any = await (await fetch(`${receiver.url}/api/analytics/case-study?month=2025-11`)).json();
  const value = (key: string): number | null => november.metrics[key].value;
  expect(["tickets_resolved", "avg_resolution_hours", "sla_met_rate", "avg_first_resolution_hours"].map(value)).toEqual(
    [1, 456, 0, null],
  );
  const operations: any = await (await fetch(`${receiver.url}/api/analytics/operations?month=2025-10`)).json();
  expect(operations.metrics.ticket_reopen_rate).toMatchObject({ value: 100, numerator: 1, denominator: 1 });
});

test("a status in which work goes on opens a closed ticket again if it does not say from which", async () => {
  const { tell, october } = await openScenario();
  await tell(
    ["09:00:00", "ticket.created", { ticket_id: 1 }],
    ["11:00:00", "ticket.closed", { ticket_id: 1, sla_met: true }],
    ["12:00:00", "ticket.status_changed", { ticket_id: 1, to_status: "处理中" }],
  );
  expect((await october()).of).toMatchObject({ tickets_resolved: 0, sla_met_rate: null });
});
