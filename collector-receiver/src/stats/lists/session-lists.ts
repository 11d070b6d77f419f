/**
 * The sessions behind a figure: for each list the condition, in SQL over `analytics_sessions` of the month's
 * cohort, under which a session counts. The same rules as `metrics/session-contribution.ts`; a test holds the
 * length of each list against its counter. `idle` and `timeout` are the watermark and the idle timeout.
 */
const ended = "first_end_at is not null";
const endedIdle = "first_end_at is null and last_activity_at + $5::interval <= $4::timestamptz";
const byAi = "escalated_at is null and taken_over_at is null";

export const sessionLists = {
  total_sessions: "true",
  ai_resolved_sessions: `(${ended} or (${endedIdle})) and ${byAi}`,
  ai_resolved_idle: `${endedIdle} and ${byAi}`,
  escalated_sessions: "escalated_at is not null",
  sessions_open: `not (${ended} or (${endedIdle}))`,
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
  ai_resolution_assumed_rate: "ai_resolved_idle",
  ai_resolution_confirmed_rate: "ai_resolved_sessions",
  ai_resolved_confirmed: "ai_resolved_sessions",
  ai_resolution_durable_rate: "ai_resolved_sessions",
  escalated_sessions: "escalated_sessions",
  escalation_rate: "escalated_sessions",
  sessions_open: "sessions_open",
};

/** The list of sessions behind a figure; null where it does not rest on sessions of a cohort. */
export function sessionListOf(figureKey: string): SessionList | null {
  return listOfFigure[figureKey] ?? null;
}
