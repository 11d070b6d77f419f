import { expect, test } from "vitest";
import { foldValue } from "../../../collector-receiver/src/metrics/attribute-counters.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { useTestDatabase } from "../../support/create-test-database.ts";
import { requestOf } from "./arbitrary-events.ts";
import { makeEvent, openTestIngest } from "../../support/open-test-ingest.ts";

test("escalations are counted by reason and day, a resent one once, test events not at all", async () => {
  const { connectionString, pool } = await useTestDatabase();
  const ingest = openTestIngest(connectionString);
  const escalation = (sessionId: string, reason: string | null, more: object = {}) =>
    makeEvent({
      name: "session.escalate",
      sessionId,
      attributes: { session_id: sessionId, ...(reason === null ? {} : { reason }) },
      ...more,
    });
  const events = [
    escalation("s-1", "keyword"),
    escalation("s-2", "keyword"),
    escalation("s-3", "客户投诉"),
    escalation("s-4", null),
    escalation("s-5", "keyword", { occurredAtMs: Date.UTC(2025, 11, 25, 20) }),
    escalation("s-6", "keyword", { test: true, attributes: { session_id: "s-6", reason: "keyword", test: true } }),
    makeEvent({ name: "session.end", sessionId: "s-1", attributes: { session_id: "s-1", reason: "customer_closed" } }),
  ];
  await ingest.submit(requestOf(events), 1000);
  await ingest.submit(requestOf(events.slice(0, 3)), 1000);
  await ingest.close();

  const { rows } = await pool.query(
    "select day::text, event_name, attribute, value, events::int from analytics_attribute_counts order by day, events desc, value",
  );
  const counted = { event_name: "session.escalate", attribute: "reason" };
  expect(rows).toEqual([
    { ...counted, day: "2025-12-25", value: "keyword", events: 2 },
    { ...counted, day: "2025-12-25", value: "other", events: 1 },
    { ...counted, day: "2025-12-25", value: "客户投诉", events: 1 },
    { ...counted, day: "2025-12-26", value: "keyword", events: 1 },
  ]);
  expect(await verifyTenant(connectionString, "default")).toMatchObject({ drifts: 0 });
});

test.each([
  ["keyword", "keyword"],
  ["  two \n words ", "two words"],
  ["order 10423", "order #"],
  ["第3次失败", "第#次失败"],
  ["12345", "#"],
  ["", "other"],
  ["   ", "other"],
  [undefined, "other"],
  [7, "other"],
  ["x".repeat(40), "x".repeat(40)],
  ["x".repeat(41), "other"],
  ["I would like a human please", "other"],
])("a value %j is counted as %j", (value, counted) => {
  expect(foldValue(value)).toBe(counted);
});
