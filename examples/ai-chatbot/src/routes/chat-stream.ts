import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { composeWaitingAnswer, languageOf } from "../domain/compose-answer.ts";
import { runTurn, type ChatServices } from "../run-turn.ts";
import { streamAnswer } from "../say-answer.ts";
import { chatRequest } from "./chat-request.ts";

/** `POST /api/chat/stream`: the answer as server-sent events `session`, `token`…, `done`. */
export const chatStreamRoute: FastifyPluginAsyncTypebox<{ services: ChatServices }> = async (app, { services }) => {
  app.post("/api/chat/stream", { schema: { body: chatRequest } }, async (request, reply) => {
    const startedAt = performance.now();
    reply.hijack();
    const stream = reply.raw;
    stream.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache" });
    const send = (event: string, data: object): void => {
      stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    try {
      await runTurn(request.body, services, async (session, answer) => {
        send("session", { session_id: session.id });
        const { message } = request.body;
        const text = answer?.text ?? composeWaitingAnswer(languageOf(message));
        let sentText = "";
        let firstTokenMs: number | undefined;
        let aborted = false;
        // A model is not asked for those who are with a human.
        const voice = answer === null ? { ...services, model: null } : services;
        await streamAnswer(text, message, voice, (token) => {
          aborted ||= stream.destroyed;
          if (aborted) return false;
          send("token", { text: token });
          firstTokenMs ??= Math.round(performance.now() - startedAt);
          sentText += token;
          return true;
        });
        if (!aborted) {
          send("done", {
            session_id: session.id,
            intent: answer?.intent ?? "with_human",
            escalated: session.state === "human" || answer?.regulation.shouldEscalate === true,
          });
        }
        return { sentText, aborted, ...(firstTokenMs === undefined ? {} : { firstTokenMs }) };
      });
    } catch (error) {
      request.log.error({ err: error }, "streamed answer failed");
      send("error", { code: "answer_failed", message: "the answer could not be completed; send the message again" });
    } finally {
      stream.end();
    }
  });
};
