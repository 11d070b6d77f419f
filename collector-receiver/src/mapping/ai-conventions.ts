/**
 * How instrumentations write what a call of a model used. One table: the first attribute that is there counts, so newer names
 * stand before older ones.
 *
 * Sources, read in November 2026:
 * - GenAI semantic conventions 1.27 to 1.44, and semantic-conventions-genai after them:
 *   https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/client-inference.md
 *   (`gen_ai.system` became `gen_ai.provider.name` in 1.37; `prompt_tokens` became `input_tokens` in 1.27; `cache_creation`
 *   became `cache_write`; input "SHOULD include all types of input tokens, including cached tokens")
 * - OpenLLMetry: https://github.com/traceloop/openllmetry/blob/main/packages/opentelemetry-semantic-conventions-ai
 *   (`llm.*` before 0.5, `gen_ai.usage.cache_read_input_tokens` with underscores)
 * - Vercel AI SDK 4 to 6: https://github.com/vercel/ai/blob/main/packages/otel/src/legacy-open-telemetry.ts (`ai.*`), 7:
 *   https://github.com/vercel/ai/blob/main/packages/otel/src/open-telemetry.ts (`gen_ai.*`)
 * - OpenInference: https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md (`llm.token_count.*`)
 */
export const aiFields = {
  model: [
    "gen_ai.response.model",
    "ai.response.model",
    "gen_ai.request.model",
    "ai.model.id",
    "llm.model_name",
    "embedding.model_name",
  ],
  provider: ["gen_ai.provider.name", "gen_ai.system", "ai.model.provider", "llm.provider", "llm.system"],
  serviceTier: [
    "openai.response.service_tier",
    "gen_ai.openai.response.service_tier",
    "openai.request.service_tier",
    "gen_ai.openai.request.service_tier",
  ],
  sessionId: ["gen_ai.conversation.id", "session_id"],
  responseId: ["gen_ai.response.id", "ai.response.id"],
  input: [
    "gen_ai.usage.input_tokens",
    "gen_ai.usage.prompt_tokens",
    "llm.usage.prompt_tokens",
    "ai.usage.inputTokens",
    "ai.usage.promptTokens",
    "ai.usage.tokens",
    "llm.token_count.prompt",
  ],
  output: [
    "gen_ai.usage.output_tokens",
    "gen_ai.usage.completion_tokens",
    "llm.usage.completion_tokens",
    "ai.usage.outputTokens",
    "ai.usage.completionTokens",
    "llm.token_count.completion",
  ],
  cacheRead: [
    "gen_ai.usage.cache_read.input_tokens",
    "gen_ai.usage.cache_read_input_tokens",
    "ai.usage.inputTokenDetails.cacheReadTokens",
    "ai.usage.cachedInputTokens",
    "llm.token_count.prompt_details.cache_read",
  ],
  cacheWrite: [
    "gen_ai.usage.cache_write.input_tokens",
    "gen_ai.usage.cache_creation.input_tokens",
    "gen_ai.usage.cache_creation_input_tokens",
    "ai.usage.inputTokenDetails.cacheWriteTokens",
    "llm.token_count.prompt_details.cache_write",
  ],
  firstTokenSeconds: ["gen_ai.response.time_to_first_chunk", "gen_ai.client.operation.time_to_first_chunk"],
  firstTokenMs: ["ai.response.msToFirstChunk", "ai.stream.msToFirstChunk"],
  error: ["error.type"],
  /** What kind of span it is, by each convention. */
  operation: ["gen_ai.operation.name"],
  aiSdkOperation: ["ai.operationId"],
  requestType: ["llm.request.type"],
  openInferenceKind: ["openinference.span.kind"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Operations of `gen_ai.operation.name` that call a model. */
export const callingOperations: ReadonlySet<string> = new Set([
  "chat",
  "text_completion",
  "generate_content",
  "embeddings",
]);
/** Those that do not: they stand around calls, or beside them. Any other one is unknown, and noted. */
export const otherOperations: ReadonlySet<string> = new Set([
  "invoke_agent",
  "create_agent",
  "agent_step",
  "execute_tool",
  "invoke_workflow",
  "plan",
  "retrieval",
  "rerank",
  "guard",
  "guardrail.run",
  // An answer of before is read again: its tokens are those of the call that made it.
  "fetch_response",
  "create_memory",
  "search_memory",
  "update_memory",
  "upsert_memory",
  "delete_memory",
  "create_memory_store",
  "delete_memory_store",
]);
/** `llm.request.type` of OpenLLMetry, by the operation that it is. */
export const requestTypes: Readonly<Record<string, string>> = {
  chat: "chat",
  completion: "text_completion",
  embedding: "embeddings",
};
/** `openinference.span.kind`, by the operation that it is. */
export const openInferenceKinds: Readonly<Record<string, string>> = { llm: "chat", embedding: "embeddings" };
/** The AI SDK's spans that call a model: `ai.generateText.doGenerate`. The others stand around these. */
export const callOfAiSdk = /^ai\.\w+\.(?:doGenerate|doStream|doEmbed)$/;

/**
 * The AI SDK 7 writes two spans of one embedding under this scope, both with the operation `embeddings`; only the inner one, which
 * calls the model, has the attribute. See `onEmbedStart` of @ai-sdk/otel.
 */
export const aiSdkScope = "gen_ai";
export const embeddedTokens = "gen_ai.usage.input_tokens";

/** How the AI SDK and others write providers, by the name in the semantic conventions; see `mapProviderName` of @ai-sdk/otel. */
export const providerPrefixes: readonly (readonly [prefix: string, provider: string])[] = [
  ["google.vertex", "gcp.vertex_ai"],
  ["google-vertex", "gcp.vertex_ai"],
  ["googlevertex", "gcp.vertex_ai"],
  ["vertex", "gcp.vertex_ai"],
  ["google.generative-ai", "gcp.gemini"],
  ["google", "gcp.gemini"],
  ["amazon-bedrock", "aws.bedrock"],
  ["bedrock", "aws.bedrock"],
  ["azure-openai", "azure.ai.openai"],
  ["az.ai.openai", "azure.ai.openai"],
  ["azure.ai", "azure.ai"],
  ["azure", "azure.ai.inference"],
  ["mistral", "mistral_ai"],
  ["mistralai", "mistral_ai"],
  ["xai", "x_ai"],
  ["moonshot", "moonshot_ai"],
  ["moonshotai", "moonshot_ai"],
  ["openai", "openai"],
  ["anthropic", "anthropic"],
];

/** What the AI SDK adds to a provider's name: the API that it calls. */
export const apiOfProvider = /\.(?:chat|completions?|responses|messages|(?:text-?)?embeddings?)$/;
/** Providers of which the AI SDK 4 and 5 leave the cache out of input, and tell of it in part or not at all. */
export const hidesCacheInAiSdk = /anthropic|bedrock/i;

/** Providers whose own count of input leaves out the cache, so that an instrumentation has to add it. */
export const countsCacheApart = /^(?:anthropic|aws\.bedrock|gcp\.vertex_ai)$/;
/** Names of cached tokens that came with the rule that input includes them. */
export const includedCacheNames: ReadonlySet<string> = new Set([
  "gen_ai.usage.cache_read.input_tokens",
  "gen_ai.usage.cache_write.input_tokens",
  "gen_ai.usage.cache_creation.input_tokens",
  "ai.usage.inputTokenDetails.cacheReadTokens",
  "ai.usage.inputTokenDetails.cacheWriteTokens",
  "llm.token_count.prompt_details.cache_read",
  "llm.token_count.prompt_details.cache_write",
]);
