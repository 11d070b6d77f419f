import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { releaseSession } from "../release-session.ts";
import { requireShift } from "../require-shift.ts";
import type { WorkbenchServices } from "../workbench-services.ts";
import { requireHeldSession, sessionParams } from "./session-params.ts";

/** `POST /api/sessions/:session_id/release`: the agent is done with the chat. */
export const releaseSessionRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.post("/api/sessions/:session_id/release", { schema: { params: sessionParams } }, async (request) => {
    const shift = requireShift(request, services.agents);
    const session = requireHeldSession(services.desk, request.params.session_id, shift);
    const { handleSeconds } = releaseSession(services.desk, session, shift.agent.id);
    return { session_id: session.id, handle_duration_seconds: handleSeconds, message_count: session.messageCount };
  });
};
