import { aiFields, callingOperations, otherOperations } from "../collector-receiver/src/mapping/ai-conventions.ts";
import { describeAiJudges } from "./ai-judges.ts";

const code = (names: Iterable<string>): string => [...names].map((name) => `\`${name}\``).join(", ");

/** What each group of names gives: an attribute of `ai.call`, or what is decided by it. */
const given: Readonly<Record<keyof typeof aiFields, string>> = {
  operation: "`operation`",
  aiSdkOperation:
    "`operation`: `ai.….doGenerate`, `doStream` and `doEmbed` call a model, all others stand around calls",
  requestType: "`operation`: `chat`, `completion`, `embedding`",
  openInferenceKind: "`operation`: `LLM`, `EMBEDDING`",
  model: "`model`; `unknown` if none is there",
  provider: "`provider`, in the words of the semantic conventions: `openai.chat` is `openai`",
  serviceTier: "`service_tier`; `auto` says nothing",
  sessionId: "`session_id`: the conversation; a call without one belongs to no conversation",
  input: "`input_tokens`",
  cacheRead: "`cached_input_tokens`",
  cacheWrite: "`cache_write_tokens`",
  output: "`output_tokens`",
  firstTokenSeconds: "`first_token_ms`, from seconds",
  firstTokenMs: "`first_token_ms`",
  error: "`error`; so does the status of the span",
  responseId: "`response_id`",
};

/** What calls cost. */
const costs = `## What they cost

Prices are of a million tokens, in the tenant's currency, from a business day on. None are shipped: providers change theirs.

\`\`\`sh
spanledger prices set --model 'gpt-5-mini*' --provider openai --input 1.8 --cached-input 0.18 --output 14.4
spanledger prices import examples/model-prices.json --rate 7.12   # the file's prices × 7.12, once
spanledger prices list
\`\`\`

Of several prices that fit, the one whose model says most counts (a whole name before a pattern), then one with a provider, then one with a
service tier, then the latest. A fine-tuned model is priced as \`ft:\` and its base. Each change is in the audit.

Where there are calls, \`ai_calls\`, \`ai_input_tokens\`, \`ai_cached_input_tokens\`, \`ai_output_tokens\`, \`ai_spend\` and \`net_saved\` (the estimated cost
saved less the spend) stand in the case study, summary, series, report, files and shared copies, with the return, the spend per conversation and
per conversation that the AI resolved, errors, and p50 and p90 of duration and first token ([metrics](metrics.md)).
\`GET /api/analytics/ai-costs?month=2025-12\` has them by model. Spend goes by the day of the call, savings by the day on which the conversation
started. The view \`analytics_ai_spend\` derives it on reading, each day by its own price, exactly, so that a price for past days recounts
nothing. If tokens have no price, if calls do not tell what they used, or if a sampler let only some arrive, spend says "at least" and net saved "at
most" (\`bound\`), and a note names the models.

`;

/** What input includes, and where that was read. */
const sources = `Input includes what was read from and written to a cache, as OpenTelemetry says. If more tokens are cached than there are input tokens, the
input leaves them out, and they are added. The AI SDK 5 and names with underscores do not say it for Anthropic, Bedrock and Vertex AI: then the
call has \`cache_unclear\`, counts as if the input included them, and stands in the [ledger](data-quality.md). So does each call of Anthropic
or Bedrock by the AI SDK 4 or 5, which may leave out what was read from or written to a cache.

Sources: the [GenAI conventions](https://github.com/open-telemetry/semantic-conventions-genai/blob/main/docs/gen-ai/client-inference.md) from 1.27 on,
[OpenLLMetry](https://github.com/traceloop/openllmetry/tree/main/packages/opentelemetry-semantic-conventions-ai), the AI SDK
[4 to 6](https://github.com/vercel/ai/blob/main/packages/otel/src/legacy-open-telemetry.ts) and
[7](https://github.com/vercel/ai/blob/main/packages/otel/src/open-telemetry.ts),
[OpenInference](https://github.com/Arize-ai/openinference/blob/main/spec/semantic_conventions.md), as of November 2026.

`;

/** How calls of models are recorded, and which spans are taken for some. */
export function describeAiCalls(): string {
  const rows = Object.entries(given).map(
    ([field, what]) => `| ${what} | ${code(aiFields[field as keyof typeof aiFields])} |`,
  );
  return `# Calls of models

A call of a model is the event \`ai.call\` ([semantic conventions](semantic-conventions.md)). Record it:

\`\`\`ts
recordBusinessEvent("ai.call", { model: "gpt-5-mini", provider: "openai", session_id, input_tokens: 1840, output_tokens: 212 });
\`\`\`

Or let the receiver make it of the spans that an instrumentation writes. Name the services in \`spanledger.config.ts\`; without that, no span is
looked at:

\`\`\`ts
export default defineSpanledger({
  aiCalls: { services: ["chatbot"], ignoreScopes: ["@traceloop/instrumentation-openai"] },
});
\`\`\`

- \`services\` are values of \`service.name\`. Resources with another \`deployment.environment.name\` than production do not count.
- A span is judged by itself, in any order. These operations are calls: ${code(callingOperations)}. These are not, because their children are:
  ${code(otherOperations)}. Any other is named with its number in
  \`spanledger_unknown_ai_operations_total\` at \`/metrics\`, and does not count.
- A call counts once: its id comes from trace id and span id, its time is the span's end. If two instrumentations write a span for one call,
  it counts twice until \`ignoreScopes\` names one of them. \`scope\` and \`response_id\` of the events tell them apart; \`spanledger doctor\`
  names answers that were counted twice.
- Prompts, answers and arguments of tools are never read. \`otel-collector.yaml\` copies spans that may be calls to the receiver before anything is
  sampled, with what is read of them alone; the tracing backend gets them as they are.
- Spans that start within \`withBusinessContext\` carry its \`session_id\` if \`startTelemetry\` or \`@spanledger/sdk/register\` started tracing. In other
  languages set \`gen_ai.conversation.id\` or \`session_id\` on the span.
- A call is not an activity of its conversation, and the calls of a test conversation count nowhere.
- Spans that a product's sampler drops do not arrive. If the trace state tells so (\`ot=th:…\`), the call is \`sampled\`, and figures say "at least".
  Record \`ai.call\` if every call has to count.

\`analytics_ai_tokens\` counts calls and tokens by day, provider, model and service tier. The four kinds of tokens are disjoint: uncached input, read
from a cache, written to a cache, output. \`spanledger verify\` counts them again from the events.

${costs}## Which attribute says what

The first one that is there counts.

| gives | attributes |
| --- | --- |
${rows.join("\n")}

${describeAiJudges()}${sources}Generated by \`npm run docs\` from \`collector-receiver/src/mapping/ai-conventions.ts\`.
`;
}
