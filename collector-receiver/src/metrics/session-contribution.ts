import type { BusinessCalendar } from "./business-calendar.ts";
import type { CustomCounting } from "./custom-counting.ts";
import { toScaledInteger } from "./scale-decimal.ts";
import type { WorkingCalendar } from "./working-hours.ts";

/** Decimals of money in `estimated_cost_saved`. */
export const costDecimals = 4;

/** What the facts say of a session that has started, by the tenant's rules. */
interface JudgedSession {
  readonly endedExplicitly: boolean;
  readonly endedIdle: boolean;
  readonly resolved: boolean;
  readonly escalated: boolean;
  /** It started again after its end or after the idle timeout. */
  readonly reused: boolean;
  readonly aiInvolved: boolean;
  /** Of a manual session on the start day. */
  readonly cost: number;
}

/** A counter that sessions move on the day of their start: its column, and what one session adds. */
interface SessionCounter<Column extends string = string> {
  readonly column: Column;
  /** Decimals of the stored `numeric`: the column is the integer / 10^`decimals`. */
  readonly decimals: number;
  readonly amountOf: (session: JudgedSession) => number;
}

const counters = [
  { column: "total_sessions", decimals: 0, amountOf: () => 1 },
  { column: "sessions_ended", decimals: 0, amountOf: (session) => Number(session.endedExplicitly) },
  { column: "sessions_ended_idle", decimals: 0, amountOf: (session) => Number(session.endedIdle) },
  { column: "ai_resolved_sessions", decimals: 0, amountOf: (session) => Number(session.resolved) },
  { column: "ai_resolved_idle", decimals: 0, amountOf: (session) => Number(session.resolved && session.endedIdle) },
  { column: "escalated_sessions", decimals: 0, amountOf: (session) => Number(session.escalated) },
  { column: "reused_session_ids", decimals: 0, amountOf: (session) => Number(session.reused) },
  { column: "ai_involved_sessions", decimals: 0, amountOf: (session) => Number(session.aiInvolved) },
  {
    column: "estimated_cost_saved",
    decimals: costDecimals,
    amountOf: (session) => (session.resolved ? toScaledInteger(session.cost, costDecimals) : 0),
  },
] as const satisfies readonly SessionCounter[];

export type SessionCounterColumn = (typeof counters)[number]["column"];

/** Counters that session facts move, each defined once; they come after `eventCounters` in a business row. */
export const sessionCounters: readonly SessionCounter<SessionCounterColumn>[] = counters;

/** What the numbers of one tenant depend on beside its events. */
export interface TenantRules {
  readonly tenantId: string;
  readonly calendar: BusinessCalendar;
  readonly idleTimeoutMs: number;
  /** The sweeper's watermark: silence counts as an end only up to here. */
  readonly idleThroughMs: number;
  /** Start of what is kept: a session that started before it belongs to a sealed period. Null: all is kept. */
  readonly retainedFromMs: number | null;
  /** Version 7 ids have come with another time than they hold: all of them may be claimed from then on. */
  readonly hasOffTimeIds: boolean;
  /** Cost of a manual session by the first business day on which it is valid, ascending. */
  readonly costs: readonly { readonly validFrom: string; readonly cost: number }[];
  /** Null: the tenant has none, and no duration is counted in working hours. */
  readonly workingHours: WorkingCalendar | null;
  /** The product's own metrics; null where it has none. */
  readonly custom: CustomCounting | null;
}

/** The facts that a contribution depends on. */
export interface ContributingFacts {
  readonly firstStartMs: number | null;
  readonly lastStartMs: number | null;
  readonly lastActivityMs: number;
  readonly firstEndMs: number | null;
  readonly escalatedMs: number | null;
  readonly takenOverMs: number | null;
  readonly firstAnswerMs: number | null;
  readonly userId: string | null;
}

/** What one session adds to the counters of its start day, in the order of `sessionCounters`. */
export interface SessionContribution {
  readonly day: string;
  readonly userId: string | null;
  readonly amounts: readonly number[];
}

/**
 * What a session contributes: a pure function of (facts, settings, watermark), so that a counter can
 * follow a merge by f(new) - f(prev), and `rebuild` gives the same sum from nothing.
 * @returns null where no `session.start` is known: such a session belongs to no period; and where it
 *   started in a sealed period, whose counters are final
 */
export function contributionOf(facts: ContributingFacts, rules: TenantRules): SessionContribution | null {
  if (facts.firstStartMs === null) return null;
  if (rules.retainedFromMs !== null && facts.firstStartMs < rules.retainedFromMs) return null;
  const day = rules.calendar.dayOf(facts.firstStartMs);
  const session = judgeSession(facts, facts.firstStartMs, costOn(day, rules), rules);
  return { day, userId: facts.userId, amounts: sessionCounters.map(({ amountOf }) => amountOf(session)) };
}

function judgeSession(
  facts: ContributingFacts,
  firstStartMs: number,
  cost: number,
  { idleTimeoutMs, idleThroughMs }: TenantRules,
): JudgedSession {
  const endedExplicitly = facts.firstEndMs !== null;
  const endedIdle = !endedExplicitly && facts.lastActivityMs + idleTimeoutMs <= idleThroughMs;
  const escalated = facts.escalatedMs !== null;
  const lastStartMs = facts.lastStartMs ?? firstStartMs;
  return {
    endedExplicitly,
    endedIdle,
    resolved: (endedExplicitly || endedIdle) && !escalated && facts.takenOverMs === null,
    escalated,
    reused: (facts.firstEndMs !== null && lastStartMs > facts.firstEndMs) || lastStartMs - firstStartMs > idleTimeoutMs,
    aiInvolved: facts.firstAnswerMs !== null,
    cost,
  };
}

/** The cost of a manual session that is valid on a day; 0 before the first one. */
export function costOn(day: string, rules: Pick<TenantRules, "costs">): number {
  let cost = 0;
  for (const entry of rules.costs) {
    if (entry.validFrom > day) break;
    cost = entry.cost;
  }
  return cost;
}
