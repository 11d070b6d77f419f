import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordBusinessEvent } from "@spanledger/sdk";
import { slaHours, ticketPriorities } from "../domain/tickets.ts";
import { requireShift } from "../require-shift.ts";
import type { WorkbenchServices } from "../workbench-services.ts";

/** `POST /api/tickets`: a ticket from a chat, a mail or a call. */
export const createTicketRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.post(
    "/api/tickets",
    {
      schema: {
        body: Type.Object({
          subject: Type.String({ minLength: 1, maxLength: 200 }),
          type: Type.String({ minLength: 1, maxLength: 32 }),
          source: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
          priority: Type.Optional(Type.Enum([...ticketPriorities])),
          session_id: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
          /** When the customer wrote, for mail that waited to be read; the service level counts from there. */
          received_at: Type.Optional(Type.String({ format: "date-time" })),
        }),
      },
    },
    async (request, reply) => {
      const shift = requireShift(request, services.agents);
      const { subject, type, source, priority, session_id, received_at } = request.body;
      const now = Date.now();
      const ticket = services.tickets.create({
        subject,
        type,
        source: source ?? "workbench",
        priority: priority ?? "normal",
        sessionId: session_id ?? null,
        receivedAt: received_at === undefined ? now : Math.min(now, Date.parse(received_at)),
        assigneeId: null,
      });
      recordBusinessEvent("ticket.created", {
        ticket_id: ticket.id,
        source: ticket.source,
        type: ticket.type,
        priority: ticket.priority,
        agent_id: shift.agent.id,
        session_id: ticket.sessionId,
      });
      return reply.code(201).send({
        ticket_id: ticket.id,
        status: ticket.status,
        priority: ticket.priority,
        due_at: new Date(ticket.receivedAt + slaHours[ticket.priority] * 3_600_000).toISOString(),
      });
    },
  );
};
