import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordBusinessEvent } from "@spanledger/sdk";
import { requireShift } from "../require-shift.ts";
import { WorkbenchError } from "../workbench-error.ts";
import type { WorkbenchServices } from "../workbench-services.ts";
import { requireOpenTicket, ticketParams } from "./ticket-params.ts";

/** `POST /api/tickets/:ticket_id/assign`: gives a ticket to an agent of the team. */
export const assignTicketRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.post(
    "/api/tickets/:ticket_id/assign",
    { schema: { params: ticketParams, body: Type.Object({ agent_id: Type.Integer() }) } },
    async (request) => {
      requireShift(request, services.agents);
      const ticket = requireOpenTicket(services.tickets, request.params.ticket_id);
      const assignee = services.agents.find(request.body.agent_id);
      if (assignee === undefined) {
        throw new WorkbenchError(
          422,
          "agent_unknown",
          `agent ${request.body.agent_id} is not of the team; name another agent`,
        );
      }
      const before = ticket.assigneeId;
      ticket.assigneeId = assignee.id;
      recordBusinessEvent("ticket.assigned", {
        ticket_id: ticket.id,
        from_agent_id: before,
        to_agent_id: assignee.id,
      });
      return { ticket_id: ticket.id, assignee_id: assignee.id };
    },
  );
};
