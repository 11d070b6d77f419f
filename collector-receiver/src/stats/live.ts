import { fractionOf, toNumber } from "../metrics/exact-fraction.ts";
import type { Counters } from "../metrics/metric-definition.ts";
import { agentDailyFields, dailyFields } from "./live-counters.ts";
import type { LiveSnapshot } from "./live-counters.ts";
import { readSituation, readUsualDay } from "./live-situation.ts";
import type { LiveSituation, UsualDay } from "./live-situation.ts";
import { gapsOf, spendOf } from "./ai-reading.ts";
import { readAiUse } from "./sql/read-ai-spend.ts";
import { Remembered } from "./remembered.ts";
import { readTenantToday } from "./read-period.ts";
import { readCounters } from "./sql/read-counters.ts";
import type { StatsContext } from "./stats-options.ts";

export interface LiveDocument {
  /** Business day. */
  readonly day: string;
  readonly timezone: string;
  readonly as_of: string;
  readonly source: "redis" | "postgresql";
  /** The cache was asked and could not answer: the numbers are PostgreSQL's. */
  readonly fallback: boolean;
  readonly daily: Readonly<Record<string, number>>;
  readonly agent_daily: Readonly<Record<string, number>>;
  /** Calls of models today; null if there are none. */
  readonly ai: LiveAi | null;
  readonly situation: LiveSituation;
  readonly usual: UsualDay | null;
}

/** What calls of models cost today. */
interface LiveAi {
  readonly ai_calls: number;
  /** Null if nothing has a price. */
  readonly ai_spend: number | null;
  readonly currency: string;
  readonly at_least: boolean;
}

/** What need not be read each time: for a stream, which asks twice a second. */
export class LiveMemory {
  readonly situation = new Remembered<LiveSituation>(2_000);
  readonly usual = new Remembered<UsualDay | null>(60_000);
  readonly ai = new Remembered<LiveAi | null>(2_000);
}

/** How things stand, and the counters of today: from the cache if there is one that answers, else from PostgreSQL. */
export async function readLive(
  context: Pick<StatsContext, "pool" | "now" | "live">,
  tenantId: string,
  memory = new LiveMemory(),
): Promise<LiveDocument> {
  const at = await readTenantToday(context, tenantId);
  const { tenant, today, nowMs } = at;
  const [situation, usual, ai] = await Promise.all([
    memory.situation.get(() => readSituation(context, tenantId, at)),
    memory.usual.get(() => readUsualDay(context, tenantId, at)),
    memory.ai.get(() => readAiToday(context, tenantId, today, tenant.currency)),
  ]);
  const cached = context.live === undefined ? null : await askCache(context.live, tenantId, today);
  const snapshot = cached ?? (await readFromDatabase(context, tenantId, today));
  return {
    day: today,
    timezone: tenant.timezone,
    as_of: new Date(nowMs).toISOString(),
    source: cached === null ? "postgresql" : "redis",
    fallback: context.live !== undefined && cached === null,
    daily: numbersOf(snapshot.daily, dailyFields),
    agent_daily: numbersOf(snapshot.agentDaily, agentDailyFields),
    ai,
    situation,
    usual,
  };
}

async function readAiToday(
  { pool }: Pick<StatsContext, "pool">,
  tenantId: string,
  day: string,
  currency: string,
): Promise<LiveAi | null> {
  const [use] = await readAiUse(pool, tenantId, [{ startDate: day, endDate: day }]);
  if (use == null) return null;
  const spend = spendOf(use);
  return {
    ai_calls: use.calls,
    ai_spend: spend === null ? null : toNumber(fractionOf(spend)),
    currency,
    at_least: gapsOf(use).size > 0,
  };
}

/** A cache that fails is a cache that does not know (invariant 7). */
async function askCache(
  live: NonNullable<StatsContext["live"]>,
  tenantId: string,
  day: string,
): Promise<LiveSnapshot | null> {
  try {
    return await live.readDay(tenantId, day);
  } catch {
    return null;
  }
}

async function readFromDatabase(
  context: Pick<StatsContext, "pool">,
  tenantId: string,
  day: string,
): Promise<LiveSnapshot> {
  const [counters] = (await readCounters(context.pool, tenantId, [{ periodType: "day", first: day, last: day }])) as [
    Counters,
  ];
  const known = counters as Readonly<Record<string, string>>;
  return { daily: known, agentDaily: known };
}

function numbersOf(hash: Readonly<Record<string, string>>, fields: readonly string[]): Record<string, number> {
  return Object.fromEntries(fields.map((field) => [field, Number(hash[field] ?? 0)]));
}
