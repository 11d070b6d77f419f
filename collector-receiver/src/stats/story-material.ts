import { minSample } from "../metrics/derive-metric.ts";
import type { ComparedMetric } from "./compared-metric.ts";
import type { PeriodReading } from "./read-period.ts";

/** What a story is told from, the same in every language. */
export interface StoryMaterial {
  readonly reading: PeriodReading;
  /** The period is the calendar month of today. */
  readonly isCurrentMonth: boolean;
  /** "2025年12月" */
  readonly periodName: string;
  /** Null: nothing was asked to be compared. */
  readonly comparison: StoryComparison | null;
  /** "12月20日 14:05": up to when a running period is known. */
  readonly asOf: string;
  /** The metric, or undefined where it has no number in this period. */
  readonly known: (key: string) => ComparedMetric | undefined;
  /** A count as text; only of a metric that is known. */
  readonly count: (value: number | null) => string;
}

export interface StoryComparison {
  readonly mode: "previous" | "year";
  /** The days of the period that are compared; empty if none is over. */
  readonly ownName: string;
  /** The days of the other period. */
  readonly otherName: string;
  readonly ownDays: number;
  readonly otherDays: number;
  /** The period runs: only some of its days are compared. */
  readonly sameDays: boolean;
  /** Nothing was counted in those days of the other period. */
  readonly nothingBefore: boolean;
}

/** Metrics whose change the story tells, in its order. */
export const comparedInStory = [
  "total_sessions",
  "ai_resolution_rate",
  "avg_response_time_ms",
  "sessions_handled",
  "avg_first_response_ms",
  "tickets_resolved",
  "sla_met_rate",
] as const;

/** Fewer than this in the period before, and a change in percent says nothing: both counts are told. */
export const smallCount = minSample;
