import type { Look } from "./fill-patterns.ts";
import type { ChartTexts } from "../report/report-texts.ts";

export type OutcomePart = keyof ChartTexts["sessions"]["parts"];

/** A part of the conversations of a day: which counters it adds up, and how it is filled. From the ground up. */
export interface OutcomeSeries {
  readonly part: OutcomePart;
  readonly look: Look;
  readonly keys: readonly string[];
}

/** By what became of them. What is left of a day's conversations is still open, or sealed by older rules. */
export const outcomeSeries: readonly OutcomeSeries[] = [
  { part: "confirmed", look: 1, keys: ["ai_resolved_confirmed"] },
  { part: "assumed", look: 3, keys: ["ai_resolved_assumed"] },
  { part: "human", look: 4, keys: ["outcome_ai_assisted", "outcome_human_only"] },
  { part: "lost", look: 2, keys: ["outcome_escalated_untaken", "outcome_unanswered", "outcome_not_resolved"] },
];

/** For shared copies: parts by outcome could rest on few. */
export const resolvedSeries: readonly OutcomeSeries[] = [{ part: "resolved", look: 1, keys: ["ai_resolved_sessions"] }];
