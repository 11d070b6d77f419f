import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordBusinessEvent } from "@spanledger/sdk";
import { releaseSession } from "../release-session.ts";
import { requireShift } from "../require-shift.ts";
import type { WorkbenchServices } from "../workbench-services.ts";

/** `POST /api/auth/logout`: releases what the agent still holds and ends the shift. */
export const logoutRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (app, { services }) => {
  app.post("/api/auth/logout", async (request) => {
    const shift = requireShift(request, services.agents);
    for (const session of services.desk.allHeldBy(shift.agent.id)) {
      releaseSession(services.desk, session, shift.agent.id);
    }
    services.agents.endShift(shift);
    const workMinutes = Math.round((Date.now() - shift.startedAt) / 600) / 100;
    recordBusinessEvent("agent.logout", {
      agent_id: shift.agent.id,
      work_duration_minutes: workMinutes,
      sessions_handled: shift.sessionsHandled,
    });
    return { work_duration_minutes: workMinutes, sessions_handled: shift.sessionsHandled };
  });
};
