import type { BusinessEventName } from "@spanledger/sdk/event-catalogue";
import type { CountableEvent } from "../mapping/business-event.ts";

/** Calls of models: what they used is counted by day and by what a price may depend on. Spend is derived on reading. */
export const aiCallEvent = "ai.call" satisfies BusinessEventName;

/** What a price may depend on, in the order of the key. */
export const aiPriceKeys = ["provider", "model", "service_tier"] as const;
export type AiPriceKey = (typeof aiPriceKeys)[number];

const maxWord = 64;

/**
 * The word under which a provider, model or service tier is counted; empty if it is absent. Case stays: an erasure looks for
 * exact ids, in rows and counters alike. A second time it changes nothing.
 */
export function priceWordOf(value: unknown): string {
  if (typeof value !== "string") return "";
  return Array.from(value.trim().replace(/\s+/gu, " ")).slice(0, maxWord).join("").trim();
}

/** What calls add up to, by column of `analytics_ai_tokens`. */
export const aiColumns = [
  "calls",
  "failed_calls",
  /** Answered, and nobody says with how many tokens. */
  "calls_without_usage",
  /** Of no conversation. */
  "calls_without_session",
  /** Whether the input includes the cache is not certain: what they cost is a lower bound. */
  "unclear_calls",
  /** A sampler let only some of such calls arrive. */
  "sampled_calls",
  "uncached_tokens",
  "cache_read_tokens",
  "cache_write_tokens",
  "output_tokens",
] as const;
export type AiColumn = (typeof aiColumns)[number];

/** Durations of calls whose distribution is kept, by the name of the histogram. */
export const aiCallDurations = [
  { metric: "ai_call_time", attribute: "duration_ms" },
  { metric: "ai_first_token", attribute: "first_token_ms" },
] as const;

/** Attributes that counting reads. */
export const aiCallAttributes: readonly string[] = [
  ...aiPriceKeys,
  "input_tokens",
  "cached_input_tokens",
  "cache_write_tokens",
  "output_tokens",
  "error",
  "cache_unclear",
  "sampled",
  "scope",
  ...aiCallDurations.map(({ attribute }) => attribute),
];

type Call = Pick<CountableEvent, "attributes" | "sessionId">;

const tokensOf = ({ attributes }: Call, name: string): number => {
  const value = attributes[name];
  return typeof value === "number" ? value : 0;
};

/** True if the receiver made the call of a span: it has given it its id. */
export function isOfSpan({ name, attributes }: Pick<CountableEvent, "name" | "attributes">): boolean {
  return name === aiCallEvent && typeof attributes["scope"] === "string";
}

/** True if a call says more tokens of a cache than of input, or its span did not tell whether input includes them. */
export function hasUnclearCache(call: Call): boolean {
  if (call.attributes["cache_unclear"] === true) return true;
  const cached = tokensOf(call, "cached_input_tokens") + tokensOf(call, "cache_write_tokens");
  return cached > tokensOf(call, "input_tokens");
}

/** What one call adds, in the order of `aiColumns`. Input includes what was read from and written to a cache. */
export function aiAmountsOf(call: Call): number[] {
  const { attributes, sessionId } = call;
  const read = tokensOf(call, "cached_input_tokens");
  const written = tokensOf(call, "cache_write_tokens");
  const failed = attributes["error"] === true;
  const hasUsage = typeof attributes["input_tokens"] === "number" || typeof attributes["output_tokens"] === "number";
  const amounts: Readonly<Record<AiColumn, number>> = {
    calls: 1,
    failed_calls: Number(failed),
    calls_without_usage: Number(!failed && !hasUsage),
    calls_without_session: Number(sessionId === null),
    unclear_calls: Number(hasUnclearCache(call)),
    sampled_calls: Number(attributes["sampled"] === true),
    uncached_tokens: Math.max(0, tokensOf(call, "input_tokens") - read - written),
    cache_read_tokens: read,
    cache_write_tokens: written,
    output_tokens: tokensOf(call, "output_tokens"),
  };
  return aiColumns.map((column) => amounts[column]);
}

/** The durations of a call, in whole milliseconds. */
export function aiDurationsOf({ attributes }: Call): { readonly metric: string; readonly ms: number }[] {
  return aiCallDurations.flatMap(({ metric, attribute }) => {
    const ms = attributes[attribute];
    return typeof ms === "number" ? [{ metric, ms: Math.round(ms) }] : [];
  });
}
