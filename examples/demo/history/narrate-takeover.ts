import type { SampleVisit } from "./sample-visit.ts";
import type { SampleDay } from "./sample-day.ts";
import type { SampleShift } from "./plan-shifts.ts";

interface EscalatedVisit extends SampleVisit {
  readonly escalatedAt: number;
  readonly waitMs: number;
}

/** An agent takes the chat, writes, passes it on now and then, releases it. Gives when, and who released it. */
export function narrateTakeover(
  visit: EscalatedVisit,
  onDuty: readonly SampleShift[],
  { random, narrate, openTicket }: Pick<SampleDay, "random" | "narrate" | "openTicket">,
): { readonly now: number; readonly agentId: number } {
  const session_id = visit.sessionId;
  let shift = random.pick(onDuty);
  let now = visit.escalatedAt + visit.waitMs;
  const takenAt = now;
  shift.sessionsHandled += 1;
  narrate("agent.session_takeover", now, {
    agent_id: shift.agent.id,
    session_id,
    wait_duration_seconds: Math.round(visit.waitMs / 100) / 10,
  });

  const messages = 2 + random.poisson(3.5);
  const handleMs = Math.round(random.logNormal(540_000, 0.5));
  const transferAfter = onDuty.length > 1 && random.chance(0.08) ? random.integer(1, messages - 1) : null;
  let sent = 0;
  for (let message = 0; message < messages; message++) {
    now = takenAt + Math.round((handleMs * (message + 0.5)) / messages) + random.integer(0, 2_000);
    narrate("agent.session_message", now, {
      agent_id: shift.agent.id,
      session_id,
      message_length: Math.round(random.logNormal(60, 0.6)),
    });
    sent += 1;
    if (sent === transferAfter) {
      const target = random.pick(onDuty.filter((other) => other !== shift));
      now += 1_000;
      narrate("agent.session_transfer", now, {
        agent_id: shift.agent.id,
        session_id,
        target_agent_id: target.agent.id,
        reason: random.pick(["language", "expertise", "shift_end"] as const),
      });
      shift.lastWorkMs = Math.max(shift.lastWorkMs, now);
      shift = target;
    }
  }
  now = Math.max(takenAt + handleMs, now) + 2_500;
  narrate("agent.session_release", now, {
    agent_id: shift.agent.id,
    session_id,
    handle_duration_seconds: Math.round((now - takenAt) / 100) / 10,
    message_count: sent,
  });
  shift.lastWorkMs = Math.max(shift.lastWorkMs, now);
  if (random.chance(0.22)) {
    openTicket({ createdAt: now + 5_000, source: "chat", sessionId: session_id, agentId: shift.agent.id });
  }
  return { now, agentId: shift.agent.id };
}
