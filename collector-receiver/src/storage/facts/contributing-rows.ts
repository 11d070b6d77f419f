import type { ContributingFacts } from "../../metrics/session-contribution.ts";

/** Columns of `analytics_sessions` that a contribution depends on, in SQL. */
export const contributingColumns =
  "first_start_at, last_start_at, last_activity_at, first_end_at, escalated_at, taken_over_at, first_answer_at, user_id";

/** A row of `contributingColumns`, over a writer connection: times in ms since 1970. */
export interface ContributingRow {
  readonly first_start_at: number | null;
  readonly last_start_at: number | null;
  readonly last_activity_at: number;
  readonly first_end_at: number | null;
  readonly escalated_at: number | null;
  readonly taken_over_at: number | null;
  readonly first_answer_at: number | null;
  readonly user_id: string | null;
}

/** What a row says of its session. */
export function contributingFactsOf(row: ContributingRow): ContributingFacts {
  return {
    firstStartMs: row.first_start_at,
    lastStartMs: row.last_start_at,
    lastActivityMs: row.last_activity_at,
    firstEndMs: row.first_end_at,
    escalatedMs: row.escalated_at,
    takenOverMs: row.taken_over_at,
    firstAnswerMs: row.first_answer_at,
    userId: row.user_id,
  };
}
