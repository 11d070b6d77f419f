/** What the calls of models of one conversation cost. */
import { aiAmountsOf, aiColumns, priceWordOf } from "../metrics/ai-calls.ts";
import type { AiColumn } from "../metrics/ai-calls.ts";
import { fractionOf, toNumber } from "../metrics/exact-fraction.ts";
import type { BusinessCalendar } from "../metrics/business-calendar.ts";
import type { StatsContext } from "./stats-options.ts";
import { maxSessionCalls, priceCalls, readSessionCalls } from "./sql/read-session-calls.ts";
import type { CallTokens, SessionCall } from "./sql/read-session-calls.ts";

export interface SessionCost {
  readonly calls: number;
  /** Null if nothing that was used has a price. */
  readonly spend: number | null;
  readonly currency: string;
  /** Not everything that was used is in the spend. */
  readonly at_least: boolean;
}

/** Reads and prices the calls of a session; null if there are none. */
export async function readSessionCost(
  pool: StatsContext["pool"],
  tenantId: string,
  sessionId: string,
  { calendar, tenant }: { readonly calendar: BusinessCalendar; readonly tenant: { readonly currency: string } },
): Promise<SessionCost | null> {
  const calls = await readSessionCalls(pool, tenantId, sessionId);
  if (calls.length === 0) return null;
  const sums = new Map<AiColumn, number>();
  const tokens = calls.map((call) => tokensOf(call, calendar, sums));
  const { spend, unpriced } = await priceCalls(pool, tenantId, tokens);
  const countOf = (column: AiColumn): number => sums.get(column) ?? 0;
  const isUnknown = spend === null && (unpriced !== "0" || countOf("calls_without_usage") > 0);
  return {
    calls: calls.length,
    spend: isUnknown ? null : toNumber(fractionOf(spend ?? "0")),
    currency: tenant.currency,
    at_least:
      unpriced !== "0" ||
      calls.length === maxSessionCalls ||
      countOf("calls_without_usage") + countOf("unclear_calls") + countOf("sampled_calls") > 0,
  };
}

/** What a call used, as counters count it; adds all amounts to `sums`. */
function tokensOf(
  { occurredAtMs, attributes }: SessionCall,
  calendar: BusinessCalendar,
  sums: Map<AiColumn, number>,
): CallTokens {
  const amounts = aiAmountsOf({
    attributes: attributes as Parameters<typeof aiAmountsOf>[0]["attributes"],
    sessionId: "",
  });
  const own = new Map(aiColumns.map((column, i) => [column, amounts[i] ?? 0]));
  for (const [column, amount] of own) sums.set(column, (sums.get(column) ?? 0) + amount);
  const text = (column: AiColumn): string => String(own.get(column) ?? 0);
  return {
    day: calendar.dayOf(occurredAtMs),
    provider: priceWordOf(attributes["provider"]),
    model: priceWordOf(attributes["model"]),
    serviceTier: priceWordOf(attributes["service_tier"]),
    uncached: text("uncached_tokens"),
    cacheRead: text("cache_read_tokens"),
    cacheWrite: text("cache_write_tokens"),
    output: text("output_tokens"),
  };
}
