import type { Word } from "@spanledger/sdk";
import type { Narrate } from "./history-event.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface TicketOrigin {
  readonly createdAt: number;
  readonly source: "chat" | "email" | "phone";
  readonly sessionId: string | null;
  /** Who created it; null for a ticket that the chatbot wrote at night. */
  readonly agentId: number | null;
}
export type OpenTicket = (origin: TicketOrigin) => void;

type TicketStatus = Word<"ticket_status">;

const types = [
  ["inquiry", 30],
  ["return", 24],
  ["repair", 21],
  ["delivery", 18],
  ["complaint", 7],
] as const;

/** Priority, its share, the hours of its service level, and the median of what a close takes. */
const priorities = [
  [{ name: "urgent", slaHours: 4, medianHours: 1.4 }, 6],
  [{ name: "high", slaHours: 8, medianHours: 2.6 }, 18],
  [{ name: "normal", slaHours: 24, medianHours: 4.2 }, 60],
  [{ name: "low", slaHours: 72, medianHours: 9 }, 16],
] as const;

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/**
 * A ticket from its creation to its close, days later perhaps; one in twenty-five stays open, and one in twenty
 * comes back once.
 */
export function narrateTicket(
  ticketId: number,
  origin: TicketOrigin,
  assignees: readonly number[],
  random: SeededRandom,
  narrate: Narrate,
): void {
  const priority = random.weighted(priorities);
  narrate("ticket.created", origin.createdAt, {
    ticket_id: ticketId,
    source: origin.source,
    type: random.weighted(types),
    priority: priority.name,
    ...(origin.agentId === null ? {} : { agent_id: origin.agentId }),
    ...(origin.sessionId === null ? {} : { session_id: origin.sessionId }),
  });

  const resolutionMs = Math.round(random.logNormal(priority.medianHours * hourMs, 0.85)) + 4 * minuteMs;
  const closedAt = origin.createdAt + resolutionMs;
  let assignee = random.pick(assignees);
  const assignedAt = origin.createdAt + Math.round(resolutionMs * 0.1);
  narrate("ticket.assigned", assignedAt, { ticket_id: ticketId, to_agent_id: assignee });
  const changed = (at: number, from_status: TicketStatus, to_status: TicketStatus): void =>
    narrate("ticket.status_changed", Math.round(at), {
      ticket_id: ticketId,
      from_status,
      to_status,
      agent_id: assignee,
    });

  changed(assignedAt + minuteMs, "open", "in_progress");
  if (random.chance(0.12) && assignees.length > 1) {
    const before = assignee;
    assignee = random.pick(assignees.filter((agentId) => agentId !== before));
    narrate("ticket.assigned", origin.createdAt + Math.round(resolutionMs * 0.3) + minuteMs, {
      ticket_id: ticketId,
      from_agent_id: before,
      to_agent_id: assignee,
    });
  }
  if (random.chance(0.35)) {
    changed(origin.createdAt + resolutionMs * 0.45 + minuteMs, "in_progress", "pending");
    changed(origin.createdAt + resolutionMs * 0.7 + minuteMs, "pending", "in_progress");
  }
  if (random.chance(0.04)) return;
  const close = (at: number): void => {
    changed(at, "in_progress", "closed");
    narrate("ticket.closed", at, {
      ticket_id: ticketId,
      resolution_duration_hours: Math.round(((at - origin.createdAt) / hourMs) * 10_000) / 10_000,
      sla_met: at - origin.createdAt <= priority.slaHours * hourMs,
      agent_id: assignee,
    });
  };
  close(closedAt);
  if (!random.chance(0.05)) return;
  const reopenedAt = closedAt + Math.round(random.logNormal(20 * hourMs, 0.9)) + minuteMs;
  changed(reopenedAt, "closed", "in_progress");
  if (random.chance(0.9)) close(reopenedAt + Math.round(random.logNormal(2 * hourMs, 0.8)) + minuteMs);
}
