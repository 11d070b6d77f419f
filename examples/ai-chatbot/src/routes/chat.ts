import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { composeWaitingAnswer, languageOf } from "../domain/compose-answer.ts";
import { runTurn, type ChatServices } from "../run-turn.ts";
import { sayAnswer } from "../say-answer.ts";
import { chatRequest } from "./chat-request.ts";

/** `POST /api/chat`: one message in, one answer out. */
export const chatRoute: FastifyPluginAsyncTypebox<{ services: ChatServices }> = async (app, { services }) => {
  app.post("/api/chat", { schema: { body: chatRequest } }, async (request, reply) => {
    await runTurn(request.body, services, async (session, answer) => {
      const { message } = request.body;
      const text =
        answer === null ? composeWaitingAnswer(languageOf(message)) : await sayAnswer(answer.text, message, services);
      reply.send({
        session_id: session.id,
        reply: text,
        intent: answer?.intent ?? "with_human",
        escalated: session.state === "human" || answer?.regulation.shouldEscalate === true,
      });
      return { sentText: text };
    });
    return reply;
  });
};
