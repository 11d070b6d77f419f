import type { Counters } from "../metrics/metric-definition.ts";
import type { PeriodReading } from "./read-period.ts";

/** The classes of conversations and what they make up: the parts of each add up to it. Keys of metrics, and of sums of them. */
const parentOf = {
  total_sessions: null,
  outcome_open: "total_sessions",
  ended: "total_sessions",
  ai_resolved_sessions: "ended",
  ai_resolved_confirmed: "ai_resolved_sessions",
  ai_resolved_assumed: "ai_resolved_sessions",
  with_a_human: "ended",
  outcome_ai_assisted: "with_a_human",
  outcome_human_only: "with_a_human",
  without_solution: "ended",
  outcome_escalated_untaken: "without_solution",
  outcome_unanswered: "without_solution",
  outcome_not_resolved: "without_solution",
  counted_by_older_rules: "ended",
} as const;

export type OutcomeKey = keyof typeof parentOf;
export const outcomeKeys = Object.keys(parentOf) as OutcomeKey[];

export interface OutcomeCount {
  readonly key: OutcomeKey;
  /** Null for all conversations. */
  readonly parent: OutcomeKey | null;
  readonly sessions: number;
}

/** What became of the conversations of a period, from all of them down; nothing if the chatbot has never reported. */
export function outcomesOf({ counters, tenant }: Pick<PeriodReading, "counters" | "tenant">): OutcomeCount[] {
  if (!tenant.chatbotReported) return [];
  const sessions = sessionsBy(counters);
  return outcomeKeys.map((key) => ({ key, parent: parentOf[key], sessions: sessions[key] }));
}

function sessionsBy(counters: Counters): Record<OutcomeKey, number> {
  const count = (column: keyof Counters): number => Number(counters[column] ?? 0);
  const [total, open, resolved] = [count("total_sessions"), count("outcome_open"), count("ai_resolved_sessions")];
  const [assisted, human] = [count("outcome_ai_assisted"), count("outcome_human_only")];
  const lost = [
    count("outcome_escalated_untaken"),
    count("outcome_unanswered"),
    count("outcome_not_resolved"),
  ] as const;
  const withoutSolution = lost[0] + lost[1] + lost[2];
  const ended = total - open;
  return {
    total_sessions: total,
    outcome_open: open,
    ended,
    ai_resolved_sessions: resolved,
    ai_resolved_confirmed: resolved - count("ai_resolved_assumed"),
    ai_resolved_assumed: count("ai_resolved_assumed"),
    with_a_human: assisted + human,
    outcome_ai_assisted: assisted,
    outcome_human_only: human,
    without_solution: withoutSolution,
    outcome_escalated_untaken: lost[0],
    outcome_unanswered: lost[1],
    outcome_not_resolved: lost[2],
    // What older rules sealed is not classified.
    counted_by_older_rules: ended - resolved - assisted - human - withoutSolution,
  };
}
