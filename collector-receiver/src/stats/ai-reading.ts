/** Calls of models in a period, and in the days that it is compared with. */
import { aiCostTerms } from "../metrics/ai-cost-metrics.ts";
import type { AiCostCounts, AiCostMetric, AiGap } from "../metrics/ai-cost-metrics.ts";
import type { HistogramBucket } from "../metrics/duration-histogram.ts";
import type { Counters } from "../metrics/metric-definition.ts";
import type { DayRange } from "./report-period.ts";
import { noAiUse, readAiModels, readUnpricedModels, readAiUse } from "./sql/read-ai-spend.ts";
import type { AiModelUse, AiUse } from "./sql/read-ai-spend.ts";
import { readDurations } from "./sql/read-durations.ts";
import type { TenantRow } from "./sql/read-tenant.ts";
import type { StatsContext } from "./stats-options.ts";

/** Models that are listed one by one at most. */
export const maxModels = 200;
/** Histograms of the durations of calls. */
export const aiHistograms = ["ai_call_time", "ai_first_token"] as const;

/** What was used and how long it took, in a range of days. */
export interface AiRange {
  readonly use: AiUse;
  readonly durations: ReadonlyMap<string, readonly HistogramBucket[]>;
}

export interface AiReading {
  /** By `rangeKey`; every range that was asked for. */
  readonly ranges: ReadonlyMap<string, AiRange>;
  /** Of the first range, the most called first. */
  readonly models: readonly AiModelUse[];
  /** All of the first range that used tokens without a price, listed or not. */
  readonly unpricedModels: readonly Pick<AiModelUse, "provider" | "model">[];
  /** False if there are more models than are listed. */
  readonly isComplete: boolean;
}

/** What a range of days is called in maps. */
export const rangeKey = ({ startDate, endDate }: DayRange): string => `${startDate} ${endDate}`;

/**
 * Reads the calls of some ranges of days. A tenant that calls no models costs one look into an empty index.
 * @param ranges the period, then whatever it is compared with
 * @returns null if there is no call in any of them
 */
export async function readAi(
  pool: StatsContext["pool"],
  tenantId: string,
  ranges: readonly [DayRange, ...DayRange[]],
): Promise<AiReading | null> {
  const uses = await readAiUse(pool, tenantId, ranges);
  if (uses.every((use) => use === null)) return null;
  const [models, unpricedModels, durations] = await Promise.all([
    readAiModels(pool, tenantId, ranges[0], maxModels + 1),
    (uses[0]?.unpriced ?? "0") === "0" ? [] : readUnpricedModels(pool, tenantId, ranges[0]),
    readDurations(pool, tenantId, aiHistograms, ranges),
  ]);
  return {
    ranges: new Map(
      ranges.map((range, place) => [
        rangeKey(range),
        { use: uses[place] ?? noAiUse, durations: durations[place] ?? new Map<string, HistogramBucket[]>() },
      ]),
    ),
    models: models.slice(0, maxModels),
    unpricedModels,
    isComplete: models.length <= maxModels,
  };
}

/** What of a range is missing in its spend; nothing if it is exact. */
export function gapsOf({ sampled, withoutUsage, unclear, unpriced }: AiUse): Set<AiGap> {
  const gaps = new Set<AiGap>();
  if (sampled > 0) gaps.add("sampled");
  if (withoutUsage > 0) gaps.add("without_usage");
  if (unpriced !== "0" || unclear > 0) gaps.add("unpriced");
  return gaps;
}

/** Whether a value is a bound only; null if it is exact. */
export function boundOf({ bound }: AiCostMetric, use: AiUse): "at_least" | "at_most" | null {
  if (bound === undefined) return null;
  const gaps = gapsOf(use);
  return bound.by.some((gap) => gaps.has(gap)) ? bound.as : null;
}

/** The spend as decimal text; null if nothing that was used has a price. Nothing used is nothing spent. */
export function spendOf({ spend, unpriced, withoutUsage }: AiUse): string | null {
  return spend ?? (unpriced === "0" && withoutUsage === 0 ? "0" : null);
}

/** The terms of the metrics of calls, over one range of days. */
export function aiCountsOf(
  use: AiUse,
  counters: Counters,
  { chatbotReported, aiAnswered }: Pick<TenantRow, "chatbotReported" | "aiAnswered">,
): AiCostCounts {
  return {
    ai_calls: String(use.calls),
    ai_failed_calls: String(use.failed),
    ai_calls_without_usage: String(use.withoutUsage),
    ai_calls_without_session: String(use.withoutSession),
    ai_uncached_tokens: use.uncached,
    ai_cache_read_tokens: use.cacheRead,
    ai_cache_write_tokens: use.cacheWrite,
    ai_output_tokens: use.output,
    ai_spend: spendOf(use),
    total_sessions: chatbotReported ? counters.total_sessions : null,
    ai_resolved_sessions: aiAnswered ? counters.ai_resolved_sessions : null,
    estimated_cost_saved: aiAnswered ? counters.estimated_cost_saved : null,
  };
}

/** The terms of days that have not begun. */
export const unknownAiCounts = Object.fromEntries(aiCostTerms.map((term) => [term, null])) as AiCostCounts;
