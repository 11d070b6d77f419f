import { Type } from "@fastify/type-provider-typebox";
import type { Ticket, Tickets } from "../domain/tickets.ts";
import { WorkbenchError } from "../workbench-error.ts";

export const ticketParams = Type.Object({ ticket_id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) });

/**
 * A ticket that can still change.
 * @throws WorkbenchError `ticket_unknown` (404) or `ticket_closed` (409)
 */
export function requireOpenTicket(tickets: Tickets, ticketId: number): Ticket {
  const ticket = tickets.find(ticketId);
  if (ticket === undefined) {
    throw new WorkbenchError(404, "ticket_unknown", `ticket ${ticketId} does not exist; check its number`);
  }
  if (ticket.status === "closed") {
    throw new WorkbenchError(409, "ticket_closed", `ticket ${ticketId} is closed; create a new one`);
  }
  return ticket;
}
