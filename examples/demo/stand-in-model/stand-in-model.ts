import { randomUUID } from "node:crypto";
import Fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import { think, type ThinkingPace } from "../../ai-chatbot/src/domain/thinking-pace.ts";

interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
}

/** What the stand-in has handed out since its start. */
export interface HandedOut {
  calls: number;
  input_tokens: number;
  cached_input_tokens: number;
  output_tokens: number;
}

/** Tokens that a cache keeps together. */
const cacheStep = 128;

/**
 * A stand-in for a model, with the part of OpenAI's chat completions that a chatbot needs: whole and streamed answers,
 * usage, and a cache of the first message. It says what the last message tells it to. `GET /handed-out` has what it
 * counted itself.
 */
export function buildStandInModel({ pace }: { readonly pace: ThinkingPace }): FastifyInstance {
  const app = Fastify({ forceCloseConnections: true });
  const handedOut: HandedOut = { calls: 0, input_tokens: 0, cached_input_tokens: 0, output_tokens: 0 };
  const known = new Set<string>();
  app.get("/livez", () => ({ status: "ok" }));
  app.get("/handed-out", () => handedOut);
  app.post<{ Body: ChatRequest }>("/v1/chat/completions", async ({ body }, reply) => {
    const text = body.messages.at(-1)?.content ?? "";
    const first = body.messages[0]?.content ?? "";
    const cached = known.has(first) ? tokensOf(first) - (tokensOf(first) % cacheStep) : 0;
    known.add(first);
    const input = body.messages.reduce((sum, { content }) => sum + tokensOf(content), 0);
    const output = tokensOf(text);
    handedOut.calls += 1;
    handedOut.input_tokens += input;
    handedOut.cached_input_tokens += cached;
    handedOut.output_tokens += output;
    const usage = {
      prompt_tokens: input,
      completion_tokens: output,
      total_tokens: input + output,
      prompt_tokens_details: { cached_tokens: cached },
    };
    const about = { id: `chatcmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1_000), model: body.model };
    if (body.stream === true) {
      const isTold = body.stream_options?.include_usage === true;
      await streamText(reply, pace, about, text, isTold ? usage : null);
      return reply;
    }
    await think(pace, 900);
    const choices = [{ index: 0, message: { role: "assistant", content: text }, finish_reason: "stop" }];
    return { ...about, object: "chat.completion", choices, usage };
  });
  return app;
}

/** About four Latin letters or one Chinese character, as tokenizers do it. */
export function tokensOf(text: string): number {
  const characters = Array.from(text);
  const chinese = characters.filter((character) => /\p{Script=Han}/u.test(character)).length;
  return chinese + Math.ceil((characters.length - chinese) / 4);
}

async function streamText(
  reply: FastifyReply,
  pace: ThinkingPace,
  about: object,
  text: string,
  usage: object | null,
): Promise<void> {
  reply.hijack();
  const stream = reply.raw;
  stream.writeHead(200, { "content-type": "text/event-stream; charset=utf-8" });
  const send = (choices: readonly object[], more: object = {}): void => {
    const chunk = { ...about, object: "chat.completion.chunk", choices, ...more };
    stream.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  const characters = Array.from(text);
  for (let at = 0; at < characters.length; at += 4) {
    await think(pace, at === 0 ? 350 : 60);
    send([{ index: 0, delta: { content: characters.slice(at, at + 4).join("") }, finish_reason: null }]);
  }
  send([{ index: 0, delta: {}, finish_reason: "stop" }]);
  if (usage !== null) send([], { usage });
  stream.end("data: [DONE]\n\n");
}
