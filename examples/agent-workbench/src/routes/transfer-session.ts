import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordBusinessEvent } from "@spanledger/sdk";
import { requireShift } from "../require-shift.ts";
import { WorkbenchError } from "../workbench-error.ts";
import type { WorkbenchServices } from "../workbench-services.ts";
import { requireHeldSession, sessionParams } from "./session-params.ts";

/** `POST /api/sessions/:session_id/transfer`: the chat goes to another agent of the team. */
export const transferSessionRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.post(
    "/api/sessions/:session_id/transfer",
    {
      schema: {
        params: sessionParams,
        body: Type.Object({
          target_agent_id: Type.Integer(),
          reason: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
        }),
      },
    },
    async (request) => {
      const shift = requireShift(request, services.agents);
      const session = requireHeldSession(services.desk, request.params.session_id, shift);
      const target = request.body.target_agent_id;
      if (target === shift.agent.id || services.agents.find(target) === undefined) {
        throw new WorkbenchError(
          422,
          "target_agent_invalid",
          `agent ${target} is ${target === shift.agent.id ? "the one who has the session" : "not of the team"}; name another agent`,
        );
      }
      services.desk.transfer(session, target);
      recordBusinessEvent("agent.session_transfer", {
        agent_id: shift.agent.id,
        session_id: session.id,
        target_agent_id: target,
        reason: request.body.reason ?? "other",
      });
      return { session_id: session.id, agent_id: target };
    },
  );
};
