import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";

/** What the server handed out under the name of a model. */
export interface HandedOut {
  /** Answers, whole or cut off. */
  answers: number;
  /** Of these, the ones that did not say what they used. */
  withoutUsage: number;
  /** 4xx and 5xx that a client does not repeat. */
  failures: number;
  /** 429s, after which a client tries again. */
  refusals: number;
  uncached: number;
  cacheRead: number;
  cacheWrite: number;
  output: number;
}

interface Usage {
  readonly uncached: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
}

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly tools?: readonly unknown[];
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
  readonly input?: unknown;
}

type Send = (event: object | string, name?: string) => void;

/** How a model of the server answers: told by the words of its name, as in `gpt-5-cached`. */
const hasWord = (model: string, word: string): boolean => model.split("-").includes(word);
/** Providers answer with the version of the model that was asked for. */
const dated = (model: string): string => `${model}-2026-11-01`;
export const versionSuffix = /-2026-11-01$/;

/**
 * Models on loopback: OpenAI's chat completions, responses and embeddings, and Anthropic's messages. It counts what it hands
 * out by the name with which it answers; a failure by the name that was asked for. Words in a model's name: `busy` refuses
 * each first try, `broken` fails, `cut` breaks streams off, `cached` reads from a cache, and writes where the API tells of it.
 */
export class FakeModels {
  readonly handedOut = new Map<string, HandedOut>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));
  readonly #refused = new Set<string>();
  #answers = 0;

  static async start(): Promise<FakeModels> {
    const models = new FakeModels();
    await new Promise<void>((resolve) => models.#server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => {
      models.#server.closeAllConnections();
      models.#server.close();
    });
    return models;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const asked = JSON.parse(Buffer.concat(parts).toString()) as Asked;
    const json = (status: number, body: object, headers: Record<string, string> = {}): void => {
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
    };
    const fail = (status: number, type: string, headers?: Record<string, string>): void =>
      json(status, { type: "error", error: { type, message: `${asked.model}: ${type}`, code: type } }, headers);
    if (hasWord(asked.model, "broken")) {
      this.#of(asked.model).failures++;
      return fail(400, "invalid_request_error");
    }
    if (hasWord(asked.model, "busy") && !this.#refused.has(asked.model)) {
      this.#refused.add(asked.model);
      this.#of(asked.model).refusals++;
      return fail(429, "rate_limit_error", { "retry-after-ms": "1", "retry-after": "0" });
    }
    const write = apis[(request.url ?? "").replace(/^\/v1\//, "")];
    if (write === undefined) return fail(404, "not_found_error");
    const answer = write(asked, this.#use(asked), `answer-${++this.#answers}`);
    const handed = this.#of(dated(asked.model));
    handed.answers++;
    const isCut = asked.stream === true && hasWord(asked.model, "cut");
    if (answer.tellsUsage && !isCut) this.#add(handed, answer.usage);
    else handed.withoutUsage++;
    if (asked.stream !== true) return json(200, answer.body);
    response.writeHead(200, { "content-type": "text/event-stream" });
    const send: Send = (event, name) => {
      const data = typeof event === "string" ? event : JSON.stringify(event);
      response.write(`${name === undefined ? "" : `event: ${name}\n`}data: ${data}\n\n`);
    };
    const events = isCut ? answer.events.slice(0, 2) : answer.events;
    for (const [event, name] of events) send(event, name);
    if (!isCut) response.end();
    // What was written has to leave before the connection breaks.
    else response.write(":\n\n", () => setImmediate(() => response.destroy()));
  }

  #use(asked: Asked): Usage {
    const n = this.#answers + 1;
    const isCached = hasWord(asked.model, "cached");
    return {
      uncached: 100 + 7 * n,
      cacheRead: isCached ? 40 + n : 0,
      cacheWrite: isCached && hasWord(asked.model, "claude") ? 20 + n : 0,
      output: 10 + 3 * n,
    };
  }

  #of(model: string): HandedOut {
    const known = this.handedOut.get(model);
    if (known !== undefined) return known;
    const none = {
      answers: 0,
      withoutUsage: 0,
      failures: 0,
      refusals: 0,
      uncached: 0,
      cacheRead: 0,
      cacheWrite: 0,
      output: 0,
    };
    this.handedOut.set(model, none);
    return none;
  }

  #add(handed: HandedOut, usage: Usage): void {
    handed.uncached += usage.uncached;
    handed.cacheRead += usage.cacheRead;
    handed.cacheWrite += usage.cacheWrite;
    handed.output += usage.output;
  }
}

interface Answer {
  readonly usage: Usage;
  readonly tellsUsage: boolean;
  readonly body: object;
  readonly events: readonly (readonly [event: object | string, name?: string])[];
}

/** True if the model is to call a tool: there are some, and none has answered yet. */
function isForTool({ tools, messages, input }: Asked): boolean {
  if (tools === undefined || tools.length === 0) return false;
  return !/"role":"tool"|tool_result|function_call_output/.test(JSON.stringify([messages, input]));
}

const toolName = "weather";
const toolArguments = '{"city":"Hangzhou"}';

function chat(asked: Asked, usage: Usage, id: string): Answer {
  const input = usage.uncached + usage.cacheRead;
  const counts = {
    prompt_tokens: input,
    completion_tokens: usage.output,
    total_tokens: input + usage.output,
    prompt_tokens_details: { cached_tokens: usage.cacheRead },
  };
  const calls = [{ id: `call-${id}`, type: "function", function: { name: toolName, arguments: toolArguments } }];
  const isTool = isForTool(asked);
  const message = isTool
    ? { role: "assistant", content: null, tool_calls: calls }
    : { role: "assistant", content: "Sunny." };
  const finish = isTool ? "tool_calls" : "stop";
  const base = { id, created: 1_764_547_200, model: dated(asked.model) };
  const chunk = (delta: object, reason: string | null = null) => ({
    ...base,
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta, finish_reason: reason }],
  });
  const isAsked = asked.stream_options?.include_usage === true;
  const delta = isTool ? { ...message, tool_calls: calls.map((call) => ({ index: 0, ...call })) } : message;
  return {
    usage,
    tellsUsage: asked.stream !== true || isAsked,
    body: {
      ...base,
      object: "chat.completion",
      choices: [{ index: 0, message, finish_reason: finish }],
      usage: counts,
    },
    events: [
      [chunk(delta)],
      [chunk({})],
      [chunk({}, finish)],
      ...(isAsked ? [[{ ...chunk({}), choices: [], usage: counts }] as const] : []),
      ["[DONE]"],
    ],
  };
}

function responses(asked: Asked, usage: Usage, id: string): Answer {
  const input = usage.uncached + usage.cacheRead;
  const isTool = isForTool(asked);
  const text = { type: "output_text", text: "Sunny.", annotations: [] };
  const item = isTool
    ? {
        type: "function_call",
        id: `fc_${id}`,
        call_id: `call-${id}`,
        name: toolName,
        arguments: toolArguments,
        status: "completed",
      }
    : { type: "message", id: `msg_${id}`, role: "assistant", status: "completed", content: [text] };
  const response = (status: string, over: object) => ({
    id,
    object: "response",
    created_at: 1_764_547_200,
    status,
    model: dated(asked.model),
    output: [],
    error: null,
    incomplete_details: null,
    service_tier: "default",
    ...over,
  });
  const body = response("completed", {
    output: [item],
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: usage.cacheRead },
      output_tokens: usage.output,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + usage.output,
    },
  });
  const place = { output_index: 0, item_id: item.id };
  const types: readonly (readonly [string, object])[] = [
    ["response.created", { response: response("in_progress", {}) }],
    ["response.output_item.added", { output_index: 0, item: { ...item, ...(isTool ? {} : { content: [] }) } }],
    ...(isTool
      ? [["response.function_call_arguments.delta", { ...place, delta: toolArguments }] as const]
      : [["response.output_text.delta", { ...place, content_index: 0, delta: "Sunny.", logprobs: [] }] as const]),
    ["response.output_item.done", { output_index: 0, item }],
    ["response.completed", { response: body }],
  ];
  return {
    usage,
    tellsUsage: true,
    body,
    events: types.map(([type, event], n) => [{ type, sequence_number: n, ...event }, type]),
  };
}

function embeddings(asked: Asked, usage: Usage): Answer {
  const texts = [asked.input].flat();
  return {
    usage: { ...usage, output: 0 },
    tellsUsage: true,
    body: {
      object: "list",
      model: dated(asked.model),
      data: texts.map((_, index) => ({ object: "embedding", index, embedding: [0.25, 0.5] })),
      usage: { prompt_tokens: usage.uncached, total_tokens: usage.uncached },
    },
    events: [],
  };
}

/** Anthropic counts what it read from and wrote to its cache beside the input. */
function messages(asked: Asked, usage: Usage, id: string): Answer {
  const input = {
    input_tokens: usage.uncached,
    cache_read_input_tokens: usage.cacheRead,
    cache_creation_input_tokens: usage.cacheWrite,
  };
  const block = isForTool(asked)
    ? { type: "tool_use", id: `toolu_${id}`, name: toolName, input: JSON.parse(toolArguments) as object }
    : { type: "text", text: "Sunny." };
  const reason = block.type === "tool_use" ? "tool_use" : "end_turn";
  const message = { id, type: "message", role: "assistant", model: dated(asked.model), stop_sequence: null };
  const types: readonly (readonly [string, object])[] = [
    [
      "message_start",
      { message: { ...message, content: [], stop_reason: null, usage: { ...input, output_tokens: 1 } } },
    ],
    ["content_block_start", { index: 0, content_block: { type: "text", text: "" } }],
    ["content_block_delta", { index: 0, delta: { type: "text_delta", text: "Sunny." } }],
    ["content_block_stop", { index: 0 }],
    ["message_delta", { delta: { stop_reason: reason, stop_sequence: null }, usage: { output_tokens: usage.output } }],
    ["message_stop", {}],
  ];
  return {
    usage,
    tellsUsage: true,
    body: { ...message, content: [block], stop_reason: reason, usage: { ...input, output_tokens: usage.output } },
    events: types.map(([type, event]) => [{ type, ...event }, type]),
  };
}

const apis: Readonly<Record<string, (asked: Asked, usage: Usage, id: string) => Answer>> = {
  "chat/completions": chat,
  responses,
  embeddings,
  messages,
};
