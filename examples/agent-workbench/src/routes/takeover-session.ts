import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordBusinessEvent } from "@spanledger/sdk";
import { requireShift } from "../require-shift.ts";
import { WorkbenchError } from "../workbench-error.ts";
import type { WorkbenchServices } from "../workbench-services.ts";
import { sessionParams } from "./session-params.ts";

/** `POST /api/sessions/:session_id/takeover`: an agent takes a chat, announced by the chatbot or not. */
export const takeoverSessionRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.post("/api/sessions/:session_id/takeover", { schema: { params: sessionParams } }, async (request) => {
    const shift = requireShift(request, services.agents);
    const sessionId = request.params.session_id;
    const taken = services.desk.takeOver(sessionId, shift.agent.id);
    if (taken === null) {
      throw new WorkbenchError(409, "session_taken", `session "${sessionId}" is with an agent already; pick another`);
    }
    shift.sessionsHandled += 1;
    recordBusinessEvent("agent.session_takeover", {
      agent_id: shift.agent.id,
      session_id: sessionId,
      wait_duration_seconds: taken.waitSeconds,
    });
    return { session_id: sessionId, agent_id: shift.agent.id, wait_duration_seconds: taken.waitSeconds };
  });
};
