import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordBusinessEvent } from "@spanledger/sdk";
import { agentStatuses } from "../domain/agents.ts";
import { requireShift } from "../require-shift.ts";
import type { WorkbenchServices } from "../workbench-services.ts";

/** `PUT /api/auth/status`: online, busy, away, offline. Setting the same status again is not a change. */
export const agentStatusRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.put(
    "/api/auth/status",
    { schema: { body: Type.Object({ status: Type.Enum([...agentStatuses]) }) } },
    async (request) => {
      const shift = requireShift(request, services.agents);
      const from = shift.status;
      shift.status = request.body.status;
      if (from !== shift.status) {
        recordBusinessEvent("agent.status_change", {
          agent_id: shift.agent.id,
          from_status: from,
          to_status: shift.status,
        });
      }
      return { status: shift.status };
    },
  );
};
