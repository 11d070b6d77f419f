import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordBusinessEvent } from "@spanledger/sdk";
import { requireShift } from "../require-shift.ts";
import type { WorkbenchServices } from "../workbench-services.ts";
import { requireHeldSession, sessionParams } from "./session-params.ts";

/** `POST /api/sessions/:session_id/messages`: the agent writes to the customer. */
export const sessionMessageRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.post(
    "/api/sessions/:session_id/messages",
    {
      schema: {
        params: sessionParams,
        body: Type.Object({ message: Type.String({ minLength: 1, maxLength: 4_000 }) }),
      },
    },
    async (request) => {
      const shift = requireShift(request, services.agents);
      const session = requireHeldSession(services.desk, request.params.session_id, shift);
      session.messageCount += 1;
      recordBusinessEvent("agent.session_message", {
        agent_id: shift.agent.id,
        session_id: session.id,
        message_length: Array.from(request.body.message).length,
      });
      return { session_id: session.id, message_count: session.messageCount };
    },
  );
};
