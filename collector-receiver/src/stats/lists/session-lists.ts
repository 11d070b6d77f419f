import { endCode } from "../../metrics/session-marks.ts";
import { outcomeConditions } from "../../metrics/session-outcome.ts";

/**
 * The sessions behind a figure: for each list the condition, in SQL over `analytics_sessions` of the month's
 * cohort, under which a session counts. The same rules as `metrics/session-contribution.ts`; a test holds the
 * length of each list against its counter. `idle` and `timeout` are the watermark and the idle timeout.
 */
const ended = "first_end_at is not null";
const endedIdle = "(first_end_at is null and last_activity_at + $5::interval <= $4::timestamptz)";
const isOver = `(${ended} or ${endedIdle})`;
const confirmed = `coalesce(end_outcome % 8 = ${endCode.confirmed}, false)`;
const inOutcome = (outcome: keyof typeof outcomeConditions): string => `${isOver} and ${outcomeConditions[outcome]}`;

export const sessionLists = {
  total_sessions: "true",
  ai_resolved_sessions: inOutcome("ai_resolved"),
  ai_resolved_confirmed: `${inOutcome("ai_resolved")} and ${confirmed}`,
  ai_resolved_assumed: `${inOutcome("ai_resolved")} and not ${confirmed}`,
  ai_resolved_idle: `${endedIdle} and ${outcomeConditions.ai_resolved}`,
  outcome_ai_assisted: inOutcome("ai_assisted"),
  outcome_human_only: inOutcome("human_only"),
  outcome_escalated_untaken: inOutcome("escalated_untaken"),
  outcome_unanswered: inOutcome("unanswered"),
  outcome_not_resolved: inOutcome("not_resolved"),
  escalated_sessions: "escalated_at is not null",
  sessions_open: `not ${isOver}`,
} as const;

export type SessionList = keyof typeof sessionLists;
export const sessionListNames = Object.keys(sessionLists) as SessionList[];

const listOfFigure: Readonly<Record<string, SessionList>> = {
  total_sessions: "total_sessions",
  unique_customers: "total_sessions",
  total_messages: "total_sessions",
  avg_response_time_ms: "total_sessions",
  ai_resolved_sessions: "ai_resolved_sessions",
  ai_resolution_rate: "ai_resolved_sessions",
  estimated_cost_saved: "ai_resolved_sessions",
  ai_resolved_idle: "ai_resolved_idle",
  ai_resolved_assumed: "ai_resolved_assumed",
  ai_resolution_assumed_rate: "ai_resolved_assumed",
  ai_resolution_confirmed_rate: "ai_resolved_confirmed",
  ai_resolved_confirmed: "ai_resolved_confirmed",
  outcome_open: "sessions_open",
  outcome_ai_assisted: "outcome_ai_assisted",
  outcome_human_only: "outcome_human_only",
  outcome_escalated_untaken: "outcome_escalated_untaken",
  outcome_unanswered: "outcome_unanswered",
  outcome_not_resolved: "outcome_not_resolved",
  ai_resolution_durable_rate: "ai_resolved_sessions",
  escalated_sessions: "escalated_sessions",
  escalation_rate: "escalated_sessions",
  sessions_open: "sessions_open",
};

/** The list of sessions behind a figure; null if it does not rest on sessions of a cohort. */
export function sessionListOf(figureKey: string): SessionList | null {
  return listOfFigure[figureKey] ?? null;
}
