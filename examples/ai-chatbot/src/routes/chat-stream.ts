import type { FastifyPluginAsyncTypebox } from "@fastify/type-provider-typebox";
import { composeWaitingAnswer, languageOf } from "../domain/compose-answer.ts";
import { think } from "../domain/thinking-pace.ts";
import { runTurn, type ChatServices } from "../run-turn.ts";
import { chatRequest } from "./chat-request.ts";

/** Code points of an answer that travel in one event. */
const charactersPerToken = 4;

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
        const text = answer?.text ?? composeWaitingAnswer(languageOf(request.body.message));
        const characters = Array.from(text);
        let sentText = "";
        let firstTokenMs: number | undefined;
        for (let at = 0; at < characters.length && !stream.destroyed; at += charactersPerToken) {
          await think(services.pace, at === 0 ? 350 : 60);
          if (stream.destroyed) break;
          const token = characters.slice(at, at + charactersPerToken).join("");
          send("token", { text: token });
          firstTokenMs ??= Math.round(performance.now() - startedAt);
          sentText += token;
        }
        const aborted = sentText.length < text.length;
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
