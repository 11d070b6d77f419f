import type { Narrate } from "./history-event.ts";
import type { SampleShift } from "./plan-shifts.ts";
import type { SeededRandom } from "./seeded-random.ts";

/** Login, a break, now and then a busy spell, and the logout with what was done in between. */
export function narrateShift(shift: SampleShift, random: SeededRandom, narrate: Narrate): void {
  const agent_id = shift.agent.id;
  narrate("agent.login", shift.startMs, { agent_id, agent_name: shift.agent.name });

  const breakStart = shift.startMs + random.integer(200, 290) * 60_000;
  const breakEnd = breakStart + random.integer(28, 55) * 60_000;
  narrate("agent.status_change", breakStart, { agent_id, from_status: "online", to_status: "away" });
  narrate("agent.status_change", breakEnd, { agent_id, from_status: "away", to_status: "online" });
  if (random.chance(0.6)) {
    const busyStart = breakEnd + random.integer(20, 80) * 60_000;
    const busyEnd = busyStart + random.integer(10, 40) * 60_000;
    narrate("agent.status_change", busyStart, { agent_id, from_status: "online", to_status: "busy" });
    narrate("agent.status_change", busyEnd, { agent_id, from_status: "busy", to_status: "online" });
  }

  const logout = Math.max(shift.endMs, shift.lastWorkMs + random.integer(20, 240) * 1_000);
  narrate("agent.logout", logout, {
    agent_id,
    work_duration_minutes: Math.round((logout - shift.startMs) / 600) / 100,
    sessions_handled: shift.sessionsHandled,
  });
}
