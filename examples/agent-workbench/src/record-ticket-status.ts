import { recordBusinessEvent } from "@spanledger/sdk";
import type { Ticket, Tickets, TicketStatus } from "./domain/tickets.ts";

/**
 * Moves a ticket to a status. Records `ticket.status_changed` if it changes, and `ticket.closed`
 * with the service level if it is closed by that; gives what the close was judged as.
 */
export function recordTicketStatus(
  tickets: Tickets,
  ticket: Ticket,
  status: TicketStatus,
  agentId: number,
): { resolutionHours: number; slaMet: boolean } | null {
  const from = ticket.status;
  if (from === status) return null;
  const closed = status === "closed" ? tickets.close(ticket) : null;
  ticket.status = status;
  recordBusinessEvent("ticket.status_changed", {
    ticket_id: ticket.id,
    from_status: from,
    to_status: status,
    agent_id: agentId,
  });
  if (closed !== null) {
    recordBusinessEvent("ticket.closed", {
      ticket_id: ticket.id,
      resolution_duration_hours: closed.resolutionHours,
      sla_met: closed.slaMet,
      agent_id: ticket.assigneeId ?? agentId,
    });
  }
  return closed;
}
