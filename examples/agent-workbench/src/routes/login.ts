import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordBusinessEvent } from "@spanledger/sdk";
import { WorkbenchError } from "../workbench-error.ts";
import type { WorkbenchServices } from "../workbench-services.ts";

/** `POST /api/auth/login`: gives the bearer token of a shift. */
export const loginRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (app, { services }) => {
  app.post(
    "/api/auth/login",
    {
      schema: {
        body: Type.Object({
          username: Type.String({ minLength: 1, maxLength: 64 }),
          password: Type.String({ minLength: 1, maxLength: 256 }),
        }),
      },
    },
    async (request) => {
      const agent = services.agents.authenticate(request.body.username, request.body.password);
      if (agent === undefined) {
        throw new WorkbenchError(401, "login_refused", "username or password is wrong; check both and try again");
      }
      const { token, shift } = services.agents.startShift(agent);
      recordBusinessEvent("agent.login", { agent_id: agent.id, agent_name: agent.name });
      return { token, agent: { id: agent.id, name: agent.name, status: shift.status } };
    },
  );
};
