import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { ticketPriorities, ticketStatuses } from "../domain/tickets.ts";
import { recordTicketStatus } from "../record-ticket-status.ts";
import { requireShift } from "../require-shift.ts";
import type { WorkbenchServices } from "../workbench-services.ts";
import { requireOpenTicket, ticketParams } from "./ticket-params.ts";

/** `PATCH /api/tickets/:ticket_id`: status or priority; the status `closed` closes the ticket. */
export const updateTicketRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.patch(
    "/api/tickets/:ticket_id",
    {
      schema: {
        params: ticketParams,
        body: Type.Object({
          status: Type.Optional(Type.Enum([...ticketStatuses])),
          priority: Type.Optional(Type.Enum([...ticketPriorities])),
        }),
      },
    },
    async (request) => {
      const shift = requireShift(request, services.agents);
      const ticket = requireOpenTicket(services.tickets, request.params.ticket_id);
      ticket.priority = request.body.priority ?? ticket.priority;
      recordTicketStatus(services.tickets, ticket, request.body.status ?? ticket.status, shift.agent.id);
      return { ticket_id: ticket.id, status: ticket.status, priority: ticket.priority };
    },
  );
};
