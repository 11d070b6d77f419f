import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordTicketStatus } from "../record-ticket-status.ts";
import { requireShift } from "../require-shift.ts";
import type { WorkbenchServices } from "../workbench-services.ts";
import { requireOpenTicket, ticketParams } from "./ticket-params.ts";

/** `POST /api/tickets/:ticket_id/close`: the customer is helped; the service level is judged now. */
export const closeTicketRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.post("/api/tickets/:ticket_id/close", { schema: { params: ticketParams } }, async (request) => {
    const shift = requireShift(request, services.agents);
    const ticket = requireOpenTicket(services.tickets, request.params.ticket_id);
    const closed = recordTicketStatus(services.tickets, ticket, "closed", shift.agent.id);
    return {
      ticket_id: ticket.id,
      status: ticket.status,
      resolution_duration_hours: closed?.resolutionHours,
      sla_met: closed?.slaMet,
    };
  });
};
