import { Type, type FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { recordBusinessEvent } from "@spanledger/sdk";
import type { ChatServices } from "../run-turn.ts";

/** `POST /api/sessions/:session_id/end`: the customer, or the page that is closed, ends the session. */
export const endSessionRoute: FastifyPluginAsyncTypebox<{ services: ChatServices }> = async (app, { services }) => {
  app.post(
    "/api/sessions/:session_id/end",
    {
      schema: {
        params: Type.Object({ session_id: Type.String({ maxLength: 64 }) }),
        body: Type.Optional(
          Type.Union([
            Type.Null(),
            Type.Object({ reason: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) }),
          ]),
        ),
      },
    },
    async (request, reply) => {
      const session = services.sessions.find(request.params.session_id);
      if (session === undefined) {
        return reply.code(404).send({
          error: {
            code: "session_unknown",
            message: `session "${request.params.session_id}" is unknown or has ended; nothing to do`,
          },
        });
      }
      session.state = "ended";
      recordBusinessEvent("session.end", {
        session_id: session.id,
        user_id: session.userId,
        reason: request.body?.reason ?? "customer_closed",
      });
      return { session_id: session.id, ended: true };
    },
  );
};
