import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { requireShift } from "../require-shift.ts";
import type { WorkbenchServices } from "../workbench-services.ts";

/** `POST /api/sessions/waiting` is the chatbot's: a chat waits. `GET` shows agents who waits, and how long. */
export const waitingSessionsRoute: FastifyPluginAsyncTypebox<{ services: WorkbenchServices }> = async (
  app,
  { services },
) => {
  app.post(
    "/api/sessions/waiting",
    {
      schema: {
        body: Type.Object({
          session_id: Type.String({ minLength: 1, maxLength: 64 }),
          channel: Type.Optional(Type.String({ maxLength: 32 })),
          reason: Type.Optional(Type.String({ maxLength: 64 })),
        }),
      },
    },
    async (request, reply) => {
      services.desk.announce(request.body.session_id);
      return reply.code(202).send({ session_id: request.body.session_id, waiting: true });
    },
  );
  app.get("/api/sessions/waiting", async (request) => {
    requireShift(request, services.agents);
    const now = Date.now();
    return services.desk.waiting().map((session) => ({
      session_id: session.id,
      waiting_seconds: Math.round((now - session.waitingSince) / 1_000),
    }));
  });
};
