import type { ContributingFacts } from "../../metrics/session-contribution.ts";

/** The columns of `analytics_sessions` that a contribution depends on, by fact. */
export const contributingColumns = {
  firstStartMs: "first_start_at",
  lastStartMs: "last_start_at",
  lastActivityMs: "last_activity_at",
  firstEndMs: "first_end_at",
  escalatedMs: "escalated_at",
  takenOverMs: "taken_over_at",
  firstTakeoverAgentId: "first_takeover_agent_id",
  firstWaitMs: "first_wait_ms",
  releasedMs: "released_at",
  firstReleaseEventId: "first_release_event_id",
  handleMs: "handle_ms",
  firstAnswerMs: "first_answer_at",
  marks: "marks",
  endOutcome: "end_outcome",
  rating: "rating",
  userId: "user_id",
  segments: "segments",
} as const satisfies Record<keyof ContributingFacts, string>;

/** SQL: the columns under the names of their facts, so that a row read over a writer connection is a `ContributingFacts`. */
export const contributingFacts = Object.entries(contributingColumns)
  .map(([fact, column]) => `${column} as "${fact}"`)
  .join(", ");

/** Reads facts whose columns have this prefix in a row. */
export function prefixedFacts(prefix: string): (row: object) => ContributingFacts {
  const columns = Object.entries(contributingColumns).map(([fact, column]) => [fact, prefix + column] as const);
  return (row) => {
    const facts: Record<string, unknown> = { ...noFacts };
    for (const [fact, column] of columns) facts[fact] = (row as Readonly<Record<string, unknown>>)[column];
    return facts as unknown as ContributingFacts;
  };
}

const noFacts = Object.fromEntries(Object.keys(contributingColumns).map((fact) => [fact, null]));
