import type { BusinessCalendar } from "./business-calendar.ts";
import { areContradicting } from "./contradicting-durations.ts";
import type { CustomCounting } from "./custom-counting.ts";
import { hourPartsOf } from "./hour-contribution.ts";
import type { HourPart } from "./hour-contribution.ts";
import { toScaledInteger } from "./scale-decimal.ts";
import { codeOf, endCode, heldMoreThanOnce, isTestSession } from "./session-marks.ts";
import { outcomeOf, outcomes } from "./session-outcome.ts";
import type { SessionOutcome } from "./session-outcome.ts";
import type { WorkingCalendar } from "./working-hours.ts";

/** Decimals of money in `estimated_cost_saved`. */
export const costDecimals = 4;

/** What the facts say of a session that has started, by the tenant's rules. */
interface JudgedSession {
  readonly outcome: SessionOutcome;
  readonly endedExplicitly: boolean;
  readonly endedIdle: boolean;
  readonly resolved: boolean;
  /** Nobody said whether the AI resolved it. */
  readonly assumed: boolean;
  readonly escalated: boolean;
  /** It started again after its end or after the idle timeout. */
  readonly reused: boolean;
  readonly aiInvolved: boolean;
  /** 1 to 5; null without one. */
  readonly rating: number | null;
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

const inOutcome = (outcome: SessionOutcome) => (session: JudgedSession) => Number(session.outcome === outcome);

const satisfied = 4;

/** Sessions with a rating, and with one of 4 or 5, apart for each outcome. */
const ratingCounters = outcomes.flatMap((outcome) => [
  {
    column: `rated_${outcome}` as const,
    decimals: 0,
    amountOf: ({ rating, outcome: own }: JudgedSession) => Number(rating !== null && own === outcome),
  },
  {
    column: `satisfied_${outcome}` as const,
    decimals: 0,
    amountOf: ({ rating, outcome: own }: JudgedSession) => Number((rating ?? 0) >= satisfied && own === outcome),
  },
]);

const counters = [
  { column: "total_sessions", decimals: 0, amountOf: () => 1 },
  { column: "sessions_ended", decimals: 0, amountOf: (session) => Number(session.endedExplicitly) },
  { column: "sessions_ended_idle", decimals: 0, amountOf: (session) => Number(session.endedIdle) },
  { column: "ai_resolved_sessions", decimals: 0, amountOf: (session) => Number(session.resolved) },
  { column: "ai_resolved_assumed", decimals: 0, amountOf: (session) => Number(session.resolved && session.assumed) },
  { column: "ai_resolved_idle", decimals: 0, amountOf: (session) => Number(session.resolved && session.endedIdle) },
  { column: "outcome_open", decimals: 0, amountOf: inOutcome("open") },
  { column: "outcome_ai_assisted", decimals: 0, amountOf: inOutcome("ai_assisted") },
  { column: "outcome_human_only", decimals: 0, amountOf: inOutcome("human_only") },
  { column: "outcome_escalated_untaken", decimals: 0, amountOf: inOutcome("escalated_untaken") },
  { column: "outcome_unanswered", decimals: 0, amountOf: inOutcome("unanswered") },
  { column: "outcome_not_resolved", decimals: 0, amountOf: inOutcome("not_resolved") },
  { column: "rating_sum", decimals: 0, amountOf: (session) => session.rating ?? 0 },
  { column: "escalated_sessions", decimals: 0, amountOf: (session) => Number(session.escalated) },
  { column: "reused_session_ids", decimals: 0, amountOf: (session) => Number(session.reused) },
  { column: "ai_involved_sessions", decimals: 0, amountOf: (session) => Number(session.aiInvolved) },
  {
    column: "estimated_cost_saved",
    decimals: costDecimals,
    amountOf: (session) => (session.resolved ? toScaledInteger(session.cost, costDecimals) : 0),
  },
  ...ratingCounters,
] as const satisfies readonly SessionCounter[];

export type SessionCounterColumn = (typeof counters)[number]["column"];

/** Counters that session facts move, each defined once; they come after `eventCounters` in a business row. */
export const sessionCounters: readonly SessionCounter<SessionCounterColumn>[] = counters;

/** Counters that the first takeover of a session moves, on its own day and for its agent: the column, and what it adds. */
export const takeoverCounters = [
  { column: "first_takeovers", decimals: 0, amountOf: () => 1 },
  { column: "first_waits_known", decimals: 0, amountOf: (waitMs: number | null) => Number(waitMs !== null) },
  { column: "first_wait_ms", decimals: 0, amountOf: (waitMs: number | null) => waitMs ?? 0 },
] as const;

export type TakeoverCounterColumn = (typeof takeoverCounters)[number]["column"];

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
  /** The product's own metrics; null if it has none. */
  readonly custom: CustomCounting | null;
}

/** An end that lies so little before a start is a sender whose clock runs behind, and no reused id. */
const skewMs = 300_000;

/** The facts that a contribution depends on. */
export interface ContributingFacts {
  readonly firstStartMs: number | null;
  readonly lastStartMs: number | null;
  readonly lastActivityMs: number;
  readonly firstEndMs: number | null;
  readonly escalatedMs: number | null;
  readonly takenOverMs: number | null;
  readonly firstTakeoverAgentId: number | null;
  readonly firstWaitMs: number | null;
  readonly releasedMs: number | null;
  readonly firstReleaseEventId: string | null;
  readonly handleMs: number | null;
  readonly firstAnswerMs: number | null;
  readonly marks: number;
  readonly endOutcome: number | null;
  readonly rating: number | null;
  readonly userId: string | null;
  readonly segments: string | null;
}

/** What one session adds to the counters; each part to a day of its own, or null if there is none. */
export interface SessionContribution {
  readonly start: StartPart | null;
  readonly takeover: TakeoverPart | null;
  readonly hours: readonly HourPart[];
  /** The release, if its handle time contradicts the time since the takeover. */
  readonly doubtfulRelease: ReleasePart | null;
}

/** On the day of the first start. */
interface StartPart {
  readonly day: string;
  readonly userId: string | null;
  /** As `segmentsOfStart` writes them. */
  readonly segments: string | null;
  /** In the order of `sessionCounters`. */
  readonly amounts: readonly number[];
}

/** On the day of the first takeover, and to its agent. */
interface TakeoverPart {
  readonly day: string;
  readonly agentId: number | null;
  readonly atMs: number;
  /** Null: not known. */
  readonly waitMs: number | null;
  /** Of the session; null before its start is known. */
  readonly segments: string | null;
}

/** On the day of the release. */
export interface ReleasePart {
  readonly day: string;
  readonly atMs: number;
  readonly eventId: string;
}

const nothing: SessionContribution = { start: null, takeover: null, doubtfulRelease: null, hours: [] };

/**
 * What a session contributes: a pure function of (facts, settings, watermark), so that a counter can
 * follow a merge by f(new) - f(prev), and `rebuild` gives the same sum from nothing. A part whose day is sealed is left
 * out: its counters are final. A session without a known `session.start` belongs to no period, but its takeover does.
 */
export function contributionOf(facts: ContributingFacts, rules: TenantRules): SessionContribution {
  if (isTestSession(facts)) return nothing;
  const isKept = (ms: number): boolean => rules.retainedFromMs === null || ms >= rules.retainedFromMs;
  const { firstStartMs, takenOverMs, releasedMs } = facts;
  return {
    start: firstStartMs !== null && isKept(firstStartMs) ? startPartOf(facts, firstStartMs, rules) : null,
    takeover: takenOverMs !== null && isKept(takenOverMs) ? takeoverPartOf(facts, takenOverMs, rules) : null,
    hours: hourPartsOf(facts, rules.calendar, isKept),
    doubtfulRelease: releasedMs !== null && isKept(releasedMs) ? doubtfulReleaseOf(facts, releasedMs, rules) : null,
  };
}

function startPartOf(facts: ContributingFacts, firstStartMs: number, rules: TenantRules): StartPart {
  const day = rules.calendar.dayOf(firstStartMs);
  const session = judgeSession(facts, firstStartMs, costOn(day, rules), rules);
  const { userId, segments } = facts;
  return { day, userId, segments, amounts: sessionCounters.map(({ amountOf }) => amountOf(session)) };
}

function takeoverPartOf(facts: ContributingFacts, atMs: number, { calendar }: TenantRules): TakeoverPart {
  const { firstTakeoverAgentId: agentId, firstWaitMs: waitMs, segments } = facts;
  return { day: calendar.dayOf(atMs), agentId, atMs, waitMs, segments };
}

/** A session that was taken over and released once was handled from the takeover to the release. */
function doubtfulReleaseOf(
  { takenOverMs, firstReleaseEventId, handleMs, marks }: ContributingFacts,
  atMs: number,
  { calendar }: TenantRules,
): ReleasePart | null {
  if (takenOverMs === null || firstReleaseEventId === null || handleMs === null) return null;
  const heldMs = atMs - takenOverMs;
  if (heldMs < 0 || (marks & heldMoreThanOnce) !== 0 || !areContradicting(handleMs, heldMs)) return null;
  return { day: calendar.dayOf(atMs), atMs, eventId: firstReleaseEventId };
}

function judgeSession(
  facts: ContributingFacts,
  firstStartMs: number,
  cost: number,
  { idleTimeoutMs, idleThroughMs }: TenantRules,
): JudgedSession {
  const endedExplicitly = facts.firstEndMs !== null;
  const endedIdle = !endedExplicitly && facts.lastActivityMs + idleTimeoutMs <= idleThroughMs;
  const lastStartMs = facts.lastStartMs ?? firstStartMs;
  const outcome = outcomeOf(facts, endedExplicitly || endedIdle);
  return {
    outcome,
    endedExplicitly,
    endedIdle,
    resolved: outcome === "ai_resolved",
    assumed: facts.endOutcome === null || codeOf(facts.endOutcome) !== endCode.confirmed,
    escalated: facts.escalatedMs !== null,
    reused:
      (facts.firstEndMs !== null && lastStartMs - facts.firstEndMs > skewMs) ||
      lastStartMs - firstStartMs > idleTimeoutMs,
    aiInvolved: facts.firstAnswerMs !== null,
    rating: facts.rating === null ? null : codeOf(facts.rating),
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
