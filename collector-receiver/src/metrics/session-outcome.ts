import type { SessionFacts } from "./session-facts.ts";
import { codeOf, endCode, sessionMark } from "./session-marks.ts";

/** What became of a conversation; each is in exactly one class, the first that fits in this order. */
export const outcomes = [
  "open",
  "ai_assisted",
  "human_only",
  "escalated_untaken",
  "unanswered",
  "not_resolved",
  "ai_resolved",
] as const;
export type SessionOutcome = (typeof outcomes)[number];

type OutcomeFacts = Pick<SessionFacts, "endOutcome" | "escalatedMs" | "firstAnswerMs" | "marks" | "takenOverMs">;

/** The class of a conversation by its facts. */
export function outcomeOf(facts: OutcomeFacts, isEnded: boolean): SessionOutcome {
  if (!isEnded) return "open";
  const isAnswered = facts.firstAnswerMs !== null;
  // Facts of sealed sessions may be older than the mark.
  if ((facts.marks & sessionMark.human) !== 0 || facts.takenOverMs !== null) {
    return isAnswered ? "ai_assisted" : "human_only";
  }
  if (facts.escalatedMs !== null) return "escalated_untaken";
  if (!isAnswered) return "unanswered";
  return facts.endOutcome !== null && codeOf(facts.endOutcome) === endCode.failed ? "not_resolved" : "ai_resolved";
}

const isHuman = `(marks & ${sessionMark.human} <> 0 or taken_over_at is not null)`;
const isAnswered = "first_answer_at is not null";
const isFailed = `coalesce(end_outcome % 8 = ${endCode.failed}, false)`;

/** SQL over `analytics_sessions`: the session counts at all. */
export const isCountedSession = `marks & ${sessionMark.test} = 0`;

/** SQL over `analytics_sessions`: no human had a part in it, nor was one asked for. */
export const isLeftToAi = `not ${isHuman} and escalated_at is null`;

/** SQL over `analytics_sessions`: the same classes, of a session that has ended. */
export const outcomeConditions = {
  ai_assisted: `${isHuman} and ${isAnswered}`,
  human_only: `${isHuman} and first_answer_at is null`,
  escalated_untaken: `not ${isHuman} and escalated_at is not null`,
  unanswered: `${isLeftToAi} and first_answer_at is null`,
  not_resolved: `${isLeftToAi} and ${isAnswered} and ${isFailed}`,
  ai_resolved: `${isLeftToAi} and ${isAnswered} and not ${isFailed}`,
} as const satisfies Record<Exclude<SessionOutcome, "open">, string>;
