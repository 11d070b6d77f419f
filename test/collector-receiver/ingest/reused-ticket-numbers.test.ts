import { expect, test } from "vitest";
import type { BusinessEvent } from "../../../collector-receiver/src/mapping/business-event.ts";
import { maxTicketChanges } from "../../../collector-receiver/src/metrics/ticket-contribution.ts";
import { rebuildTenant } from "../../../collector-receiver/src/recount/rebuild-tenant.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { readQualityEvents } from "../../../collector-receiver/src/stats/sql/read-quality-events.ts";
import { makeEvent, shareTestIngest } from "../../support/open-test-ingest.ts";
import { requestOf } from "./arbitrary-events.ts";

const world = shareTestIngest();
const noon = Date.UTC(2025, 11, 25, 4);

const close = (i: number): BusinessEvent =>
  makeEvent({
    name: "ticket.closed",
    ticketId: 0,
    agentId: 1 + (i % 3),
    occurredAtMs: noon + i * 60_000,
    attributes: { ticket_id: 0, sla_met: true, resolution_duration_hours: 1 },
  });

test("a number that a product sends for all of its tickets resolves nothing, and a batch reads no more of it than the bound", async () => {
  const { pool, connectionString } = world.database;
  const figures = async (): Promise<unknown> => {
    const { rows } = await pool.query(`
      select sum(tickets_resolved)::int as resolved, sum(tickets_closed_again)::int as again, sum(reused_ticket_ids)::int as reused,
        sum(tickets_closed)::int as closes, sum(resolution_ms)::bigint::text as ms, (
          select sum(events)::int from analytics_data_quality where code = 'closed_again') as noted
      from analytics_business_metrics where period_type = 'day'`);
    return rows[0];
  };
  const hour = "3600000";
  // The least of them comes last but one, and the bound is passed in the middle of a batch.
  const closes = Array.from({ length: maxTicketChanges + 200 }, (_, i) => close(i)).toReversed();
  await world.ingest.submit(requestOf(closes.slice(0, 600)), 1000);
  expect(await figures()).toEqual({ resolved: 1, again: 599, noted: 599, reused: 0, closes: 600, ms: hour });
  await world.ingest.submit(requestOf(closes.slice(600, maxTicketChanges)), 1000);
  expect(await figures()).toEqual({ resolved: 1, again: 999, noted: 999, reused: 0, closes: 1000, ms: hour });
  await world.ingest.submit(requestOf(closes.slice(maxTicketChanges, maxTicketChanges + 150)), 1000);
  const reused = { resolved: 0, again: 0, noted: 0, reused: 1, ms: "0" };
  expect(await figures()).toEqual({ ...reused, closes: 1150 });
  for (const event of closes.slice(maxTicketChanges + 150)) await world.ingest.submit(requestOf([event]), 1);
  expect(await figures()).toEqual({ ...reused, closes: 1200 });
  expect((await verifyTenant(connectionString, "default")).firstDrifts).toEqual([]);
  // Another ticket has a close of that day told twice: the list behind the ledger has that one alone.
  const twice = [0, 1].map((i) =>
    makeEvent({ name: "ticket.closed", ticketId: 1, occurredAtMs: noon + i, attributes: { ticket_id: 1 } }),
  );
  await world.ingest.submit(requestOf(twice), 2);
  const key = { code: "closed_again", attribute: "", detail: "", eventName: "ticket.closed" } as const;
  const day = { fromMs: noon, toMs: noon + 86_400_000 };
  const listed = await readQualityEvents(pool, "default", key, [day], null, 10);
  expect(listed.map(({ event_id: id }) => id)).toEqual([twice[1]?.eventId]);
  const both = { ...reused, resolved: 1, again: 1, noted: 1, closes: 1202 };
  expect(await figures()).toEqual(both);

  await pool.query(
    "delete from analytics_ticket_changes where changed_at > (select min(changed_at) from analytics_ticket_changes)",
  );
  expect((await verifyTenant(connectionString, "default")).drifts).toBeGreaterThan(0);
  await rebuildTenant(connectionString, "default");
  expect(await figures()).toEqual(both);
  expect((await verifyTenant(connectionString, "default")).firstDrifts).toEqual([]);
});
