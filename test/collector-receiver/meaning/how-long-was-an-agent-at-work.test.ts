import { expect, test } from "vitest";
import { openScenario } from "./open-scenario.ts";
import type { Scenario, Told } from "./open-scenario.ts";

/** Hours of presence by state, and occupancy in percent, of October 2025. */
async function timeOf({
  receiver,
  october,
}: Scenario): Promise<{ present: number; occupancy: number | null; away: number }> {
  const answer = await fetch(`${receiver.url}/api/analytics/operations?month=2025-10`);
  const { metrics } = (await answer.json()) as { metrics: Record<string, { value: number | null }> };
  const hours = (key: string): number => (metrics[key]?.value ?? Number.NaN) / 3_600_000;
  // A recount of all events says the same.
  await october();
  return {
    present: hours("agent_online_ms") + hours("agent_busy_ms") + hours("agent_away_ms"),
    away: hours("agent_away_ms"),
    occupancy: metrics["agent_occupancy_rate"]?.value ?? null,
  };
}

const agent = { agent_id: 7 };

test("eight hours on two devices, of which the phone is put away at eleven, are eight hours", async () => {
  const scenario = await openScenario();
  const shift: Told[] = [
    ["09:00:00", "agent.login", agent],
    ["09:00:20", "agent.login", agent],
    ["11:00:00", "agent.logout", agent],
    ["17:00:00", "agent.logout", agent],
  ];
  for (let hour = 9; hour <= 16; hour++) {
    const at = (minute: number): string => `${String(hour).padStart(2, "0")}:${minute}:00`;
    const session = { ...agent, session_id: `s-${hour}` };
    shift.push([at(10), "agent.session_takeover", session], [at(50), "agent.session_release", session]);
  }
  await scenario.tell(...shift);
  const { present, occupancy } = await timeOf(scenario);
  expect(present).toBe(8);
  // Forty minutes of each hour.
  expect(occupancy).toBeCloseTo((100 * 40) / 60, 5);
});

test("devices that say who they are each log out for themselves", async () => {
  const scenario = await openScenario();
  const [desk, phone] = ["desk", "phone"].map((login_id) => ({ ...agent, login_id }));
  await scenario.tell(
    ["09:00:00", "agent.login", desk as typeof agent],
    ["10:00:00", "agent.login", phone as typeof agent],
    ["10:30:00", "agent.status_change", { ...(desk as typeof agent), to_status: "busy" }],
    ["11:00:00", "agent.logout", phone as typeof agent],
    ["12:00:00", "agent.logout", desk as typeof agent],
    ["15:00:00", "agent.login", phone as typeof agent],
    ["16:00:00", "agent.logout", phone as typeof agent],
  );
  const { present, occupancy } = await timeOf(scenario);
  expect(present).toBe(4);
  // Busy from 10:30 to 12:00, on whichever device.
  expect(occupancy).toBe((100 * 1.5) / 4);
});

test("a page that is loaded anew ten times a day is not an absence", async () => {
  const scenario = await openScenario();
  const shift: Told[] = [];
  for (let day = 13; day <= 18; day++) {
    const at = (time: string): string => `2025-10-${day} ${time}`;
    shift.push([at("08:00:00"), "agent.login", agent]);
    for (let i = 0; i < 10; i++) {
      const time = `${String(8 + i).padStart(2, "0")}:30:00`;
      // The same millisecond: only the ids put them in an order.
      shift.push([at(time), "agent.logout", agent], [at(time), "agent.login", agent]);
    }
    shift.push([at("18:00:00"), "agent.logout", agent]);
  }
  await scenario.tell(...shift);
  expect((await timeOf(scenario)).present).toBe(60);
});

test("a call of six hours is six hours", async () => {
  const scenario = await openScenario();
  const call = { ...agent, session_id: "call" };
  await scenario.tell(
    ["10:00:00", "agent.login", agent],
    ["10:00:00", "agent.session_takeover", call],
    ["16:00:00", "agent.session_release", { ...call, handle_duration_seconds: 21_600 }],
    ["16:00:00", "agent.logout", agent],
  );
  const { present, occupancy } = await timeOf(scenario);
  expect([present, occupancy]).toEqual([6, 100]);
});

test("without a login, the call alone says that the agent was there", async () => {
  const scenario = await openScenario();
  const call = { ...agent, session_id: "call" };
  await scenario.tell(["10:00:00", "agent.session_takeover", call], ["16:00:00", "agent.session_release", call]);
  expect(await timeOf(scenario)).toEqual({ present: 6, occupancy: 100, away: 0 });
});

test("a logout whose login carries a later time by a skewed clock leaves no phantom", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    ["09:00:00", "agent.logout", agent],
    ["09:00:01", "agent.login", agent],
    ["13:00:01", "agent.session_message", { ...agent, session_id: "s-1" }],
  );
  expect((await timeOf(scenario)).present).toBe(0);
});

test("a job that closes tickets at night keeps nobody at work; tickets between login and logout do", async () => {
  const scenario = await openScenario();
  const ticket = (id: number) => ({ ...agent, ticket_id: id });
  await scenario.tell(
    ["09:00:00", "agent.login", agent],
    ["12:00:00", "ticket.assigned", ticket(1)],
    ["15:30:00", "ticket.closed", ticket(1)],
    ["17:00:00", "agent.logout", agent],
    // The next day nobody logs out, and the night's job goes on for hours.
    ["2025-10-14 09:00:00", "agent.login", agent],
    ["2025-10-14 10:00:00", "agent.session_message", { ...agent, session_id: "s-1" }],
    ["2025-10-14 13:30:00", "ticket.closed", ticket(2)],
    ["2025-10-14 17:00:00", "ticket.closed", ticket(3)],
    ["2025-10-15 02:00:00", "ticket.closed", ticket(4)],
    ["2025-10-16 09:00:00", "agent.login", agent],
    ["2025-10-16 10:00:00", "agent.logout", agent],
  );
  // 8 h, then 9 to 14, then 1 h.
  expect((await timeOf(scenario)).present).toBe(14);
});

test("two calls at once are occupied once, and a hold ends with another agent's takeover, the end or twelve hours", async () => {
  const scenario = await openScenario();
  const held = (session_id: string, agent_id = 7) => ({ agent_id, session_id });
  await scenario.tell(
    ["08:00:00", "agent.login", agent],
    ["08:00:00", "agent.session_takeover", held("a")],
    ["08:30:00", "agent.session_takeover", held("b")],
    ["09:00:00", "agent.session_takeover", held("a", 8)],
    ["09:00:30", "agent.session_transfer", held("a", 8)],
    ["09:30:00", "session.end", { session_id: "b" }],
    ["10:00:00", "agent.session_takeover", held("c")],
    ["10:20:00", "agent.session_message", held("c")],
    ["12:00:00", "agent.logout", agent],
    ["2025-10-14 06:00:00", "agent.session_takeover", held("d")],
    ["2025-10-14 23:00:00", "agent.session_release", held("d")],
  );
  const { present, occupancy } = await timeOf(scenario);
  // 4 h, agent 8's half minute, and 12 h of the 17.
  expect(present).toBeCloseTo(4 + 30 / 3600 + 12, 9);
  const occupied = 1.5 + 20 / 60 + 30 / 3600 + 12;
  expect(occupancy).toBeCloseTo((100 * occupied) / present, 5);
});

test("an agent who was there and did nothing is in every list, under the name that was told last", async () => {
  const scenario = await openScenario();
  await scenario.tell(
    ["2025-09-30 09:00:00", "agent.login", { ...agent, agent_name: "Wang" }],
    ["2025-09-30 10:00:00", "agent.logout", agent],
    ["09:00:00", "agent.status_change", { ...agent, to_status: "online" }],
    ["10:00:00", "agent.status_change", { ...agent, to_status: "offline" }],
    ["2025-11-03 09:00:00", "agent.login", { ...agent, agent_name: "Wang Fang" }],
  );
  const { url } = scenario.receiver;
  const read = async (path: string): Promise<any> => (await fetch(`${url}${path}`)).json();
  const named = expect.objectContaining({ agent_id: 7, agent_name: "Wang Fang" });
  expect((await read("/api/analytics/agents?month=2025-10")).agents).toContainEqual(named);
  expect((await read("/api/analytics/operations?month=2025-10")).agents).toContainEqual(named);
  const page = await (await fetch(`${url}/report?month=2025-10&lang=en`)).text();
  expect(page).toContain("Wang Fang");
  expect(page).not.toContain("Wang<");
  expect(await (await fetch(`${url}/report/agents/7?month=2025-10&lang=en`)).text()).toContain("Wang Fang");
  expect(await (await fetch(`${url}/report.csv?month=2025-10&lang=en`)).text()).toContain("Wang Fang");
});
