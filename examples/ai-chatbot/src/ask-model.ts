import { SpanKind, SpanStatusCode, trace, type Span } from "@opentelemetry/api";
import { readEventStream } from "./read-event-stream.ts";

/** A server that speaks OpenAI's chat completions. */
export interface ModelAccess {
  /** With its version: `https://api.openai.com/v1/` */
  readonly url: string;
  readonly model: string;
}

export interface Prompt {
  readonly instructions: string;
  readonly message: string;
  /** What the answer has to say. */
  readonly facts: string;
}

/** The parts of a completion, and of a chunk of one, that we read. */
interface Completion {
  readonly id?: string;
  readonly model?: string;
  readonly choices?: readonly { readonly message?: { content?: string }; readonly delta?: { content?: string } }[];
  readonly usage?: {
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number };
  } | null;
}

const tracer = trace.getTracer("ai-chatbot");
const timeoutMs = 60_000;

/**
 * Asks the model, within a span as OpenTelemetry's conventions for generative AI describe it: the receiver makes an
 * `ai.call` of it. Prompt and answer are not on the span.
 * @param onText gets the answer: whole, or piece by piece if `stream`
 * @throws Error if the model cannot be reached or does not answer with 200
 */
export async function askModel(
  access: ModelAccess,
  prompt: Prompt,
  stream: boolean,
  onText: (text: string) => void,
): Promise<void> {
  const span = tracer.startSpan(`chat ${access.model}`, {
    kind: SpanKind.CLIENT,
    attributes: {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": access.model,
    },
  });
  const startedAt = performance.now();
  let isFirst = true;
  try {
    for await (const part of complete(access, prompt, stream)) {
      describe(span, part);
      const text = part.choices?.[0]?.delta?.content ?? part.choices?.[0]?.message?.content ?? "";
      if (text === "") continue;
      if (stream && isFirst) {
        span.setAttribute("gen_ai.response.time_to_first_chunk", (performance.now() - startedAt) / 1_000);
      }
      isFirst = false;
      onText(text);
    }
  } catch (error) {
    span.setAttribute("error.type", (error as Error).name);
    span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

async function* complete(access: ModelAccess, prompt: Prompt, stream: boolean): AsyncGenerator<Completion> {
  const response = await fetch(new URL("chat/completions", access.url), {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      model: access.model,
      messages: [
        { role: "system", content: prompt.instructions },
        { role: "user", content: prompt.message },
        { role: "system", content: prompt.facts },
      ],
      // Without this a stream does not tell how many tokens it used.
      ...(stream ? { stream, stream_options: { include_usage: true } } : {}),
    }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok || response.body === null) throw new Error(`the model at ${access.url} answered ${response.status}`);
  if (!stream) {
    yield (await response.json()) as Completion;
    return;
  }
  for await (const data of readEventStream(response.body)) {
    if (data !== "[DONE]") yield JSON.parse(data) as Completion;
  }
}

function describe(span: Span, { id, model, usage }: Completion): void {
  if (id !== undefined) span.setAttribute("gen_ai.response.id", id);
  if (model !== undefined) span.setAttribute("gen_ai.response.model", model);
  if (usage == null) return;
  span.setAttributes({
    "gen_ai.usage.input_tokens": usage.prompt_tokens,
    "gen_ai.usage.cache_read.input_tokens": usage.prompt_tokens_details?.cached_tokens ?? 0,
    "gen_ai.usage.output_tokens": usage.completion_tokens,
  });
}
