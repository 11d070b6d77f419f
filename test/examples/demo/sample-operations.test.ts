import { expect, test } from "vitest";
import { setWorkingHours } from "../../../examples/demo/set-working-hours.ts";
import { encodeHistory } from "../../../examples/demo/history/encode-history.ts";
import { generateHistory } from "../../../examples/demo/history/generate-history.ts";
import { dayOf } from "../../../examples/demo/history/sample-calendar.ts";
import { verifyTenant } from "../../../collector-receiver/src/recount/verify-tenant.ts";
import { startTestReceiver } from "../../support/start-test-receiver.ts";

test("the sample shop's operations figures are those of a small team that works in shifts", async () => {
  const { url, database } = await startTestReceiver();
  const history = generateHistory({
    seed: "spanledger",
    firstDay: dayOf(Date.UTC(2026, 8, 1)),
    lastDay: dayOf(Date.UTC(2026, 9, 12)),
    untilMs: Date.UTC(2026, 9, 12),
  });
  const headers = { "content-type": "application/json" };
  const send = async (from: number, to: number) => {
    const body = encodeHistory(history.slice(from, to));
    expect((await fetch(`${url}/v1/traces`, { method: "POST", headers, body })).status).toBe(200);
  };
  // The first events make the tenant known; the calendar is set before the rest, as in the demo.
  await send(0, 10);
  await setWorkingHours(database.connectionString);
  for (let at = 10; at < history.length; at += 2000) await send(at, at + 2000);
  expect(await verifyTenant(database.connectionString, "default")).toMatchObject({ drifts: 0 });

  const answer = await fetch(`${url}/api/analytics/operations?month=2026-09&lang=en`);
  const { metrics, agents } = (await answer.json()) as {
    metrics: Record<string, { value: number; formatted: string }>;
    agents: { agent_id: number; agent_name: string; metrics: Record<string, { value: number }> }[];
  };
  const valueOf = (key: string): number => metrics[key]?.value ?? Number.NaN;
  const hours = (key: string): number => valueOf(key) / 3_600_000;
  const between = (value: number, least: number, most: number, what: string): void => {
    expect(value, what).toBeGreaterThan(least);
    expect(value, what).toBeLessThan(most);
  };
  // Six agents, four of them a day and three at weekends, eight hours each, of which forty minutes are a break.
  expect(agents).toHaveLength(6);
  between(hours("agent_online_ms"), 200, 700, "hours online");
  between(hours("agent_away_ms"), 30, 120, "hours away");
  between(hours("agent_busy_ms"), 400, 800, "hours busy");
  for (const agent of agents) {
    between((agent.metrics["agent_online_ms"]?.value ?? 0) / 3_600_000, 30, 200, agent.agent_name);
    between(agent.metrics["agent_occupancy_rate"]?.value ?? 0, 55, 85, agent.agent_name);
  }
  between(valueOf("agent_occupancy_rate"), 60, 80, "occupancy");
  between(valueOf("ai_involvement_rate"), 90, 97, "involvement");
  between(valueOf("ai_resolution_confirmed_rate"), 40, 85, "confirmed");
  between(valueOf("ai_resolution_assumed_rate"), 5, 40, "assumed");
  between(valueOf("ai_resolution_durable_rate"), 40, 99, "durable");
  between(valueOf("first_response_p50_ms"), 10_000, 60_000, "first response");
  between(valueOf("first_response_p90_ms"), valueOf("first_response_p50_ms"), 180_000, "first response p90");
  between(valueOf("handle_time_p50_ms"), 240_000, 720_000, "handle time");
  // Tickets that wait through the night are shorter in working hours.
  between(valueOf("resolution_time_business_p90_ms"), 1, valueOf("resolution_time_p90_ms"), "resolution in hours");
  between(valueOf("ticket_reopen_rate"), 1, 12, "reopen rate");
  between(valueOf("ticket_backlog"), 5, 80, "backlog");
});
