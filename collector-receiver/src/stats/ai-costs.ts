import { quantileOf } from "../metrics/duration-histogram.ts";
import type { HistogramBucket } from "../metrics/duration-histogram.ts";
import { add, divide, fractionOf, subtract, toNumber, zero } from "../metrics/exact-fraction.ts";
import type { Fraction } from "../metrics/exact-fraction.ts";
import type { Locale } from "../metrics/format-metric.ts";
import { findPrice, foldPriceWord, spendOf } from "../metrics/model-prices.ts";
import type { ModelPrice } from "../metrics/model-prices.ts";
import { documentHeader } from "./document-header.ts";
import type { DocumentHeader } from "./document-header.ts";
import { readPeriod } from "./read-period.ts";
import type { PeriodReading, StatsReader } from "./read-period.ts";
import type { PeriodQuery } from "./report-period.ts";
import { maxAiTokensRows, readAiTokens } from "./sql/read-ai-tokens.ts";
import type { AiTokensRow } from "./sql/read-ai-tokens.ts";
import { readDurations } from "./sql/read-durations.ts";
import { readModelPrices } from "./sql/read-model-prices.ts";

/** Calls and tokens. All input includes what was read from and written to a cache. */
export interface AiUse {
  readonly ai_calls: number;
  readonly failed_calls: number;
  readonly calls_without_usage: number;
  readonly calls_without_session: number;
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

export interface ModelUse extends AiUse {
  readonly provider: string;
  readonly model: string;
  readonly service_tier: string;
}

interface Quantiles {
  readonly p50_ms: number | null;
  readonly p90_ms: number | null;
}

export interface AiCosts extends DocumentHeader, AiUse {
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

const maxModels = 200;
const histograms = { call_time: "ai_call_time", first_token_time: "ai_first_token" } as const;

/** What calls of models used in a period, what that cost by the prices that are stored now, and what is left of the savings. */
export async function readAiCosts(
  reader: StatsReader,
  tenantId: string,
  query: PeriodQuery,
  locale: Locale,
): Promise<AiCosts> {
  const reading = await readPeriod(reader, tenantId, query);
  const { pool } = reader;
  const [rows, prices, [durations]] = await Promise.all([
    readAiTokens(pool, tenantId, reading.period),
    readModelPrices(pool, tenantId),
    readDurations(pool, tenantId, Object.values(histograms), [reading.period]),
  ]);
  const whole = sumUse(rows, prices);
  const isCut = rows.length === maxAiTokensRows;
  const byModel = Map.groupBy(rows, ({ provider, model, serviceTier }) =>
    [provider, model, serviceTier].map(foldPriceWord).join("\n"),
  );
  const models = [...byModel]
    .map(([key, ofModel]) => {
      const [provider = "", model = "", tier = ""] = key.split("\n");
      return { provider, model, service_tier: tier, ...useOf(sumUse(ofModel, prices)) };
    })
    .toSorted((a, b) => b.ai_calls - a.ai_calls);
  const quantiles = (histogram: string): Quantiles => quantilesOf(durations?.get(histogram) ?? []);
  return {
    ...documentHeader(reading, locale),
    ...useOf(whole),
    ...(isCut ? { at_least: true } : {}),
    call_time: quantiles(histograms.call_time),
    first_token_time: quantiles(histograms.first_token_time),
    ...savingsOf(reading, whole.isPriced ? whole.amount : null),
    models: models.slice(0, maxModels),
    complete: models.length <= maxModels && !isCut,
  };
}

interface Sum {
  readonly counts: Record<"calls" | "failed" | "withoutUsage" | "withoutSession" | "unclear", number>;
  readonly tokens: Record<"uncached" | "cacheRead" | "cacheWrite" | "output", bigint>;
  amount: Fraction;
  unpriced: bigint;
  isPriced: boolean;
}

/** Each day by the price of that day; added exactly, rounded once. */
function sumUse(rows: readonly AiTokensRow[], prices: readonly ModelPrice[]): Sum {
  const sum: Sum = {
    counts: { calls: 0, failed: 0, withoutUsage: 0, withoutSession: 0, unclear: 0 },
    tokens: { uncached: 0n, cacheRead: 0n, cacheWrite: 0n, output: 0n },
    amount: zero,
    unpriced: 0n,
    isPriced: false,
  };
  for (const row of rows) {
    for (const name of Object.keys(sum.counts) as (keyof Sum["counts"])[]) sum.counts[name] += row[name];
    for (const name of Object.keys(sum.tokens) as (keyof Sum["tokens"])[]) sum.tokens[name] += BigInt(row[name]);
    const { amount, unpriced, isPriced } = spendOf(row, findPrice(prices, row));
    sum.amount = add(sum.amount, amount);
    sum.unpriced += unpriced;
    sum.isPriced ||= isPriced;
  }
  return sum;
}

function useOf({ counts, tokens, amount, unpriced, isPriced }: Sum): AiUse {
  return {
    ai_calls: counts.calls,
    failed_calls: counts.failed,
    calls_without_usage: counts.withoutUsage,
    calls_without_session: counts.withoutSession,
    ai_input_tokens: Number(tokens.uncached + tokens.cacheRead + tokens.cacheWrite),
    ai_cached_input_tokens: Number(tokens.cacheRead),
    ai_cache_write_tokens: Number(tokens.cacheWrite),
    ai_output_tokens: Number(tokens.output),
    ai_spend: isPriced ? toNumber(amount) : null,
    unpriced_tokens: Number(unpriced),
    at_least: unpriced > 0n || counts.withoutUsage > 0 || counts.unclear > 0,
  };
}

function quantilesOf(buckets: readonly HistogramBucket[]): Quantiles {
  return { p50_ms: quantileOf(buckets, 0.5), p90_ms: quantileOf(buckets, 0.9) };
}

type Savings = Pick<
  AiCosts,
  "spend_per_session" | "spend_per_ai_resolved_session" | "estimated_cost_saved" | "net_saved" | "return_on_spend"
>;

/** Spend goes by the day of the call, savings by the day on which the conversation started. */
function savingsOf({ counters, tenant }: PeriodReading, spend: Fraction | null): Savings {
  const saved = tenant.aiAnswered ? fractionOf(counters.estimated_cost_saved ?? "0") : null;
  const over = (count: string | null): Fraction | null =>
    spend === null || count === null ? null : divide(spend, fractionOf(count));
  const number = (value: Fraction | null): number | null => (value === null ? null : toNumber(value));
  return {
    spend_per_session: number(over(counters.total_sessions)),
    spend_per_ai_resolved_session: number(over(tenant.aiAnswered ? counters.ai_resolved_sessions : null)),
    estimated_cost_saved: number(saved),
    net_saved: number(saved === null || spend === null ? null : subtract(saved, spend)),
    return_on_spend: number(saved === null || spend === null ? null : divide(saved, spend)),
  };
}
