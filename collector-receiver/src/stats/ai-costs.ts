import { fractionOf, toNumber } from "../metrics/exact-fraction.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { periodUse } from "./ai-metrics.ts";
import { gapsOf, spendOf } from "./ai-reading.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { metricsOfPeriod } from "./period-metrics.ts";
import type { PeriodReading } from "./read-period.ts";
import type { AiUse } from "./sql/read-ai-spend.ts";

/** Calls and tokens. All input includes what was read from and written to a cache. */
export interface AiUseDocument {
  readonly ai_calls: number;
  readonly failed_calls: number;
  readonly calls_without_usage: number;
  readonly calls_without_session: number;
  readonly sampled_calls: number;
  readonly ai_input_tokens: number;
  readonly ai_cached_input_tokens: number;
  readonly ai_cache_write_tokens: number;
  readonly ai_output_tokens: number;
  /** Null if nothing of it has a price. */
  readonly ai_spend: number | null;
  /** Tokens without a price. */
  readonly unpriced_tokens: number;
  /** Not everything that was used is in the spend. */
  readonly at_least: boolean;
}

export interface ModelUse extends AiUseDocument {
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
}

interface Quantiles {
  readonly p50_ms: number | null;
  readonly p90_ms: number | null;
}

export interface AiCosts extends DocumentHeader, AiUseDocument {
  readonly call_time: Quantiles;
  readonly first_token_time: Quantiles;
  readonly spend_per_session: number | null;
  readonly spend_per_ai_resolved_session: number | null;
  readonly estimated_cost_saved: number | null;
  readonly net_saved: number | null;
  /** What was saved for each unit that was spent. */
  readonly return_on_spend: number | null;
  /** The most used first. */
  readonly models: ModelUse[];
  /** False if there are more models than are listed. */
  readonly complete: boolean;
}

/** What calls of models used in a period, what that cost by the prices that are stored now, and what is left of the savings. */
export function aiCostsOf(reading: PeriodReading, locale: Locale): AiCosts {
  const { ai } = reading;
  const metrics = metricsOfPeriod(reading, locale);
  const valueOf = (key: string): number | null => metrics.get(key)?.value ?? null;
  return {
    ...documentHeader(reading, locale),
    ...aiUseOf(periodUse(reading)),
    ai_spend: valueOf("ai_spend"),
    call_time: { p50_ms: valueOf("ai_call_time_p50_ms"), p90_ms: valueOf("ai_call_time_p90_ms") },
    first_token_time: { p50_ms: valueOf("ai_first_token_p50_ms"), p90_ms: valueOf("ai_first_token_p90_ms") },
    spend_per_session: valueOf("ai_spend_per_session"),
    spend_per_ai_resolved_session: valueOf("ai_spend_per_ai_resolved_session"),
    estimated_cost_saved: valueOf("estimated_cost_saved"),
    net_saved: valueOf("net_saved"),
    return_on_spend: valueOf("ai_return"),
    models: (ai?.models ?? []).map(({ provider, model, serviceTier, ...own }) => ({
      provider,
      model,
      service_tier: serviceTier,
      ...aiUseOf(own),
    })),
    complete: ai?.isComplete ?? true,
  };
}

/** Use as documents have it. */
function aiUseOf(use: AiUse): AiUseDocument {
  const spend = spendOf(use);
  return {
    ai_calls: use.calls,
    failed_calls: use.failed,
    calls_without_usage: use.withoutUsage,
    calls_without_session: use.withoutSession,
    sampled_calls: use.sampled,
    ai_input_tokens: Number(BigInt(use.uncached) + BigInt(use.cacheRead) + BigInt(use.cacheWrite)),
    ai_cached_input_tokens: Number(use.cacheRead),
    ai_cache_write_tokens: Number(use.cacheWrite),
    ai_output_tokens: Number(use.output),
    ai_spend: spend === null ? null : toNumber(fractionOf(spend)),
    unpriced_tokens: Number(use.unpriced),
    at_least: gapsOf(use).size > 0,
  };
}
