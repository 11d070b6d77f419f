import {
  aiFields,
  aiSdkScope,
  apiOfProvider,
  callingOperations,
  callOfAiSdk,
  countsCacheApart,
  embeddedTokens,
  hidesCacheInAiSdk,
  includedCacheNames,
  openInferenceKinds,
  otherOperations,
  providerPrefixes,
  requestTypes,
} from "./ai-conventions.ts";

/** Attributes of a span that the conventions name. */
export type SpanAttributes = ReadonlyMap<string, string | number | boolean>;

/** A span as it is judged: by itself, whatever stands around it. */
export interface AiSpan {
  /** Name of its instrumentation scope. */
  readonly scope: string;
  readonly attributes: SpanAttributes;
  /** Its status is an error. */
  readonly failed: boolean;
  /** A sampler let only some of such spans through. */
  readonly sampled: boolean;
  /** Null if it ends before it starts. */
  readonly durationMs: number | null;
}

/** A call of a model as the event `ai.call` has it. */
export type AiCallData = Readonly<Record<string, string | number | boolean>>;

/** An operation that no list knows. */
export class UnknownOperation {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What a span is: a call, another operation (null), or one that no list knows. */
export type JudgedSpan = AiCallData | null | UnknownOperation;

const maxTokens = 1_000_000_000;
const maxDurationMs = 31_536_000_000;
const maxText = 255;
const maxSessionId = 64;

/** Judges a span by itself. A span of a workflow, an agent or a tool gives null: its children are the calls. */
export function readAiCall({ scope, attributes, failed, sampled, durationMs }: AiSpan): JudgedSpan {
  const operation = operationOf(attributes);
  if (operation === null || operation instanceof UnknownOperation) return operation;
  if (scope === aiSdkScope && operation === "embeddings" && !attributes.has(embeddedTokens)) return null;
  const text = (field: keyof typeof aiFields): string | undefined => textIn(attributes, aiFields[field]);
  const provider = providerOf(text("provider"));
  const model = text("model") ?? "unknown";
  const tier = text("serviceTier");
  const sessionId = text("sessionId");
  const firstTokenMs = firstTokenOf(attributes);
  const call: Record<string, string | number | boolean | undefined> = {
    model,
    provider,
    operation,
    // What was asked for says nothing of the price.
    service_tier: tier === "auto" ? undefined : tier,
    session_id: sessionId !== undefined && Array.from(sessionId).length <= maxSessionId ? sessionId : undefined,
    ...tokensOf(attributes, operation, provider),
    duration_ms: durationMs === null || durationMs > maxDurationMs ? undefined : durationMs,
    first_token_ms: firstTokenMs,
    sampled: sampled ? true : undefined,
    error: failed || text("error") !== undefined,
    scope: scope === "" ? "unknown" : cut(scope),
    response_id: text("responseId"),
  };
  return Object.fromEntries(
    Object.entries(call).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

function operationOf(attributes: SpanAttributes): string | null | UnknownOperation {
  const ofAiSdk = textIn(attributes, aiFields.aiSdkOperation);
  if (ofAiSdk !== undefined) {
    if (!callOfAiSdk.test(ofAiSdk)) return null;
    return ofAiSdk.endsWith("doEmbed") ? "embeddings" : "chat";
  }
  const operation = textIn(attributes, aiFields.operation)?.toLowerCase();
  if (operation !== undefined) {
    if (callingOperations.has(operation)) return operation;
    return otherOperations.has(operation) ? null : new UnknownOperation(operation);
  }
  const type = textIn(attributes, aiFields.requestType)?.toLowerCase();
  if (type !== undefined) return requestTypes[type] ?? null;
  return openInferenceKinds[textIn(attributes, aiFields.openInferenceKind)?.toLowerCase() ?? ""] ?? null;
}

/** Input includes the cache, as in `ai.call`. */
function tokensOf(
  attributes: SpanAttributes,
  operation: string,
  provider: string | undefined,
): Record<string, number | boolean | undefined> {
  const input = numberIn(attributes, aiFields.input);
  const read = numberIn(attributes, aiFields.cacheRead);
  const written = numberIn(attributes, aiFields.cacheWrite);
  const cached = (read?.value ?? 0) + (written?.value ?? 0);
  let inputTokens = input?.value;
  let isUnclear = input !== undefined && operation !== "embeddings" && mayHideCache(attributes);
  if (cached > 0) {
    // More than all of it cannot be a part of it.
    if (cached > (inputTokens ?? 0)) inputTokens = (inputTokens ?? 0) + cached;
    else {
      const isIncluded = [read, written].every(
        (of) => of === undefined || of.value === 0 || includedCacheNames.has(of.name),
      );
      isUnclear ||= !isIncluded && provider !== undefined && countsCacheApart.test(provider);
    }
  }
  return {
    input_tokens: inputTokens === undefined ? undefined : Math.min(inputTokens, maxTokens),
    cached_input_tokens: read?.value,
    cache_write_tokens: written?.value,
    output_tokens: numberIn(attributes, aiFields.output)?.value,
    cache_unclear: isUnclear ? true : undefined,
  };
}

/**
 * True for a span of the AI SDK 4 or 5, of a provider whose cache it leaves out of input: 4 tells nothing of the cache, 5 nothing of
 * what was written to it. 6 has details of its input.
 */
function mayHideCache(attributes: SpanAttributes): boolean {
  if (textIn(attributes, aiFields.aiSdkOperation) === undefined) return false;
  if (numberIn(attributes, [...includedCacheNames]) !== undefined) return false;
  return hidesCacheInAiSdk.test(textIn(attributes, ["gen_ai.system", "ai.model.provider"]) ?? "");
}

function firstTokenOf(attributes: SpanAttributes): number | undefined {
  const seconds = durationIn(attributes, aiFields.firstTokenSeconds, 1000);
  return seconds ?? durationIn(attributes, aiFields.firstTokenMs, 1);
}

/** The first of these that is a duration; its milliseconds, with three decimals at most. */
function durationIn(attributes: SpanAttributes, names: readonly string[], unitMs: number): number | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value !== "number" || !(value >= 0)) continue;
    const ms = Math.round(value * unitMs * 1000) / 1000;
    if (ms <= maxDurationMs) return ms;
  }
  return undefined;
}

/** The first of these that is a count of tokens. */
function numberIn(
  attributes: SpanAttributes,
  names: readonly string[],
): { readonly name: string; readonly value: number } | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= maxTokens)
      return { name, value };
  }
  return undefined;
}

/** The first of these that says something. */
function textIn(attributes: SpanAttributes, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes.get(name);
    if (typeof value === "string" && value.trim() !== "") return cut(value.trim());
  }
  return undefined;
}

function cut(text: string): string {
  return text.length <= maxText ? text : Array.from(text).slice(0, maxText).join("");
}

/** A provider as the semantic conventions call it: `openai.chat` and `openai.responses` are `openai`. */
function providerOf(text: string | undefined): string | undefined {
  const lower = text?.toLowerCase();
  if (lower === undefined) return undefined;
  if (/^(?:gcp|aws|azure\.ai|x_ai|mistral_ai)\b/.test(lower)) return lower;
  const known = providerPrefixes.find(
    ([prefix]) => lower === prefix || lower.startsWith(`${prefix}.`) || lower.startsWith(`${prefix}-`),
  );
  return known?.[1] ?? lower.replace(apiOfProvider, "");
}
