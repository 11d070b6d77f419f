import type { Narrate } from "./history-event.ts";
import type { SampleShift } from "./plan-shifts.ts";
import type { SeededRandom } from "./seeded-random.ts";

const minuteMs = 60_000;
/** Tickets and mails take this long in one go, a median in minutes. */
const spellMinutes = 55;

/** Login, spells of work on tickets and mails with free time for chats between them, a break, and the logout. */
export function narrateShift(shift: SampleShift, busyShare: number, random: SeededRandom, narrate: Narrate): void {
  const agent_id = shift.agent.id;
  const login_id = `web-${shift.startMs.toString(36)}`;
  const changed = (at: number, from_status: "online" | "busy" | "away", to_status: "online" | "busy" | "away"): void =>
    narrate("agent.status_change", Math.round(at), { agent_id, from_status, to_status, login_id });
  narrate("agent.login", shift.startMs, { agent_id, agent_name: shift.agent.name, login_id });

  const breakStart = shift.startMs + random.integer(200, 290) * minuteMs;
  const breakEnd = breakStart + random.integer(28, 55) * minuteMs;
  work(shift.startMs, breakStart);
  changed(breakStart, "online", "away");
  changed(breakEnd, "away", "online");
  work(breakEnd, shift.endMs);

  const logout = Math.max(shift.endMs, shift.lastWorkMs + random.integer(20, 240) * 1_000);
  narrate("agent.logout", logout, {
    agent_id,
    work_duration_minutes: Math.round((logout - shift.startMs) / 600) / 100,
    sessions_handled: shift.sessionsHandled,
    login_id,
  });

  /** Free and busy in turns, so that `busyShare` of the time is busy. */
  function work(from: number, to: number): void {
    for (let at = from; ;) {
      const busyMs = Math.min(120, Math.max(15, random.logNormal(spellMinutes, 0.35))) * minuteMs;
      const busyStart = at + (busyMs * (1 - busyShare)) / busyShare;
      const busyEnd = Math.min(busyStart + busyMs, to - minuteMs);
      if (busyEnd - busyStart < 5 * minuteMs) return;
      changed(busyStart, "online", "busy");
      changed(busyEnd, "busy", "online");
      at = busyEnd;
    }
  }
}
