import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CustomAiCalls } from "../../../collector-receiver/src/catalogue/custom-definitions.ts";
import { mapRequest, RequestMapping } from "../../../collector-receiver/src/mapping/map-request.ts";
import type { MappingContext } from "../../../collector-receiver/src/mapping/mapping-context.ts";
import { MalformedOtlpError } from "../../../collector-receiver/src/otlp/malformed-otlp-error.ts";
import { fieldsOf } from "../../support/make-business-event.ts";
import { mutate, mutations } from "../otlp/mutate-bytes.ts";
import {
  anyTraces,
  context,
  double,
  encodeJson,
  encodeProtobuf,
  eventOf,
  int,
  nanos,
  nowMs,
  spanId,
  text,
  traceId,
  tracesOf,
  type Attribute,
  type Span,
} from "./otlp-messages.ts";

const watching = (aiCalls: CustomAiCalls): MappingContext => ({
  ...context,
  custom: { events: {}, metrics: {}, aiCalls },
});
const ofShop = watching({ services: ["shop"], ignoreScopes: ["twice"] });
const encodings = ["protobuf", "json"] as const;
type Encoding = (typeof encodings)[number];

const encode = (message: ReturnType<typeof tracesOf>, encoding: Encoding): Buffer =>
  encoding === "json" ? encodeJson(message) : encodeProtobuf("traces", message);

/** A span of 1.5 seconds that ended now. */
const callOf = (attributes: Attribute[], over: object = {}): Span => ({
  traceId,
  spanId,
  name: "chat gpt-5-mini",
  kind: 3,
  startTimeUnixNano: nanos(nowMs - 1500),
  endTimeUnixNano: nanos(nowMs),
  attributes,
  events: [],
  ...over,
});

const map = (spans: Span[], { scope = "openai", resource = [text("service.name", "shop")], of = ofShop } = {}) => {
  const [protobuf, json] = encodings.map((encoding) =>
    mapRequest(encode(tracesOf(spans, scope, resource), encoding), encoding, "traces", of),
  ) as [ReturnType<typeof mapRequest>, ReturnType<typeof mapRequest>];
  expect(json.events.map(fieldsOf)).toEqual(protobuf.events.map(fieldsOf));
  expect(json.rejected.length + protobuf.rejected.length + json.ignored + protobuf.ignored).toBe(0);
  return {
    calls: protobuf.events,
    data: protobuf.events.map(({ eventData }) => JSON.parse(Buffer.from(eventData).toString()) as unknown),
    reasons: Object.fromEntries(protobuf.nearMisses?.reasons ?? []),
  };
};
const plain = [text("gen_ai.operation.name", "chat"), text("gen_ai.request.model", "gpt-5-mini")];

test("a call of a trace that a sampler thinned is marked, in both encodings", () => {
  const { data } = map([
    callOf(plain, { traceState: "other=1,ot=rv:abcdefabcdefab;th:c" }),
    callOf(plain, { traceState: "ot=th:0", spanId: "00f067aa0ba902b8" }),
    callOf(plain, { traceState: `${"x".repeat(600)}=1,ot=th:c`, spanId: "00f067aa0ba902b9" }),
  ]);
  expect(data.map((call) => (call as { sampled?: boolean }).sampled)).toEqual([true, undefined, undefined]);
});

/** A span of each convention as its instrumentation writes it, and the call that it is, without duration, scope and `error: false`. */
const conventions: Readonly<Record<string, readonly [attributes: Attribute[], call: object]>> = {
  "semantic conventions 1.27": [
    [
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.system", "openai"),
      text("gen_ai.request.model", "gpt-4o"),
      text("gen_ai.response.model", "gpt-4o-2024-08-06"),
      text("gen_ai.response.id", "chatcmpl-1"),
      text("gen_ai.openai.response.service_tier", "scale"),
      int("gen_ai.usage.input_tokens", 120),
      int("gen_ai.usage.output_tokens", 30),
    ],
    {
      model: "gpt-4o-2024-08-06",
      provider: "openai",
      operation: "chat",
      service_tier: "scale",
      input_tokens: 120,
      output_tokens: 30,
      response_id: "chatcmpl-1",
    },
  ],
  "semantic conventions 1.37 and later": [
    [
      text("gen_ai.operation.name", "generate_content"),
      text("gen_ai.provider.name", "gcp.gemini"),
      text("gen_ai.request.model", "gemini-3"),
      text("gen_ai.conversation.id", "s-1"),
      text("session_id", "s-2"),
      int("gen_ai.usage.input_tokens", 100),
      int("gen_ai.usage.cache_read.input_tokens", 50),
      int("gen_ai.usage.cache_creation.input_tokens", 20),
      int("gen_ai.usage.output_tokens", 8),
      double("gen_ai.response.time_to_first_chunk", 0.25),
    ],
    {
      model: "gemini-3",
      provider: "gcp.gemini",
      operation: "generate_content",
      session_id: "s-1",
      input_tokens: 100,
      cached_input_tokens: 50,
      cache_write_tokens: 20,
      output_tokens: 8,
      first_token_ms: 250,
    },
  ],
  "the newest, with cache_write": [
    [
      text("gen_ai.operation.name", "chat"),
      text("gen_ai.provider.name", "anthropic"),
      text("gen_ai.request.model", "claude-opus-5"),
      int("gen_ai.usage.input_tokens", 100),
      int("gen_ai.usage.cache_read.input_tokens", 60),
      int("gen_ai.usage.cache_write.input_tokens", 40),
      int("gen_ai.usage.output_tokens", 8),
    ],
    {
      model: "claude-opus-5",
      provider: "anthropic",
      operation: "chat",
      input_tokens: 100,
      cached_input_tokens: 60,
      cache_write_tokens: 40,
      output_tokens: 8,
    },
  ],
  "OpenLLMetry before 0.5": [
    [
      text("llm.request.type", "completion"),
      text("gen_ai.system", "OpenAI"),
      text("gen_ai.request.model", "gpt-3.5-turbo-instruct"),
      int("gen_ai.usage.prompt_tokens", 12),
      int("gen_ai.usage.completion_tokens", 7),
      text("session_id", "s-3"),
    ],
    {
      model: "gpt-3.5-turbo-instruct",
      provider: "openai",
      operation: "text_completion",
      session_id: "s-3",
      input_tokens: 12,
      output_tokens: 7,
    },
  ],
  "OpenLLMetry's underscores, where nothing tells what Bedrock's input includes": [
    [
      text("llm.request.type", "chat"),
      text("gen_ai.system", "aws.bedrock"),
      text("gen_ai.request.model", "claude"),
      int("gen_ai.usage.input_tokens", 100),
      int("gen_ai.usage.cache_read_input_tokens", 60),
      int("gen_ai.usage.output_tokens", 7),
    ],
    {
      model: "claude",
      provider: "aws.bedrock",
      operation: "chat",
      input_tokens: 100,
      cached_input_tokens: 60,
      cache_unclear: true,
      output_tokens: 7,
    },
  ],
  "a cache that is more than the input cannot be a part of it": [
    [
      ...plain,
      text("gen_ai.system", "anthropic"),
      int("gen_ai.usage.input_tokens", 10),
      int("gen_ai.usage.cache_read_input_tokens", 900),
      int("gen_ai.usage.cache_creation_input_tokens", 90),
    ],
    {
      model: "gpt-5-mini",
      provider: "anthropic",
      operation: "chat",
      input_tokens: 1000,
      cached_input_tokens: 900,
      cache_write_tokens: 90,
    },
  ],
  "the AI SDK 4": [
    [
      text("ai.operationId", "ai.generateText.doGenerate"),
      text("gen_ai.system", "openai.chat"),
      text("gen_ai.request.model", "gpt-4o"),
      text("ai.response.model", "gpt-4o-2024-08-06"),
      int("ai.usage.promptTokens", 10),
      int("ai.usage.completionTokens", 5),
      int("gen_ai.usage.input_tokens", 10),
      int("gen_ai.usage.output_tokens", 5),
      double("ai.response.msToFirstChunk", 321.5),
    ],
    {
      model: "gpt-4o-2024-08-06",
      provider: "openai",
      operation: "chat",
      input_tokens: 10,
      output_tokens: 5,
      first_token_ms: 321.5,
    },
  ],
  "the AI SDK 5 and 6, which do not say whether Anthropic's input includes the cache": [
    [
      text("ai.operationId", "ai.streamObject.doStream"),
      text("ai.model.provider", "anthropic.messages"),
      text("ai.model.id", "claude-sonnet-5"),
      int("ai.usage.inputTokens", 100),
      int("ai.usage.cachedInputTokens", 40),
      int("ai.usage.outputTokens", 5),
    ],
    {
      model: "claude-sonnet-5",
      provider: "anthropic",
      operation: "chat",
      input_tokens: 100,
      cached_input_tokens: 40,
      cache_unclear: true,
      output_tokens: 5,
    },
  ],
  "the AI SDK 6, which tells what its input is made of": [
    [
      text("ai.operationId", "ai.streamObject.doStream"),
      text("ai.model.provider", "amazon-bedrock"),
      text("ai.model.id", "claude-haiku-5"),
      int("ai.usage.inputTokens", 100),
      int("ai.usage.inputTokenDetails.noCacheTokens", 30),
      int("ai.usage.inputTokenDetails.cacheReadTokens", 50),
      int("ai.usage.inputTokenDetails.cacheWriteTokens", 20),
      int("ai.usage.cachedInputTokens", 50),
      int("ai.usage.outputTokens", 5),
    ],
    {
      model: "claude-haiku-5",
      provider: "aws.bedrock",
      operation: "chat",
      input_tokens: 100,
      cached_input_tokens: 50,
      cache_write_tokens: 20,
      output_tokens: 5,
    },
  ],
  "the AI SDK 4 and 5, which do not tell that Anthropic wrote to a cache": [
    [
      text("ai.operationId", "ai.generateObject.doGenerate"),
      text("gen_ai.system", "vertex.anthropic.messages"),
      text("gen_ai.request.model", "claude-opus-5"),
      int("ai.usage.promptTokens", 90),
      int("ai.usage.completionTokens", 5),
    ],
    {
      model: "claude-opus-5",
      provider: "gcp.vertex_ai",
      operation: "chat",
      input_tokens: 90,
      output_tokens: 5,
      cache_unclear: true,
    },
  ],
  "the AI SDK 4 and 5 of Gemini, whose input is all of it": [
    [
      text("ai.operationId", "ai.generateObject.doGenerate"),
      text("gen_ai.system", "google.vertex.chat"),
      text("gen_ai.request.model", "gemini-3"),
      int("gen_ai.usage.input_tokens", 90),
    ],
    { model: "gemini-3", provider: "gcp.vertex_ai", operation: "chat", input_tokens: 90 },
  ],
  "an embedding of the AI SDK": [
    [
      text("ai.operationId", "ai.embedMany.doEmbed"),
      text("ai.model.provider", "google.vertex.embedding"),
      text("ai.model.id", "text-embedding-005"),
      int("ai.usage.tokens", 64),
    ],
    { model: "text-embedding-005", provider: "gcp.vertex_ai", operation: "embeddings", input_tokens: 64 },
  ],
  OpenInference: [
    [
      text("openinference.span.kind", "LLM"),
      text("llm.provider", "azure"),
      text("llm.model_name", "gpt-4o"),
      int("llm.token_count.prompt", 50),
      int("llm.token_count.prompt_details.cache_read", 20),
      int("llm.token_count.completion", 10),
    ],
    {
      model: "gpt-4o",
      provider: "azure.ai.inference",
      operation: "chat",
      input_tokens: 50,
      cached_input_tokens: 20,
      output_tokens: 10,
    },
  ],
  "a stream without usage": [plain, { model: "gpt-5-mini", operation: "chat" }],
  "a model and a provider that no list knows": [
    [text("gen_ai.operation.name", "Embeddings"), text("gen_ai.provider.name", "Acme.Cloud")],
    { model: "unknown", provider: "acme.cloud", operation: "embeddings" },
  ],
};

test.each(Object.entries(conventions))("%s", (_name, [attributes, call]) => {
  const { calls, data } = map([callOf(attributes)]);
  expect(data).toEqual([{ ...call, duration_ms: 1500, error: false, scope: "openai" }]);
  expect(calls[0]).toMatchObject({ name: "ai.call", occurredAtMs: nowMs, traceId, spanId, serviceName: "shop" });
  expect(calls[0]?.sessionId).toBe("session_id" in call ? call.session_id : null);
});

test.each([
  ["invoke_agent", "gen_ai.operation.name"],
  ["agent_step", "gen_ai.operation.name"],
  ["execute_tool", "gen_ai.operation.name"],
  ["fetch_response", "gen_ai.operation.name"],
  ["search_memory", "gen_ai.operation.name"],
  ["ai.generateText", "ai.operationId"],
  ["ai.streamText", "ai.operationId"],
  ["ai.embedMany", "ai.operationId"],
  ["ai.toolCall", "ai.operationId"],
  ["rerank", "llm.request.type"],
  ["CHAIN", "openinference.span.kind"],
  ["AGENT", "openinference.span.kind"],
])("%s is not a call, whatever tokens it sums up", (operation, name) => {
  const sums = [int("gen_ai.usage.input_tokens", 999), int("ai.usage.inputTokens", 999)];
  expect(map([callOf([text(name, operation), ...sums])])).toEqual({ calls: [], data: [], reasons: {} });
});

test.each([
  ["deepseek.chat", "deepseek"],
  ["togetherai.embedding", "togetherai"],
  ["acme.gateway.completion", "acme.gateway"],
  ["moonshotai.chat", "moonshot_ai"],
  ["googleVertex.anthropic.messages", "gcp.vertex_ai"],
  ["ibm.watsonx.ai", "ibm.watsonx.ai"],
])("the provider %s of an AI SDK is %s, whatever API it called", (written, provider) => {
  const { data } = map([callOf([text("gen_ai.operation.name", "chat"), text("gen_ai.system", written)])]);
  expect(data).toMatchObject([{ provider }]);
});

test("of the two spans of one embedding of the AI SDK 7 the inner one counts, with and without a count of tokens", () => {
  const embedding = [text("gen_ai.operation.name", "embeddings"), text("gen_ai.provider.name", "cohere")];
  const outer = callOf([...embedding, text("gen_ai.agent.name", "search")], { spanId: "00f067aa0ba902b8" });
  const inner = callOf([...embedding, int("gen_ai.usage.input_tokens", 12)]);
  expect(map([inner, outer], { scope: "gen_ai" }).data).toMatchObject([{ input_tokens: 12 }]);
  const untold = callOf([...embedding, double("gen_ai.usage.input_tokens", "NaN")]);
  const { data } = map([untold, outer], { scope: "gen_ai" });
  expect(data).toHaveLength(1);
  expect(data[0]).not.toHaveProperty("input_tokens");
  // Others write one span, and may know nothing of tokens.
  expect(map([outer]).data).toHaveLength(1);
});

test("an operation that no list knows is noted and not counted", () => {
  const { calls, reasons } = map([callOf([text("gen_ai.operation.name", "dream")])]);
  expect({ calls, reasons }).toEqual({ calls: [], reasons: { unknown_ai_operation: 1 } });
});

test("ordinary spans, and calls of others, of tests and of a scope that is passed over, give nothing", () => {
  const nothing = { calls: [], data: [], reasons: {} };
  const call = callOf(plain);
  const of = (...resource: Attribute[]) => map([call], { resource });
  expect(map([callOf([text("http.request.method", "GET")]), callOf([])])).toEqual(nothing);
  expect(of(text("service.name", "workbench"))).toEqual(nothing);
  expect(of()).toEqual(nothing);
  expect(map([call], { scope: "twice" })).toEqual(nothing);
  expect(map([call], { of: context })).toEqual(nothing);
  const shop = text("service.name", "shop");
  expect(of(shop, text("deployment.environment.name", "staging"))).toEqual(nothing);
  expect(of(shop, text("deployment.environment", "dev"))).toEqual(nothing);
  expect(of(text("deployment.environment.name", "Production"), shop).calls).toHaveLength(1);
});

test("each call counts for the tenant of its own resource", () => {
  const of = (tenant: string, id: string) =>
    tracesOf([callOf(plain, { spanId: id })], "openai", [
      text("service.name", "shop"),
      text("spanledger.tenant", tenant),
    ]).resourceSpans;
  const resourceSpans = [...of("brand-a", spanId), ...of("brand-b", "00f067aa0ba902b8"), ...of("no/tenant", spanId)];
  for (const encoding of encodings) {
    const { events, nearMisses } = mapRequest(encode({ resourceSpans }, encoding), encoding, "traces", ofShop);
    expect(events.map(({ tenantId }) => tenantId)).toEqual(["brand-a", "brand-b"]);
    expect(nearMisses?.reasons.get("unusable_ai_call")).toBe(1);
  }
});

test("a failed call says so: by its status or by error.type", () => {
  const failed = (attributes: Attribute[], over: object = {}) => map([callOf([...plain, ...attributes], over)]).data;
  expect(failed([text("error.type", "429")])).toMatchObject([{ error: true }]);
  expect(failed([], { status: { code: 2, message: "timeout" } })).toMatchObject([{ error: true }]);
  expect(failed([], { status: { code: 1 } })).toMatchObject([{ error: false }]);
});

test("prompts and answers are never read, and neither are unusable values", () => {
  const { data } = map([
    callOf([
      ...plain,
      text("gen_ai.input.messages", "my secret"),
      text("gen_ai.prompt.0.content", "my secret"),
      text("ai.response.text", "my secret"),
      text("gen_ai.usage.input_tokens", "12"),
      int("gen_ai.usage.output_tokens", -5),
      double("ai.response.msToFirstChunk", "NaN"),
      text("gen_ai.conversation.id", "x".repeat(65)),
      text("gen_ai.response.id", "a\u0000b"),
    ]),
  ]);
  const call = { model: "gpt-5-mini", operation: "chat", duration_ms: 1500, error: false, scope: "openai" };
  expect(data).toEqual([{ ...call, response_id: "ab" }]);
});

test.each([
  ["no end", { endTimeUnixNano: "0" }],
  ["an end before what is kept", { endTimeUnixNano: nanos(Date.UTC(2024, 11, 31)) }],
  ["an end that lies days ahead", { endTimeUnixNano: nanos(nowMs + 3 * 86_400_000) }],
  ["no valid trace id", { traceId: "00".repeat(16) }],
])("a call with %s is noted and not counted", (_what, over) => {
  const { calls, reasons } = map([callOf(plain, over)]);
  expect({ calls, reasons }).toEqual({ calls: [], reasons: { unusable_ai_call: 1 } });
});

test("a span that ends before it starts has no duration, and is a call", () => {
  const { data } = map([callOf(plain, { startTimeUnixNano: nanos(nowMs + 5) })]);
  expect(data).toEqual([{ model: "gpt-5-mini", operation: "chat", error: false, scope: "openai" }]);
});

describe.each(encodings)("%s", (encoding) => {
  test("a call with a prompt of a mebibyte counts, in pieces", () => {
    const long = [text("gen_ai.input.messages", "x".repeat(1 << 20)), ...plain];
    const body = encode(tracesOf([callOf(long), callOf(plain, { spanId: "00f067aa0ba902b8" })], "openai"), encoding);
    const mapping = new RequestMapping(body, encoding, "traces", ofShop);
    let slices = 1;
    while (!mapping.run(-Infinity)) slices++;
    expect(slices).toBeGreaterThan(2);
    expect(mapping.take().events.map(({ name }) => name)).toEqual(["ai.call", "ai.call"]);
  });

  test("calls come with the business events of their request, and change none of them", () => {
    const event = eventOf("session.start", [text("session_id", "s-1")]);
    const carrying = callOf(plain, { name: "POST /chat", events: [event] });
    const body = encode(tracesOf([carrying], "openai"), encoding);
    expect(mapRequest(body, encoding, "traces", ofShop).events.map(({ name }) => name)).toEqual([
      "ai.call",
      "session.start",
    ]);
    fc.assert(
      fc.property(anyTraces, (message) => {
        const bytes = encode(message as ReturnType<typeof tracesOf>, encoding);
        const without = mapRequest(bytes, encoding, "traces", context);
        const services = message.resourceSpans.flatMap(({ resource }) =>
          resource.attributes.map(({ value }) => value.stringValue ?? ""),
        );
        const all = watching({ services, ignoreScopes: [] });
        const mapped = mapRequest(bytes, encoding, "traces", all);
        const { events, ...rest } = mapped;
        const { events: eventsWithout, ...restWithout } = without;
        expect(events.map(fieldsOf)).toEqual(eventsWithout.map(fieldsOf));
        expect(rest).toEqual(restWithout);
      }),
    );
  });

  test("a call is the same in any order, in any company, and its id tells spans apart", () => {
    const ids = fc.uniqueArray(fc.integer({ min: 1, max: 250 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(ids, fc.boolean(), (numbers, isReversed) => {
        const spans = numbers.map((n) =>
          callOf([...plain, int("gen_ai.usage.input_tokens", n)], {
            spanId: n.toString(16).padStart(16, "0"),
            endTimeUnixNano: nanos(nowMs - n),
          }),
        );
        const one = (span: Span) =>
          mapRequest(encode(tracesOf([span], "openai"), encoding), encoding, "traces", ofShop);
        const alone = spans.flatMap((span) => one(span).events.map(fieldsOf));
        const together = isReversed ? spans.toReversed() : spans;
        const { events } = mapRequest(encode(tracesOf(together, "openai"), encoding), encoding, "traces", ofShop);
        expect(events.map(fieldsOf).toSorted((a, b) => b.occurredAtMs - a.occurredAtMs)).toEqual(
          alone.toSorted((a, b) => b.occurredAtMs - a.occurredAtMs),
        );
        expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(numbers.length);
        expect(events.map(({ eventId }) => eventId[14])).toEqual(numbers.map(() => "5"));
      }),
    );
  });

  test("mutated spans are refused as malformed, or give rows that can be stored", () => {
    let calls = 0;
    const attributes = Object.values(conventions).map(([given]) => given);
    fc.assert(
      fc.property(fc.constantFrom(...attributes), fc.oneof(mutations, fc.constant([])), (given, changes) => {
        const status = { code: 2, message: "no" };
        const body = mutate(encode(tracesOf([callOf(given, { status })], "openai"), encoding), changes);
        try {
          for (const event of mapRequest(body, encoding, "traces", ofShop).events) {
            calls++;
            const data = JSON.parse(Buffer.from(event.eventData).toString()) as Record<string, unknown>;
            expect(JSON.stringify(data)).not.toContain("\\u0000");
            expect(data["model"]).toEqual(expect.any(String));
          }
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedOtlpError);
        }
      }),
      { numRuns: 1500 },
    );
    expect(calls).toBeGreaterThan(100);
  });
});
