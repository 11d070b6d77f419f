import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { withBusinessContext } from "@spanledger/sdk";
import { handOverSession } from "../hand-over-session.ts";
import type { ChatServices } from "../run-turn.ts";

/** `POST /api/sessions/:session_id/escalate`: the button "talk to a person". */
export const escalateSessionRoute: FastifyPluginAsyncTypebox<{ services: ChatServices }> = async (
  app,
  { services },
) => {
  app.post(
    "/api/sessions/:session_id/escalate",
    { schema: { params: Type.Object({ session_id: Type.String({ maxLength: 64 }) }) } },
    async (request, reply) => {
      const session = services.sessions.find(request.params.session_id);
      if (session === undefined) {
        return reply.code(404).send({
          error: {
            code: "session_unknown",
            message: `session "${request.params.session_id}" is unknown or has ended; start a new one`,
          },
        });
      }
      if (session.state === "ai") {
        await withBusinessContext({ user_id: session.userId }, async () =>
          handOverSession(
            session,
            { shouldEscalate: true, reason: "keyword", severity: "medium" },
            services.workbenchUrl,
            services.log,
          ),
        );
      }
      return { session_id: session.id, escalated: true };
    },
  );
};
